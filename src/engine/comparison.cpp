#include "ravine/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "engine/backend.hpp"
#include "engine/ending.hpp"
#include "engine/thread_pool.hpp"
#include "engine/tile_computer.hpp"
#include "grid/floating_point_environment.hpp"
#include "ravine/error.hpp"
#include "ravine/field.hpp"

namespace ravine {
namespace {

using Clock = std::chrono::steady_clock;

/// The end came before a tile was whole.
class Interrupted {};

/// A backend with all that a pass over the map takes, kept from one pass to the next.
class Contestant {
 public:
  Contestant(const Spec& spec, const Grid& grid, BackendChoice choice, int threads)
      : spec_(spec), grid_(grid), choice_(std::move(choice)), threads_(threads) {
    times_.backend = choice_.backend;
    times_.device = choice_.device;
    times_.threads = can_stay_elsewhere() ? 1 : threads;
    times_.processors = ThreadPool::available();
  }

  [[nodiscard]] std::string_view name() const { return name_of(choice_.backend); }
  [[nodiscard]] const BackendTimes& times() const { return times_; }

  /// Starts a pass: next() gives its tiles in order, each of which give_back() takes again.
  void start(cuda::Keep keep) {
    std::unique_ptr<TileComputer>& computer = keep == cuda::Keep::chunks ? to_host_ : in_place_;
    if (!computer) computer = make_tile_computer(spec_, grid_, choice_, threads_, keep);
    computer_ = computer.get();
    begun_ = 0;
    finished_ = 0;
  }
  /// Nothing after the last tile. \throws Interrupted.
  std::optional<TileData> next(Ending& ending) {
    while (begun_ < grid_.tile_count() && begun_ - finished_ < static_cast<std::int64_t>(computer_->depth())) {
      computer_->begin(begun_++, take_spare());
    }
    if (finished_ == grid_.tile_count()) return std::nullopt;
    if (ending.has_come()) throw Interrupted();
    std::optional<TileData> tile = computer_->finish(ending, [](std::int64_t /*cells*/) {});
    if (!tile) throw Interrupted();
    ++finished_;
    return tile;
  }
  void give_back(TileData tile) { spares_.push_back(std::move(tile)); }

  /// Also makes ready whatever the later passes use.
  void take_first_time(Ending& ending) {
    times_.first = seconds_of_pass(cuda::Keep::chunks, ending);
    if (can_stay_elsewhere()) seconds_of_pass(cuda::Keep::summary, ending);
  }
  void take_times(Ending& ending) {
    const double to_host = seconds_of_pass(cuda::Keep::chunks, ending);
    const double in_place = can_stay_elsewhere() ? seconds_of_pass(cuda::Keep::summary, ending) : to_host;
    times_.to_host.push_back(to_host);
    times_.in_place.push_back(in_place);
  }

 private:
  /// The values of noise studies are made on the host from what devices sum.
  [[nodiscard]] bool can_stay_elsewhere() const {
    return choice_.backend == Backend::cuda && spec_.kind != Kind::noise;
  }
  double seconds_of_pass(cuda::Keep keep, Ending& ending) {
    const auto begin = Clock::now();
    start(keep);
    while (std::optional<TileData> tile = next(ending)) give_back(*std::move(tile));
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }
  TileData take_spare() {
    if (spares_.empty()) return {};
    TileData spare = std::move(spares_.back());
    spares_.pop_back();
    return spare;
  }

  const Spec& spec_;
  const Grid& grid_;
  BackendChoice choice_;
  int threads_;
  BackendTimes times_;
  std::unique_ptr<TileComputer> to_host_;
  std::unique_ptr<TileComputer> in_place_;
  TileComputer* computer_ = nullptr;  // of the pass
  std::int64_t begun_ = 0;
  std::int64_t finished_ = 0;
  std::vector<TileData> spares_;
};

[[noreturn]] void throw_difference(const TileData& tile, std::string_view what, const Contestant& one,
                                   const Contestant& other) {
  throw std::logic_error(fmt::format("tile {}: {} of {} and {} differ", tile.id, what, one.name(), other.name()));
}

/// How many bytes were found equal. \throws std::logic_error at the first that differ; Interrupted.
std::int64_t compare(Contestant& one, Contestant& other, const Spec& spec, Ending& ending) {
  one.start(cuda::Keep::chunks);
  other.start(cuda::Keep::chunks);
  std::int64_t equal = 0;
  while (std::optional<TileData> a = one.next(ending)) {
    std::optional<TileData> b = other.next(ending);
    for (std::size_t q = 0; q < a->chunks.size(); ++q) {
      const ByteBuffer& x = a->chunks[q];
      const ByteBuffer& y = b->chunks[q];
      const auto found = std::mismatch(x.begin(), x.end(), y.begin(), y.end());
      if (found.first != x.end()) {
        const auto value =
            static_cast<std::size_t>(found.first - x.begin()) / value_bytes(spec.quantities[q], spec.precision);
        throw_difference(*a, fmt::format("value {} of the {} chunks", value, name_of(spec.quantities[q])), one, other);
      }
      equal += static_cast<std::int64_t>(x.size());
    }
    if (a->summary != b->summary) throw_difference(*a, "the partial results", one, other);
    one.give_back(*std::move(a));
    other.give_back(*std::move(b));
  }
  return equal;
}

std::int64_t bytes_of(const Spec& spec, const Grid& grid) {
  return grid.tile_count() * grid.tile_capacity() * cell_bytes(fields_of(spec));
}

void hold_contest(std::vector<Contestant>& contestants, const Spec& spec, const ComparisonOptions& options,
                  Comparison& comparison) {
  Ending ending(options.stop, std::nullopt);
  const auto tell = [&options](const Contestant& contestant, const std::string& what) {
    if (options.progress) options.progress(fmt::format("{}: {}", contestant.name(), what));
  };
  for (Contestant& contestant : contestants) {
    tell(contestant, "first pass");
    contestant.take_first_time(ending);
  }
  for (std::size_t k = 1; k < contestants.size(); ++k) {
    tell(contestants[k], fmt::format("comparing with {}, byte by byte", contestants[0].name()));
    comparison.bytes_compared += compare(contestants[0], contestants[k], spec, ending);
  }
  for (int repetition = 1; repetition <= options.repetitions; ++repetition) {
    for (Contestant& contestant : contestants) {
      tell(contestant, fmt::format("repetition {} of {}", repetition, options.repetitions));
      contestant.take_times(ending);
    }
  }
}

}  // namespace

std::vector<Backend> available_backends() {
  if (choose_backend(Backend::automatic).backend == Backend::cpu) return {Backend::cpu};
  return {Backend::cpu, Backend::cuda};
}

Comparison compare_backends(const Spec& spec, const Grid& grid, const ComparisonOptions& options) {
  if (options.backends.empty()) throw UsageError("no backend to measure; wanted cpu, cuda or both");
  if (options.threads < 0 || options.repetitions < 1) throw UsageError("threads and repetitions must be at least 1");
  const detail::FloatingPointEnvironment exact;
  const int threads = options.threads == 0 ? ThreadPool::available() : options.threads;
  std::vector<Contestant> contestants;
  for (const Backend backend : options.backends) contestants.emplace_back(spec, grid, choose_backend(backend), threads);
  Comparison comparison;
  comparison.cells = grid.cells();
  comparison.bytes = bytes_of(spec, grid);
  try {
    hold_contest(contestants, spec, options, comparison);
  } catch (const Interrupted&) {
    comparison.interrupted = true;
  }
  for (const Contestant& contestant : contestants) comparison.backends.push_back(contestant.times());
  return comparison;
}

}  // namespace ravine
