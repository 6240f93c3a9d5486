// Loops of the model over arrays of cells, compiled once per SIMD level and chosen at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ravine/model/heavy_ball_band.hpp"

namespace ravine::cpu {

/// Coordinates of `count` cells, one array each; no alignment needed.
template <class F>
struct Cells {
  const F* alpha;
  const F* beta;
  const F* lambda;
  std::size_t count;
};

enum class RootPart { re1, im1, re2, im2 };

/// What some rates or gaps come to. Best is the smallest rate, the largest gap.
template <class F>
struct Tally {
  F best;
  std::int64_t convergent;  ///< rates below 1, gaps above 0
};

/// The loops for one precision. out has cells.count values and overlaps no input.
template <class F>
struct Loops {
  void (*rate)(Cells<F> cells, F* out);
  void (*gap)(Cells<F> cells, F* out);
  void (*regime)(Cells<F> cells, std::uint8_t* out);
  void (*root)(Cells<F> cells, RootPart part, F* out);
  model::Band (*band)(const model::Row<F>& row, const model::Band* guess);  ///< model::ripple_band; null: no guess
  void (*fill)(F* out, std::size_t count, F value);
  Tally<F> (*tally_rates)(const F* values, std::size_t count);  ///< at least one
  Tally<F> (*tally_gaps)(const F* values, std::size_t count);
};

/// One SIMD level: every loop gives the same bits at every level.
struct Level {
  std::string_view name;  ///< x86-64, x86-64-v3 or x86-64-v4
  Loops<double> float64;
  Loops<float> float32;
  /// Adds how often each code below 8 occurs to counts[code].
  void (*count_codes)(const std::uint8_t* codes, std::size_t count, std::int64_t* counts);
};

/// The level in use: the best that the processor has, or the one that the environment variable RAVINE_SIMD names.
/// \throws UsageError if RAVINE_SIMD names no level, or one that the processor lacks.
const Level& active_level();

/// The names of the levels that the processor has, the best one first.
std::vector<std::string_view> available_levels();

template <class F>
const Loops<F>& loops();
template <>
inline const Loops<double>& loops<double>() {
  return active_level().float64;
}
template <>
inline const Loops<float>& loops<float>() {
  return active_level().float32;
}

}  // namespace ravine::cpu
