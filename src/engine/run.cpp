#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "cpu/floating_point_environment.hpp"
#include "cpu/loops.hpp"
#include "engine/background_writer.hpp"
#include "engine/map_evaluator.hpp"
#include "engine/thread_pool.hpp"
#include "ravine/engine.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What a tile needs: nothing, computing, or computing again.
struct Work {
  std::vector<std::int64_t> tiles;
  std::int64_t cells = 0;
};

/// The tiles of the shard without a valid record.
Work find_work(const Store& store, const RunOptions& options, RunReport& report) {
  Work work;
  for (std::int64_t id = options.shard.index; id < store.grid().tile_count(); id += options.shard.count) {
    if (options.stop.stop_requested()) break;
    const TileState state = store.check_tile(id, CheckDepth::checksums).state;
    if (state == TileState::done) {
      ++report.tiles_kept;
      continue;
    }
    if (state == TileState::corrupt) ++report.tiles_repaired;
    work.tiles.push_back(id);
    work.cells += store.grid().tile(id).cells();
  }
  return work;
}

/// Evaluates the tile in hand on all threads. Each piece is summarised where it is computed, while it is in cache.
ThreadPool::Result compute_tile(const MapEvaluator& evaluator, ThreadPool& pool, const std::stop_token& stop,
                                TileData& data) {
  std::vector<Summary> parts(static_cast<std::size_t>(evaluator.pieces()));
  const auto result = pool.for_each(evaluator.pieces(), stop, [&](std::int64_t piece) {
    const cpu::FloatingPointEnvironment exact;
    const std::int64_t first = piece * MapEvaluator::piece_cells;
    const std::int64_t count = std::min(MapEvaluator::piece_cells, evaluator.cells() - first);
    evaluator.evaluate(first, count, data);
    parts[static_cast<std::size_t>(piece)] = evaluator.summarize(first, count, data);
  });
  for (const Summary& part : parts) merge(data.summary, part);
  return result;
}

bool is_over(const RunOptions& options) {
  return options.stop.stop_requested() || (options.deadline && Clock::now() >= *options.deadline);
}

void compute_tiles(const Store& store, const Work& work, const RunOptions& options, StoreWriter& writer,
                   RunReport& report) {
  ThreadPool pool(report.threads);
  BackgroundWriter background(writer);
  const std::unique_ptr<MapEvaluator> evaluator = make_map_evaluator(store.spec(), store.grid());
  Progress progress{0, work.cells, 0, static_cast<std::int64_t>(work.tiles.size())};
  TileData data;
  for (const std::int64_t id : work.tiles) {
    if (is_over(options)) break;
    const auto start = Clock::now();
    {
      const cpu::FloatingPointEnvironment exact;
      evaluator->load(id, data);
    }
    if (compute_tile(*evaluator, pool, options.stop, data) == ThreadPool::Result::stopped) break;
    report.times.compute += seconds_since(start);

    const auto computed = Clock::now();
    data = background.submit(std::move(data));
    report.times.wait += seconds_since(computed);
    ++report.tiles_computed;
    ++progress.tiles_done;
    progress.cells_done += evaluator->cells();
    if (options.progress) options.progress(progress);
  }
  const auto computed = Clock::now();
  background.drain();
  report.times.wait += seconds_since(computed);
  report.times.write = background.seconds();
  report.cells_computed = progress.cells_done;
  report.outcome = progress.tiles_done == progress.tiles_total && !(work.tiles.empty() && options.stop.stop_requested())
                       ? Outcome::complete
                       : Outcome::interrupted;
}

std::string_view name_of(Outcome outcome) {
  return outcome == Outcome::complete ? "complete" : "interrupted";
}

}  // namespace

RunReport run(const Store& store, const RunOptions& options) {
  if (options.threads < 0) throw UsageError("threads must be at least 1");
  const auto start = Clock::now();
  RunReport report;
  report.threads = options.threads == 0 ? ThreadPool::available() : options.threads;
  report.simd = cpu::active_level().name;

  StoreWriter writer(store, options.shard, {options.command_line, "cpu " + report.simd, report.threads});
  try {
    const Work work = find_work(store, options, report);
    report.times.check = seconds_since(start);
    compute_tiles(store, work, options, writer, report);
  } catch (...) {
    writer.finish("failed", report.tiles_computed, seconds_since(start));
    throw;
  }
  report.times.total = seconds_since(start);
  writer.finish(std::string(name_of(report.outcome)), report.tiles_computed, report.times.total);
  return report;
}

}  // namespace ravine
