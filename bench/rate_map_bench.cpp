// The loops of src/cpu over a 2-D map, at each SIMD level that the processor has, in cache and to memory; beside them
// the textbook's formula and std::fill of the same bytes, both compiled for the same level with the same flags.
//
// Names are quantity/precision/level/place/who; `cell` is the time of one cell.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "cpu/level_tables.hpp"
#include "grid/floating_point_environment.hpp"
#include "map.hpp"
#include "proof.hpp"
#include "ravine/model/heavy_ball.hpp"
#include "textbook.hpp"

namespace ravine::bench {
namespace {

constexpr std::size_t columns = 1024;

/// A size of map.
struct Place {
  const char* name;
  std::size_t rows;
};
constexpr Place in_cache{"cache", 32};         // 256 KiB of float64: in the second-level cache
constexpr Place to_memory{"memory", 1 << 16};  // 512 MiB of float64: in no cache

struct SimdLevel {
  std::string name;
  cpu::Level model;
  TextbookLevel textbook;
};

SimdLevel level(const char* name, void (*fill)(cpu::Level&), TextbookLevel textbook) {
  SimdLevel made{name, {}, textbook};
  fill(made.model);
  return made;
}

/// The levels that this processor has.
const std::vector<SimdLevel>& levels() {
  static const std::vector<SimdLevel> all = [] {
    // The features by name, because clang 14 knows no levels here.
    __builtin_cpu_init();
    const bool v3 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    const bool v4 = v3 && __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
    std::vector<SimdLevel> found{level("x86-64", cpu::x86_64::fill_level, x86_64::textbook())};
    if (v3) found.push_back(level("x86-64-v3", cpu::x86_64_v3::fill_level, x86_64_v3::textbook()));
    if (v4) found.push_back(level("x86-64-v4", cpu::x86_64_v4::fill_level, x86_64_v4::textbook()));
    return found;
  }();
  return all;
}

template <class F>
constexpr const char* precision = sizeof(F) == 8 ? "float64" : "float32";

template <class F>
const cpu::Loops<F>& model_loops(const SimdLevel& level) {
  if constexpr (std::is_same_v<F, double>) {
    return level.model.float64;
  } else {
    return level.model.float32;
  }
}

template <class F>
const Textbook<F>& textbook_loops(const SimdLevel& level) {
  if constexpr (std::is_same_v<F, double>) {
    return level.textbook.float64;
  } else {
    return level.textbook.float32;
  }
}

// A quantity: its name, its type, its loops, and its definition cell by cell.

template <class F>
struct Rate {
  using Real = F;
  using Value = F;
  static constexpr const char* name = "rate";
  static auto model(const SimdLevel& level) { return model_loops<F>(level).rate; }
  static auto textbook(const SimdLevel& level) { return textbook_loops<F>(level).rate; }
  static auto fill(const SimdLevel& level) { return textbook_loops<F>(level).fill; }
  static Value define(model::Cell<F> cell) { return model::rate(cell); }
};

template <class F>
struct Gap {
  using Real = F;
  using Value = F;
  static constexpr const char* name = "gap";
  static auto model(const SimdLevel& level) { return model_loops<F>(level).gap; }
  static auto textbook(const SimdLevel& level) { return textbook_loops<F>(level).gap; }
  static auto fill(const SimdLevel& level) { return textbook_loops<F>(level).fill; }
  static Value define(model::Cell<F> cell) { return model::gap(cell); }
};

template <class F>
struct RegimeCode {
  using Real = F;
  using Value = std::uint8_t;
  static constexpr const char* name = "regime";
  static auto model(const SimdLevel& level) { return model_loops<F>(level).regime; }
  static auto textbook(const SimdLevel& level) { return textbook_loops<F>(level).regime; }
  static auto fill(const SimdLevel& level) { return level.textbook.fill_bytes; }
  static Value define(model::Cell<F> cell) { return static_cast<Value>(model::regime(cell)); }
};

template <class Of, class Loop>
void sweep(Map<typename Of::Real>& map, Loop loop, std::vector<typename Of::Value>& out) {
  map.for_each_row([&](auto cells, std::size_t first) { loop(cells, out.data() + first); });
}

/// Compares every level's map with the definition, every byte; once per quantity and place.
template <class Of>
void prove(const Place& place) {
  static std::set<std::string> proved;
  if (!proved.insert(place.name).second) return;
  Map<typename Of::Real> map(place.rows, columns);
  std::vector<typename Of::Value> wanted(map.cells());
  map.for_each_row([&wanted](auto cells, std::size_t first) {
    for (std::size_t i = 0; i < cells.count; ++i)
      wanted[first + i] = Of::define({cells.alpha[i], cells.beta[i], cells.lambda[i]});
  });
  std::vector<typename Of::Value> found(map.cells());
  for (const SimdLevel& level : levels()) {
    std::fill(found.begin(), found.end(), typename Of::Value(0));
    sweep<Of>(map, Of::model(level), found);
    require_same_bytes(std::string(Of::name) + " at " + level.name, found, wanted);
  }
}

void report(benchmark::State& state, std::size_t cells) {
  const auto each = static_cast<double>(cells);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(cells));
  state.counters["cell"] =
      benchmark::Counter(each, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

template <class Of, class Loop>
void time_loop(benchmark::State& state, const Place& place, Loop loop) {
  prove<Of>(place);
  Map<typename Of::Real> map(place.rows, columns);
  std::vector<typename Of::Value> out(map.cells());  // zeroed, so that its pages are there
  const detail::FloatingPointEnvironment exact;
  for (auto iteration : state) {
    sweep<Of>(map, loop, out);
    benchmark::ClobberMemory();
  }
  report(state, map.cells());
}

template <class Value, class Fill>
void time_fill(benchmark::State& state, const Place& place, Fill fill) {
  std::vector<Value> out(place.rows * columns);
  Value value(1);
  for (auto iteration : state) {
    benchmark::DoNotOptimize(value);
    fill(out.data(), out.size(), value);
    benchmark::ClobberMemory();
  }
  report(state, out.size());
}

template <class Of>
void add(const SimdLevel& level, const Place& place) {
  using Value = typename Of::Value;
  const std::string name =
      std::string(Of::name) + "/" + precision<typename Of::Real> + "/" + level.name + "/" + place.name + "/";
  const auto model = Of::model(level);
  const auto textbook = Of::textbook(level);
  const auto fill = Of::fill(level);
  const Place where = place;
  const auto in_milliseconds = [](benchmark::internal::Benchmark* made) { made->Unit(benchmark::kMillisecond); };
  in_milliseconds(benchmark::RegisterBenchmark((name + "ravine").c_str(),
                                               [=](benchmark::State& state) { time_loop<Of>(state, where, model); }));
  in_milliseconds(benchmark::RegisterBenchmark(
      (name + "textbook").c_str(), [=](benchmark::State& state) { time_loop<Of>(state, where, textbook); }));
  in_milliseconds(benchmark::RegisterBenchmark((name + "fill").c_str(),
                                               [=](benchmark::State& state) { time_fill<Value>(state, where, fill); }));
}

template <class F>
void add_precision(const SimdLevel& level, const Place& place) {
  add<Rate<F>>(level, place);
  add<Gap<F>>(level, place);
  add<RegimeCode<F>>(level, place);
}

void add_all() {
  for (const Place& place : {in_cache, to_memory}) {
    for (const SimdLevel& level : levels()) {
      add_precision<double>(level, place);
      add_precision<float>(level, place);
    }
  }
}

}  // namespace
}  // namespace ravine::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  ravine::bench::add_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
