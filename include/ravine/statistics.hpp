/// \file
/// Maps of which only the summary is wanted: every cell is evaluated, none is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "ravine/engine.hpp"
#include "ravine/spec.hpp"
#include "ravine/summary.hpp"

namespace ravine {

/// The nearest rank: of N values in ascending order the one at position ceil(percent/100 N), counted from 1. It is a
/// value of the map, never between two.
struct Percentile {
  double percent = 0;
  std::int64_t rank = 0;
  double value = 0;  ///< a float is widened; infinite where the map is
};

/// The percentiles of one quantity, in the order they were asked for.
struct QuantityPercentiles {
  Quantity quantity = Quantity::rate;
  std::vector<Percentile> percentiles;
};

struct StatisticsOptions {
  Backend backend = Backend::automatic;
  int threads = 0;  ///< of the cpu backend; 0: as many as the process may use
  std::stop_token stop;
  std::function<void(const Progress&)> progress;  ///< of all passes together; called by the calling thread only
};

struct MapStatistics {
  Outcome outcome = Outcome::complete;
  Summary summary;
  std::vector<QuantityPercentiles> percentiles;  ///< of each quantity but the regime, in the spec's order
  int passes = 0;                                ///< over the map
  Backend backend = Backend::cpu;                ///< the one that computed: cpu or cuda
  std::string backend_reason;                    ///< why that one
  std::string device;                            ///< for people
  int threads = 1;                               ///< that computed; with cuda the one that drives the devices
  std::string simd;                              ///< the level of the cpu's loops; empty with cuda
  double seconds = 0;
  std::vector<std::string> notes;  ///< what the backend has to tell of how it went, one line each
};

/// The summary of the spec's map and the percentiles that the spec asks for (spec.percentiles). The results depend on
/// the spec alone. Memory does not grow with the grid: the values of one tile of default_tile_cells, and 1 MiB for each
/// percentile of each quantity (with many threads and few percentiles up to 64 MiB).
///
/// Without percentiles, or without a quantity to take them of, the map is passed over once. Percentiles take 2 passes
/// in float32 and 4 in float64, however many there are. Each pass evaluates the map again; only the cpu keeps the
/// values of a map of one tile. A stop ends it between pieces of a few thousand cells, or a device's batches; what it
/// then returns is interrupted and holds no result. \throws UsageError for a spec of another kind than rate, or if
/// spec.percentiles has a number that is_percent refuses or more than most_percentiles; BackendError where the backend
/// that is asked for can't be used.
[[nodiscard]] MapStatistics map_statistics(const Spec& spec, const StatisticsOptions& options);

/// ceil(percent/100 count), exactly: `percent` is the decimal number of fewest digits that reads as this double, so
/// that 99.9 is 99.9 although no double is. At least 1, at most `count`. Precondition: is_percent(percent), count >= 1.
[[nodiscard]] std::int64_t nearest_rank(double percent, std::int64_t count);
/// The same of a probability, above 0 and at most 1: ceil(probability count).
[[nodiscard]] std::int64_t nearest_rank_of_probability(double probability, std::int64_t count);

}  // namespace ravine
