// What a map will cost.
#include <algorithm>
#include <chrono>
#include <limits>

#include "cpu/ensemble_loops.hpp"
#include "engine/map_evaluator.hpp"
#include "engine/thread_pool.hpp"
#include "grid/floating_point_environment.hpp"
#include "ravine/engine.hpp"
#include "ravine/field.hpp"
#include "ravine/model/moments.hpp"
#include "ravine/model/replicates.hpp"
#include "ravine/model/trajectory.hpp"

namespace ravine {
namespace {

/// Seconds a cell of the tile in hand takes on one thread: samples each twice the last, until one has taken long enough
/// to trust or is the tile. A cell over many eigenvalues may take long, so the first is small.
double seconds_per_cell(const TileEvaluator& evaluator, std::int64_t first_sample, TileData& data) {
  constexpr double long_enough = 1e-3;
  for (std::int64_t count = std::min(first_sample, evaluator.cells());;
       count = std::min(2 * count, evaluator.cells())) {
    const auto start = std::chrono::steady_clock::now();
    evaluator.evaluate(0, count, data);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (seconds >= long_enough || count == evaluator.cells()) return seconds / static_cast<double>(count);
  }
}

/// The mean over places evenly spread: cells with complex eigenvalues take less. Tiles are small, to bound memory, yet
/// of several rows, that they are evaluated as a run's are.
double seconds_per_cell(const Spec& spec, const Grid& grid) {
  constexpr std::int64_t most_places = 9;
  constexpr std::int64_t first_sample_of_rates = 16;
  const std::int64_t tile_cells =
      spec.kind == Kind::rate ? 16 * MapEvaluator::piece_cells : static_cast<std::int64_t>(cpu::lanes);
  const Grid sampled = make_grid(spec, std::min(grid.tile_capacity(), tile_cells));
  const std::int64_t places = std::min(most_places, sampled.tile_count());
  const std::unique_ptr<TileEvaluator> evaluator = make_tile_evaluator(spec, sampled, Structure::used);
  // Of trajectories whole pieces: a piece takes as long with one of them as with all.
  const std::int64_t first_sample = spec.kind == Kind::rate ? first_sample_of_rates : evaluator->cells_per_piece();
  TileData data;
  double sum = 0;
  for (std::int64_t place = 0; place < places; ++place) {
    evaluator->load(sampled.tile_count() / places * place + sampled.tile_count() / (2 * places), data);
    sum += seconds_per_cell(*evaluator, first_sample, data);
  }
  return sum / static_cast<double>(places);
}

/// A spec whose cells are quick to measure, and small in memory, and how much longer those of the spec in question
/// take.
struct Sampled {
  Spec spec;
  double factor;
};

/// The first steps tell what one takes, and the first replicates. Where the spec records sparsely the sample records
/// its end alone.
Sampled sample_of(const Spec& spec) {
  Sampled sampled{spec, 1};
  const bool is_stepped = std::any_of(spec.quantities.begin(), spec.quantities.end(), [](Quantity quantity) {
    return needs_replicates(quantity) || source_of(quantity) == Source::sample;
  });
  if (!spec.ensemble || (spec.kind == Kind::noise && !is_stepped)) return sampled;  // theory is what it is
  constexpr std::int64_t enough_component_steps = std::int64_t{1} << 12;
  Record& record = sampled.spec.ensemble->record;
  const std::int64_t steps = std::max(model::rest_every, enough_component_steps / components_of(spec));
  if (steps < record.steps) {
    sampled.factor = static_cast<double>(record.steps) / static_cast<double>(steps);
    record.steps = steps;
    if (!std::holds_alternative<EveryNth>(record.at)) record.at = ListedSteps{{steps}};
  }
  if (spec.kind != Kind::noise) return sampled;
  Noise& noise = *sampled.spec.ensemble->noise;
  const std::int64_t replicates = std::min(noise.replicates, model::block_replicates);
  sampled.factor *= static_cast<double>(noise.replicates) / static_cast<double>(replicates);
  noise.replicates = replicates;
  return sampled;
}

/// What the replicates of a noise study take on their way, on every thread of the machine: the modes of a group, the
/// sums of a block, and a cell with its theory.
std::int64_t working_memory(const Spec& spec) {
  if (spec.kind != Kind::noise) return 0;
  const auto any = [&spec](auto is) { return std::any_of(spec.quantities.begin(), spec.quantities.end(), is); };
  const auto steps = static_cast<double>(
      any([](Quantity q) { return info_of(q).inner != Inner::none && info_of(q).inner != Inner::component; })
          ? recorded_step_count(spec.ensemble->record)
          : 0);
  const auto components = static_cast<double>(components_of(spec));
  const double bins = any([](Quantity q) { return source_of(q) == Source::bins; })
                          ? static_cast<double>(spec.ensemble->noise->histogram.bins())
                          : 0;
  constexpr double modes_of_group = 8.0 * sizeof(double) * model::group_replicates;
  const double of_block = steps * ((1 + components) * sizeof(model::Sums) + bins * sizeof(std::uint32_t));
  const double of_cell =
      steps * (components * sizeof(model::Moments) + (1 + components) * (sizeof(model::CellSums) + sizeof(double)) +
               bins * sizeof(std::int64_t));
  const double all = ThreadPool::available() * (components * modes_of_group + of_block + of_cell);
  return all < 0x1p62 ? static_cast<std::int64_t>(all) : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

Room room_for(const Spec& spec, const Grid& grid) {
  const std::int64_t tile = grid.tile_capacity() * cell_bytes(fields_of(spec));
  Room room{grid.tile_count() * tile, 0};
  // One tile being computed, one being written; and what computes.
  if (__builtin_mul_overflow(tile, 2, &room.memory) ||
      __builtin_add_overflow(room.memory, working_memory(spec), &room.memory)) {
    room.memory = std::numeric_limits<std::int64_t>::max();
  }
  return room;
}

Estimate estimate(const Spec& spec, const Grid& grid, int threads) {
  const Room room = room_for(spec, grid);
  const detail::FloatingPointEnvironment exact;
  Estimate estimate;
  estimate.cells = grid.cells();
  estimate.tiles = grid.tile_count();
  estimate.bytes = room.disk;
  estimate.memory = room.memory;
  const int used = threads == 0 ? ThreadPool::available() : threads;
  const Sampled sampled = sample_of(spec);
  estimate.seconds = seconds_per_cell(sampled.spec, grid) * sampled.factor * static_cast<double>(estimate.cells) / used;
  return estimate;
}

}  // namespace ravine
