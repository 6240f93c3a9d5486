#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "cpu/loops.hpp"
#include "engine/background_writer.hpp"
#include "engine/map_evaluator.hpp"
#include "engine/thread_pool.hpp"
#include "grid/floating_point_environment.hpp"
#include "ravine/engine.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Tiles to compute, as runs of consecutive ones of the shard: a map may have very many, and they mostly stand
/// together.
class Work {
 public:
  explicit Work(Shard shard) : shard_(shard) {}

  void add(std::int64_t id, std::int64_t cells) {
    if (!runs_.empty() && runs_.back().first + runs_.back().count * shard_.count == id) {
      ++runs_.back().count;
    } else {
      runs_.push_back({id, 1});
    }
    ++tiles_;
    cells_ += cells;
  }

  [[nodiscard]] std::int64_t tiles() const { return tiles_; }
  [[nodiscard]] std::int64_t cells() const { return cells_; }

  /// Calls visit(id) for each tile until it says Visit::leave.
  enum class Visit { on, leave };
  template <class Visitor>
  void for_each(Visitor visit) const {
    for (const Consecutive& run : runs_) {
      for (std::int64_t i = 0; i < run.count; ++i) {
        if (visit(run.first + i * shard_.count) == Visit::leave) return;
      }
    }
  }

 private:
  struct Consecutive {
    std::int64_t first;
    std::int64_t count;
  };
  Shard shard_;
  std::vector<Consecutive> runs_;
  std::int64_t tiles_ = 0;
  std::int64_t cells_ = 0;
};

/// The run's end: asked for by the caller, or come with the deadline.
class Ending {
 public:
  explicit Ending(const RunOptions& options) : deadline_(options.deadline), forward_(options.stop, Request{source_}) {}

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  /// Whether it has come. Any thread may ask; asking is what notices the deadline.
  bool has_come() {
    if (deadline_ && Clock::now() >= *deadline_) source_.request_stop();
    return source_.stop_requested();
  }

 private:
  struct Request {
    std::stop_source& source;
    void operator()() const { source.request_stop(); }
  };
  std::optional<Clock::time_point> deadline_;
  std::stop_source source_;
  std::stop_callback<Request> forward_;
};

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

/// Computes tiles on all threads and hands them to the writer.
class TileComputer {
 public:
  TileComputer(const Store& store, const RunOptions& options, Ending& ending, RunReport& report)
      : evaluator_(make_map_evaluator(store.spec(), store.grid())),
        pool_(report.threads),
        options_(options),
        ending_(ending),
        report_(report) {}

  void compute(const Work& work, StoreWriter& writer) {
    BackgroundWriter background(writer);
    progress_ = {0, work.cells(), 0, work.tiles()};
    TileData data;
    work.for_each([&](std::int64_t id) {
      if (ending_.has_come() || compute_tile(id, data) == ThreadPool::Result::stopped) return Work::Visit::leave;
      const auto computed = Clock::now();
      data = background.submit(std::move(data));
      report_.times.wait += seconds_since(computed);
      ++report_.tiles_computed;
      ++progress_.tiles_done;
      report_.cells_computed += evaluator_->cells();
      tell(report_.cells_computed);
      return Work::Visit::on;
    });
    const auto computed = Clock::now();
    background.drain();
    report_.times.wait += seconds_since(computed);
    report_.times.write = background.seconds();
    report_.outcome = progress_.tiles_done == progress_.tiles_total ? Outcome::complete : Outcome::interrupted;
  }

 private:
  /// Each piece is summarised where it is computed, while it is in cache. Time counts also where the tile is given up.
  ThreadPool::Result compute_tile(std::int64_t id, TileData& data) {
    const auto start = Clock::now();
    evaluator_->load(id, data);
    std::vector<Summary> parts(static_cast<std::size_t>(evaluator_->pieces()));
    std::atomic<std::int64_t> cells = 0;
    const std::thread::id caller = std::this_thread::get_id();
    pool_.for_each(evaluator_->pieces(), ending_.token(), [&](std::int64_t piece) {
      if (ending_.has_come()) return;
      const detail::FloatingPointEnvironment exact;
      const std::int64_t first = piece * MapEvaluator::piece_cells;
      const std::int64_t count = std::min(MapEvaluator::piece_cells, evaluator_->cells() - first);
      evaluator_->evaluate(first, count, data);
      parts[static_cast<std::size_t>(piece)] = evaluator_->summarize(first, count, data);
      cells += count;
      if (std::this_thread::get_id() == caller) tell(report_.cells_computed + cells);
    });
    for (const Summary& part : parts) merge(data.summary, part);
    report_.times.compute += seconds_since(start);
    return cells == evaluator_->cells() ? ThreadPool::Result::complete : ThreadPool::Result::stopped;
  }

  void tell(std::int64_t cells_done) {
    progress_.cells_done = cells_done;
    if (options_.progress) options_.progress(progress_);
  }

  std::unique_ptr<MapEvaluator> evaluator_;
  ThreadPool pool_;
  const RunOptions& options_;
  Ending& ending_;
  RunReport& report_;
  Progress progress_;
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
  RunReport report;
  report.threads = options.threads == 0 ? ThreadPool::available() : options.threads;
  report.simd = cpu::active_level().name;

  // If anything below throws, the writer notes the failure as it goes.
  StoreWriter writer(store, options.shard, {options.command_line, "cpu " + report.simd, report.threads});
  Ending ending(options);
  report.coordinates_repaired = writer.repair_coordinates();
  const Work work = find_work(store, options.shard, ending, report);
  report.times.check = seconds_since(start);
  if (work.tiles() > 0) TileComputer(store, options, ending, report).compute(work, writer);
  if (ending.has_come() && report.tiles_kept + report.tiles_computed < tiles_of(options.shard, store.grid())) {
    report.outcome = Outcome::interrupted;
  }
  report.times.total = seconds_since(start);
  writer.finish(std::string(name_of(report.outcome)), report.tiles_computed, report.times.total);
  return report;
}

}  // namespace ravine
