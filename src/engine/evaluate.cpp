// Cells without a store: tables of points, and the cost of a cell.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <string_view>

#include "cpu/floating_point_environment.hpp"
#include "cpu/worst_case.hpp"
#include "engine/map_evaluator.hpp"
#include "engine/thread_pool.hpp"
#include "ravine/engine.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

/// A column at precision F; zeros where the table has none.
template <class F>
std::vector<F> rounded(std::string_view name, const std::vector<double>& values, std::size_t size) {
  if (values.empty()) return std::vector<F>(size, F(0));
  if (values.size() != size) {
    throw UsageError(fmt::format("{}: found {} values; wanted {}, as many as alpha has", name, values.size(), size));
  }
  std::vector<F> out(size);
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<F>(values[i]);
    if (!std::isfinite(out[i])) {
      throw UsageError(fmt::format("{}: row {} has {}; wanted a finite value of the precision", name, i, values[i]));
    }
  }
  return out;
}

template <class F>
std::vector<double> evaluate_as(Quantity quantity, const CellTable& cells) {
  const std::size_t size = cells.alpha.size();
  const std::vector<F> alpha = rounded<F>("alpha", cells.alpha, size);
  const std::vector<F> beta = rounded<F>("beta", cells.beta, size);
  const std::vector<F> lambda = rounded<F>("lambda", cells.lambda, size);
  const cpu::Cells<F> table{alpha.data(), beta.data(), lambda.data(), size};
  const cpu::FloatingPointEnvironment exact;
  std::vector<double> out(size);
  if (quantity == Quantity::regime) {
    std::vector<std::uint8_t> values(size);
    cpu::evaluate<F>(quantity, table, values.data());
    std::copy(values.begin(), values.end(), out.begin());
  } else {
    std::vector<F> values(size);
    cpu::evaluate<F>(quantity, table, values.data());
    std::copy(values.begin(), values.end(), out.begin());
  }
  return out;
}

/// Seconds a cell takes on one thread: the fastest of a few pieces spread over the map.
double seconds_per_cell(const Spec& spec, const Grid& grid) {
  constexpr std::int64_t samples = 5;
  // Small tiles bound the time and the memory of a sample.
  const Grid sampled = make_grid(spec, std::min(grid.cells(), MapEvaluator::piece_cells));
  const std::unique_ptr<MapEvaluator> evaluator = make_map_evaluator(spec, sampled);
  const cpu::FloatingPointEnvironment exact;
  TileData data;
  double best = std::numeric_limits<double>::infinity();
  for (std::int64_t i = 0; i < samples; ++i) {
    evaluator->load((sampled.tile_count() - 1) / samples * i, data);
    const auto start = std::chrono::steady_clock::now();
    evaluator->evaluate(0, evaluator->cells(), data);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    best = std::min(best, seconds / static_cast<double>(evaluator->cells()));
  }
  return best;
}

}  // namespace

std::vector<double> evaluate(Quantity quantity, Precision precision, const CellTable& cells) {
  return precision == Precision::float64 ? evaluate_as<double>(quantity, cells) : evaluate_as<float>(quantity, cells);
}

Estimate estimate(const Spec& spec, const Grid& grid, int threads) {
  std::int64_t bytes_per_cell = 0;
  for (const Quantity quantity : spec.quantities) {
    bytes_per_cell += static_cast<std::int64_t>(value_bytes(quantity, spec.precision));
  }
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
