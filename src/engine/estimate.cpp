// What a map will cost.
#include <algorithm>
#include <chrono>

#include "engine/map_evaluator.hpp"
#include "engine/thread_pool.hpp"
#include "grid/floating_point_environment.hpp"
#include "ravine/engine.hpp"

namespace ravine {
namespace {

/// Seconds a cell takes on one thread: samples from the middle of the map, each twice the last, until one has taken
/// long enough to trust or is as large as a piece. A cell over many eigenvalues may take long, so the first is small.
double seconds_per_cell(const Spec& spec, const Grid& grid) {
  constexpr double long_enough = 2e-3;
  constexpr std::int64_t first_sample = 16;
  // Small tiles bound the memory of a sample.
  const Grid sampled = make_grid(spec, std::min(grid.cells(), MapEvaluator::piece_cells));
  const std::unique_ptr<MapEvaluator> evaluator = make_map_evaluator(spec, sampled, Structure::used);
  TileData data;
  evaluator->load((sampled.tile_count() - 1) / 2, data);
  for (std::int64_t count = std::min(first_sample, evaluator->cells());;
       count = std::min(2 * count, evaluator->cells())) {
    const auto start = std::chrono::steady_clock::now();
    evaluator->evaluate(0, count, data);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (seconds >= long_enough || count == evaluator->cells()) return seconds / static_cast<double>(count);
  }
}

}  // namespace

Estimate estimate(const Spec& spec, const Grid& grid, int threads) {
  std::int64_t bytes_per_cell = 0;
  for (const Quantity quantity : spec.quantities) {
    bytes_per_cell += static_cast<std::int64_t>(value_bytes(quantity, spec.precision));
  }
  const detail::FloatingPointEnvironment exact;
  Estimate estimate;
  estimate.cells = grid.cells();
  estimate.tiles = grid.tile_count();
  estimate.bytes = grid.tile_count() * grid.tile_capacity() * bytes_per_cell;
  // One tile being computed, one being written.
  estimate.memory = 2 * grid.tile_capacity() * bytes_per_cell;
  const int used = threads == 0 ? ThreadPool::available() : threads;
  estimate.seconds = seconds_per_cell(spec, grid) * static_cast<double>(estimate.cells) / used;
  return estimate;
}

}  // namespace ravine
