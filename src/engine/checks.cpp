// What a store holds: its fold, and whether it holds it truly.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "engine/box_walk.hpp"
#include "engine/tile_evaluator.hpp"
#include "grid/floating_point_environment.hpp"
#include "ravine/engine.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

void note(VerifyReport& report, std::string problem) {
  if (report.problems.size() < VerifyReport::most_problems) report.problems.push_back(std::move(problem));
}

/// Consecutive cells recomputed together, where a piece has as many.
constexpr std::int64_t most_sample_cells = 512;

/// A fixed, well mixed 64-bit hash (SplitMix64): which cells a sample takes must not depend on the run.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

/// Cells of stored and computed chunks that differ among [first, first + count) of the tile.
std::int64_t count_differences(const Store& store, const Box& box, std::int64_t first, std::int64_t count,
                               const TileData& stored, const TileData& computed) {
  std::int64_t different = 0;
  walk_box(box.shape, first, count, [&](const Run& run) {
    const std::int64_t offset = offset_in(store.grid().tile_shape, run.start);
    for (std::int64_t i = offset; i < offset + run.length; ++i) {
      bool same = true;
      for (std::size_t q = 0; q < stored.chunks.size(); ++q) {
        const auto size = static_cast<std::size_t>(store.fields()[q].cell_bytes());
        const std::size_t at = static_cast<std::size_t>(i) * size;
        same = same && std::memcmp(stored.chunks[q].data() + at, computed.chunks[q].data() + at, size) == 0;
      }
      different += same ? 0 : 1;
    }
  });
  return different;
}

/// What share of the cells is computed again, and what ends that early.
struct Recomputation {
  double sample;
  const std::stop_token& stop;
};

/// Recomputes a fraction of the tile in hand, in runs of sample_cells chosen by hash. A positive fraction takes at
/// least one run a tile.
void recompute_sample(const Store& store, const TileEvaluator& evaluator, const Recomputation& wanted,
                      const TileData& stored, VerifyReport& report) {
  const std::int64_t sample_cells = std::min(most_sample_cells, evaluator.cells_per_piece());
  const std::int64_t runs = (evaluator.cells() + sample_cells - 1) / sample_cells;
  const auto id = static_cast<std::uint64_t>(stored.id);
  const auto always = static_cast<std::int64_t>(mix(id) % static_cast<std::uint64_t>(runs));
  TileData computed = stored;
  for (std::int64_t i = 0; i < runs && wanted.sample > 0; ++i) {
    const double draw = static_cast<double>(mix(mix(id) + static_cast<std::uint64_t>(i)) >> 11U) * 0x1p-53;
    if (draw >= wanted.sample && i != always) continue;
    const std::int64_t first = i * sample_cells;
    const std::int64_t count = std::min(sample_cells, evaluator.cells() - first);
    evaluator.evaluate(first, count, computed, [&wanted] { return wanted.stop.stop_requested(); });
    if (wanted.stop.stop_requested()) return;  // it may have been given up
    const std::int64_t different =
        count_differences(store, store.grid().tile(stored.id), first, count, stored, computed);
    report.cells_recomputed += count;
    report.cells_different += different;
    if (different > 0) {
      note(report,
           fmt::format("tile {}: {} of {} recomputed cells differ from the stored ones", stored.id, different, count));
    }
  }
}

void verify_done_tile(const Store& store, TileEvaluator& evaluator, const Recomputation& wanted, TileData& stored,
                      VerifyReport& report) {
  const std::int64_t id = stored.id;
  for (std::size_t q = 0; q < stored.chunks.size(); ++q) store.read_chunk(id, q, stored.chunks[q]);
  if (evaluator.summarize(0, evaluator.cells(), stored) != store.tile_summary(id)) {
    throw DataError(fmt::format("tile {}: the record's partial results are not those of its chunks", id));
  }
  recompute_sample(store, evaluator, wanted, stored, report);
}

}  // namespace

MapSummary summarize(const Store& store) {
  MapSummary map;
  map.tiles_total = store.grid().tile_count();
  for (std::int64_t id = 0; id < map.tiles_total; ++id) {
    if (store.check_tile(id, CheckDepth::presence).state != TileState::done) continue;
    merge(map.summary, store.tile_summary(id));
    ++map.tiles_done;
  }
  return map;
}

VerifyReport verify(const Store& store, double sample, const std::stop_token& stop) {
  if (!(sample >= 0 && sample <= 1))
    throw UsageError(fmt::format("sample is {}; wanted a fraction from 0 to 1", sample));
  const detail::FloatingPointEnvironment exact;
  const std::unique_ptr<TileEvaluator> evaluator = make_tile_evaluator(store.spec(), store.grid(), Structure::ignored);
  VerifyReport report;
  for (const std::string& problem : store.damaged_coordinates()) {
    ++report.coordinates_corrupt;
    note(report, problem);
  }
  TileData stored;
  for (std::int64_t id = 0; id < store.grid().tile_count() && !stop.stop_requested(); ++id) {
    const TileCheck check = store.check_tile(id, CheckDepth::presence);
    if (check.state == TileState::missing) {
      ++report.tiles_missing;
      note(report, fmt::format("tile {}: missing", id));
      continue;
    }
    try {
      if (check.state == TileState::corrupt) throw DataError(check.reason);
      evaluator->load(id, stored);
      verify_done_tile(store, *evaluator, {sample, stop}, stored, report);
      ++report.tiles_done;
    } catch (const DataError& error) {
      ++report.tiles_corrupt;
      note(report, error.what());
    }
  }
  return report;
}

}  // namespace ravine
