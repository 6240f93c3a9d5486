/// \file
/// Exact partial results of a tile and their fold. Every field is an integer or a minimum with a fixed tie rule, so
/// the order of merging can't show.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace ravine {

/// The cell with the smallest rate (the largest gap when the map has no rate), the first in grid order on ties.
struct BestCell {
  double value;
  std::int64_t cell;
  friend bool operator==(const BestCell&, const BestCell&) = default;
};

inline constexpr std::size_t regime_count = 8;

struct Summary {
  std::int64_t cells = 0;
  /// Cells that converge: by regime where the map has it, else gap > 0, else rate < 1.
  std::optional<std::int64_t> convergent;
  std::optional<BestCell> best_rate;
  std::optional<BestCell> best_gap;
  std::optional<std::array<std::int64_t, regime_count>> regimes;
  friend bool operator==(const Summary&, const Summary&) = default;
};

/// Adds `part` to `total`. Associative and commutative over the tiles of one map; an empty Summary{} is neutral.
void merge(Summary& total, const Summary& part);

}  // namespace ravine
