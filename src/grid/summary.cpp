#include "ravine/summary.hpp"

#include <cstddef>

namespace ravine {
namespace {

/// Which of two values is the better one.
enum class Better { smaller, larger };

void merge_best(std::optional<BestCell>& total, const std::optional<BestCell>& part, Better better) {
  if (!part) return;
  const bool wins = !total || (better == Better::smaller ? part->value < total->value : part->value > total->value);
  const bool wins_tie = total && part->value == total->value && part->cell < total->cell;
  if (wins || wins_tie) total = part;
}

}  // namespace

void merge(Summary& total, const Summary& part) {
  total.cells += part.cells;
  if (part.convergent) total.convergent = total.convergent.value_or(0) + *part.convergent;
  merge_best(total.best_rate, part.best_rate, Better::smaller);
  merge_best(total.best_gap, part.best_gap, Better::larger);
  if (!part.regimes) return;
  if (!total.regimes) total.regimes.emplace();  // zeros
  for (std::size_t i = 0; i < regime_count; ++i) (*total.regimes)[i] += (*part.regimes)[i];
}

}  // namespace ravine
