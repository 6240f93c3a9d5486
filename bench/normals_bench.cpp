// The normal numbers of ensembles, at each SIMD level that the processor has, against the C++ library's: a
// std::normal_distribution over a std::mt19937_64, which has no level of its own.
//
// Names are normals/precision/level/who; `number` is the time of one number.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "cpu/level_tables.hpp"
#include "grid/floating_point_environment.hpp"
#include "proof.hpp"

namespace ravine::bench {
namespace {

constexpr std::uint32_t replicates = 4096;  // a block of each: 64 KiB of numbers, in the second-level cache
constexpr std::uint32_t step_blocks = 16;
constexpr model::DrawPlace first = {20'26, 3, 1000, 2};

struct SimdLevel {
  std::string name;
  cpu::EnsembleLevel loops;
};

/// The levels that this processor has.
const std::vector<SimdLevel>& levels() {
  static const std::vector<SimdLevel> all = [] {
    const struct {
      std::string_view name;
      void (*fill)(cpu::EnsembleLevel&);
    } tables[] = {{"x86-64", cpu::x86_64::fill_ensemble_level},
                  {"x86-64-v3", cpu::x86_64_v3::fill_ensemble_level},
                  {"x86-64-v4", cpu::x86_64_v4::fill_ensemble_level}};
    const std::vector<std::string_view> available = cpu::available_levels();
    std::vector<SimdLevel> found;
    for (const auto& table : tables) {
      if (std::find(available.begin(), available.end(), table.name) == available.end()) continue;
      found.push_back({std::string(table.name), {}});
      table.fill(found.back().loops);
    }
    return found;
  }();
  return all;
}

template <class F>
constexpr const char* precision = sizeof(F) == 8 ? "float64" : "float32";

template <class F>
constexpr std::size_t block_numbers = std::size_t{replicates} * model::NormalBlock<F>::size;

template <class F>
const cpu::EnsembleLoops<F>& loops_of(const cpu::EnsembleLevel& level) {
  if constexpr (sizeof(F) == 8) {
    return level.float64;
  } else {
    return level.float32;
  }
}

/// Compares every level with the definition, every byte.
template <class F>
void prove_ravine() {
  std::vector<F> wanted(block_numbers<F>);
  for (std::uint32_t i = 0; i < replicates; ++i) {
    model::DrawPlace place = first;
    place.replicate += i;
    const model::NormalBlock<F> block = model::normal_block<F>(place, 0);
    for (std::size_t j = 0; j < model::NormalBlock<F>::size; ++j) wanted[j * replicates + i] = block.values[j];
  }
  for (const SimdLevel& level : levels()) {
    std::vector<F> found(wanted.size());
    loops_of<F>(level.loops).normals(first, 0, replicates, found.data());
    require_same_bytes(std::string("normals at ") + level.name, found, wanted);
  }
}

/// Both sides have mean 0 and variance 1, within six standard deviations of 1e6 numbers.
template <class Draw>
void require_standard_normal(const char* what, Draw draw) {
  constexpr int count = 1'000'000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < count; ++i) {
    const auto z = static_cast<double>(draw(i));
    sum += z;
    squares += z * z;
  }
  const double root = std::sqrt(double{count});
  if (std::abs(sum / root) < 6 && std::abs(squares - count) / (std::sqrt(2.0) * root) < 6) return;
  std::fprintf(stderr, "%s: not standard normal, so it is not timed\n", what);
  std::abort();
}

template <class F>
void prove() {
  prove_ravine<F>();
  require_standard_normal("ravine", [](int i) {
    model::DrawPlace place = first;
    place.replicate = static_cast<std::uint32_t>(i);
    return model::normal_block<F>(place, 0).values[0];
  });
  std::mt19937_64 engine(1);
  std::normal_distribution<F> normal;
  require_standard_normal("std::normal_distribution", [&](int /*i*/) { return normal(engine); });
}

void report(benchmark::State& state, std::size_t numbers) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(numbers));
  state.counters["number"] = benchmark::Counter(
      static_cast<double>(numbers), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

template <class F>
void time_ravine(benchmark::State& state, const cpu::EnsembleLoops<F>& loops) {
  std::vector<F> out(block_numbers<F>);
  const detail::FloatingPointEnvironment exact;
  for (auto iteration : state) {
    for (std::uint32_t block = 0; block < step_blocks; ++block) {
      loops.normals(first, block, replicates, out.data());
      benchmark::ClobberMemory();
    }
  }
  report(state, step_blocks * block_numbers<F>);
}

template <class F>
void time_std(benchmark::State& state) {
  std::mt19937_64 engine(1);
  std::normal_distribution<F> normal;
  std::vector<F> out(block_numbers<F>);
  for (auto iteration : state) {
    for (F& number : out) number = normal(engine);
    benchmark::ClobberMemory();
  }
  report(state, out.size());
}

template <class F>
void add() {
  prove<F>();
  for (const SimdLevel& level : levels()) {
    const std::string name = std::string("normals/") + precision<F> + "/" + level.name + "/";
    benchmark::RegisterBenchmark((name + "ravine").c_str(), [&level](benchmark::State& state) {
      time_ravine<F>(state, loops_of<F>(level.loops));
    })->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark((name + "std").c_str(), time_std<F>)->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace
}  // namespace ravine::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  ravine::bench::add<double>();
  ravine::bench::add<float>();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
