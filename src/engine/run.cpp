#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "cpu/loops.hpp"
#include "engine/backend.hpp"
#include "engine/background_writer.hpp"
#include "engine/ending.hpp"
#include "engine/thread_pool.hpp"
#include "engine/work.hpp"
#include "grid/floating_point_environment.hpp"
#include "ravine/engine.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The tiles of the shard without a valid record.
Work find_work(const Store& store, Shard shard, Ending& ending, RunReport& report) {
  Work work(shard);
  for (std::int64_t id = shard.index; id < store.grid().tile_count() && !ending.has_come(); id += shard.count) {
    const TileState state = store.check_tile(id, CheckDepth::checksums).state;
    if (state == TileState::done) {
      ++report.tiles_kept;
      continue;
    }
    if (state == TileState::corrupt) ++report.tiles_repaired;
    work.add(id, store.grid().tile(id).cells());
  }
  return work;
}

/// Moves the tiles of `work` through the backend into the writer.
class Pipeline {
 public:
  Pipeline(TileComputer& computer, const RunOptions& options, Ending& ending, RunReport& report)
      : computer_(computer), options_(options), ending_(ending), report_(report) {}

  void run(const Work& work, StoreWriter& store_writer) {
    BackgroundWriter writer(store_writer);
    progress_ = {0, work.cells(), 0, work.tiles()};
    work.for_each([&](std::int64_t id) {
      if (ending_.has_come()) return Work::Visit::leave;
      begin(id);
      return begun_ < computer_.depth() || finish(writer) ? Work::Visit::on : Work::Visit::leave;
    });
    while (begun_ > 0 && finish(writer)) continue;
    const auto computed = Clock::now();
    writer.drain();
    report_.times.wait += seconds_since(computed);
    report_.times.write = writer.seconds();
    report_.outcome = progress_.tiles_done == progress_.tiles_total ? Outcome::complete : Outcome::interrupted;
  }

 private:
  void begin(std::int64_t id) {
    const auto start = Clock::now();
    computer_.begin(id, std::exchange(spare_, {}));
    ++begun_;
    report_.times.compute += seconds_since(start);
  }

  /// Hands the oldest begun tile to the writer; false if the end came first. Time counts also where it did.
  bool finish(BackgroundWriter& writer) {
    const auto start = Clock::now();
    std::optional<TileData> tile =
        computer_.finish(ending_, [this](std::int64_t cells) { tell(report_.cells_computed + cells); });
    report_.times.compute += seconds_since(start);
    if (!tile) return false;
    const auto computed = Clock::now();
    const std::int64_t cells = tile->summary.cells;
    spare_ = writer.submit(*std::move(tile));
    report_.times.wait += seconds_since(computed);
    --begun_;
    ++report_.tiles_computed;
    ++progress_.tiles_done;
    report_.cells_computed += cells;
    tell(report_.cells_computed);
    return true;
  }

  void tell(std::int64_t cells_done) {
    progress_.cells_done = cells_done;
    if (options_.progress) options_.progress(progress_);
  }

  TileComputer& computer_;
  const RunOptions& options_;
  Ending& ending_;
  RunReport& report_;
  Progress progress_;
  TileData spare_;  // written, its buffers free
  std::size_t begun_ = 0;
};

std::int64_t tiles_of(Shard shard, const Grid& grid) {
  return (grid.tile_count() - shard.index + shard.count - 1) / shard.count;
}

std::string_view name_of(Outcome outcome) {
  return outcome == Outcome::complete ? "complete" : "interrupted";
}

}  // namespace

RunReport run(const Store& store, const RunOptions& options) {
  if (options.threads < 0) throw UsageError("threads must be at least 1");
  const detail::FloatingPointEnvironment exact;
  const auto start = Clock::now();
  const int threads = options.threads == 0 ? ThreadPool::available() : options.threads;
  const ReadyBackend backend = make_ready(options.backend, store.spec(), store.grid(), threads);
  RunReport report;
  report.backend = backend.choice.backend;
  report.backend_reason = backend.choice.reason;
  report.device = backend.choice.device;
  if (report.backend == Backend::cpu) {
    report.threads = threads;
    report.simd = cpu::active_level().name;
  }

  // If anything below throws, the writer notes the failure as it goes.
  StoreWriter writer(store, options.shard, {options.command_line, report.device, report.threads});
  Ending ending(options.stop, options.deadline);
  report.coordinates_repaired = writer.repair_coordinates();
  const Work work = find_work(store, options.shard, ending, report);
  report.times.check = seconds_since(start);
  if (work.tiles() > 0) {
    Pipeline(*backend.computer, options, ending, report).run(work, writer);
    report.notes = backend.computer->notes();
  }
  if (ending.has_come() && report.tiles_kept + report.tiles_computed < tiles_of(options.shard, store.grid())) {
    report.outcome = Outcome::interrupted;
  }
  report.times.total = seconds_since(start);
  writer.finish(std::string(name_of(report.outcome)), report.tiles_computed, report.times.total);
  return report;
}

}  // namespace ravine
