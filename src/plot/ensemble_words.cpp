// What titles and legends say of an ensemble.

#include <algorithm>

#include <fmt/format.h>

#include "plot/ensemble_figure.hpp"
#include "plot/words.hpp"
#include "ravine/ensemble.hpp"

namespace ravine::detail {
namespace {

/// Has every cell noise at the last recorded step?
bool is_random_everywhere(const Spec& spec) {
  const std::vector<double>& variance = spec.ensemble->noise->variance;
  const Axis& alpha = axis_of(spec, "alpha");
  for (std::int64_t k = 0; k < alpha.size(); ++k) {
    if (alpha.value(k) == 0) return false;
  }
  return recorded_steps(spec.ensemble->record).back() > 0 &&
         std::all_of(variance.begin(), variance.end(), [](double value) { return value > 0; });
}

}  // namespace

std::string cell_words(const Spec& spec, std::int64_t cell) {
  std::vector<std::string> parts;
  const std::vector<Axis> axes = long_axes(spec);
  for (std::size_t k = axes.size(); k-- > 0;) {
    const Axis& axis = axes[k];
    parts.insert(parts.begin(),
                 fmt::format("{} = {}", symbol_of(axis.name()), number(axis.value(cell % axis.size()), 4)));
    cell /= axis.size();
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::string> study_remarks(const Spec& spec) {
  constexpr std::size_t most_listed = 4;
  const auto start = [](std::string_view name, const std::vector<double>& values) {
    const bool equal = std::equal(values.begin() + 1, values.end(), values.begin());
    if (equal) return fmt::format("{} = {}", name, number(values[0]));
    if (values.size() > most_listed) return fmt::format("{} given for each λ", name);
    std::vector<std::string> list;
    for (const double value : values) list.push_back(number(value, 4));
    return fmt::format("{} = {}", name, fmt::join(list, ", "));
  };
  std::vector<std::string> remarks = {start("x₀", spec.ensemble->start.x)};
  const std::vector<double>& y = spec.ensemble->start.y;
  if (std::any_of(y.begin(), y.end(), [](double value) { return value != 0; }))
    remarks.push_back(start("y₀", spec.ensemble->start.y));
  if (const auto& noise = spec.ensemble->noise) {
    remarks.push_back(start("noise variance", noise->variance));
    remarks.push_back(fmt::format("{} replicates, seed {}", noise->replicates, noise->seed));
  }
  return remarks;
}

std::vector<std::string> value_remarks(const Spec& spec, Quantity quantity) {
  const Record& record = spec.ensemble->record;
  if (has_steps(quantity)) return {fmt::format("at step {}", recorded_steps(record).back())};
  if (spec.kind != Kind::trajectory) return {};
  std::vector<std::string> remarks;
  if (quantity != Quantity::peak_loss && quantity != Quantity::peak_step) {
    remarks.push_back(fmt::format("tolerance {}", number(record.tolerance)));
  }
  remarks.push_back(fmt::format("{} steps", record.steps));
  return remarks;
}

std::string none_words(const Spec& spec, Quantity quantity) {
  switch (quantity) {
    case Quantity::steps_to_tolerance:
      return fmt::format("not within {} steps", spec.ensemble->record.steps);
    case Quantity::first_above:
    case Quantity::last_above:
      return "never above the tolerance";
    case Quantity::stationary_loss:
    case Quantity::stationary_x2:
    case Quantity::stationary_y2:
    case Quantity::stationary_xy:
      return "no stationary state";
    default:
      break;
  }
  if (!is_score(quantity) || spec.ensemble->noise->replicates == 1) return "not defined";
  // The loss may still be finite where its variance is not: it need not count as diverged yet.
  return is_random_everywhere(spec) ? "no value: diverges" : "no value: diverges, or no noise";
}

std::string cells_in_brackets(std::int64_t cells) {
  return cells == 1 ? "(1 cell)" : fmt::format("({} cells)", cells);
}

}  // namespace ravine::detail
