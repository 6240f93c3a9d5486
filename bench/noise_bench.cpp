// The steps of noise studies, at each SIMD level that the processor has, against drawing their normal numbers and
// nothing else. And the theory of a cell, with every step recorded.
//
// Names are noise/precision/level/who and theory/recorded/who; `step` is the time of one step of one replicate, or of
// the theory of one recorded step of one cell.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cpu/level_tables.hpp"
#include "engine/noise_evaluator.hpp"
#include "grid/floating_point_environment.hpp"
#include "proof.hpp"
#include "ravine/model/moments.hpp"

namespace ravine::bench {
namespace {

constexpr std::size_t replicates = model::group_replicates;
constexpr std::int64_t last_step = 1024;
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
const cpu::EnsembleLoops<F>& loops_of(const cpu::EnsembleLevel& level) {
  if constexpr (sizeof(F) == 8) {
    return level.float64;
  } else {
    return level.float32;
  }
}

/// A group of replicates of one mode that oscillates and settles.
template <class F>
struct Study {
  std::vector<F> y = std::vector<F>(replicates, F(0));
  std::vector<F> x = std::vector<F>(replicates, F(1));
  std::vector<F> normals = std::vector<F>(model::NormalBlock<F>::size * replicates);

  cpu::Group<F> group() { return {{F(0.1), F(0.9), F(1)}, F(0.5), first, y.data(), x.data(), normals.data()}; }
};

/// The definition, replicate by replicate and step by step.
template <class F>
Study<F> one_by_one() {
  Study<F> study;
  const cpu::Group<F> group = study.group();
  for (std::size_t i = 0; i < replicates; ++i) {
    model::DrawPlace place = first;
    place.replicate += static_cast<std::uint32_t>(i);
    model::State<F> state = {study.y[i], study.x[i]};
    for (std::int64_t step = 1; step <= last_step; ++step) {
      const F normal = model::normal_at<F>(place, static_cast<std::uint64_t>(step - 1));
      state = model::step(group.cell, state, model::noisy_gradient(group.cell, state, group.deviation, normal));
      if (step % model::rest_every == 0) state = model::come_to_rest(state);
    }
    study.y[i] = state.y;
    study.x[i] = state.x;
  }
  return study;
}

template <class F>
void prove() {
  const Study<F> wanted = one_by_one<F>();
  for (const SimdLevel& level : levels()) {
    Study<F> found;
    loops_of<F>(level.loops).advance_noisy(found.group(), {0, 5});
    loops_of<F>(level.loops).advance_noisy(found.group(), {5, last_step});
    require_same_bytes("y at " + level.name, found.y, wanted.y);
    require_same_bytes("x at " + level.name, found.x, wanted.x);
  }
}

void report(benchmark::State& state, std::int64_t steps) {
  state.SetItemsProcessed(state.iterations() * steps);
  state.counters["step"] = benchmark::Counter(
      static_cast<double>(steps), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

constexpr std::int64_t replicate_steps = last_step * static_cast<std::int64_t>(replicates);

template <class F>
void time_steps(benchmark::State& state, const cpu::EnsembleLoops<F>& loops, std::int64_t recorded_every) {
  const detail::FloatingPointEnvironment exact;
  Study<F> study;
  for (auto iteration : state) {
    for (std::int64_t step = 0; step < last_step; step += recorded_every) {
      loops.advance_noisy(study.group(), {step, step + recorded_every});
      benchmark::ClobberMemory();
    }
  }
  report(state, replicate_steps);
}

/// With everything that recording takes: the loss, which are finite, and the sums of the loss and of x.
template <class F>
void time_recorded(benchmark::State& state, const cpu::EnsembleLoops<F>& loops) {
  const detail::FloatingPointEnvironment exact;
  Study<F> study;
  F losses[replicates];
  std::uint8_t marks[replicates];
  for (auto iteration : state) {
    for (std::int64_t step = 0; step < last_step; ++step) {
      loops.advance_noisy(study.group(), {step, step + 1});
      std::fill_n(losses, replicates, F(0));
      loops.add_losses(study.group(), losses);
      benchmark::DoNotOptimize(loops.mark_finite(losses, replicates, marks));
      model::Sums sums = loops.sum_group(losses, marks, 1.0);
      benchmark::DoNotOptimize(sums);
      sums = loops.sum_group(study.x.data(), marks, 0.0);
      benchmark::DoNotOptimize(sums);
    }
  }
  report(state, replicate_steps);
}

template <class F>
void time_draws(benchmark::State& state, const cpu::EnsembleLoops<F>& loops) {
  const detail::FloatingPointEnvironment exact;
  constexpr std::int64_t size = model::NormalBlock<F>::size;
  std::vector<F> out(static_cast<std::size_t>(size) * replicates);
  for (auto iteration : state) {
    for (std::int64_t block = 0; block < last_step / size; ++block) {
      loops.normals(first, static_cast<std::uint32_t>(block), replicates, out.data());
      benchmark::ClobberMemory();
    }
  }
  report(state, replicate_steps);
}

template <class F>
void add() {
  prove<F>();
  for (const SimdLevel& level : levels()) {
    const cpu::EnsembleLoops<F>& loops = loops_of<F>(level.loops);
    const std::string name = std::string("noise/") + (sizeof(F) == 8 ? "float64/" : "float32/") + level.name + "/";
    const auto add_one = [&name](const char* who, auto time) {
      benchmark::RegisterBenchmark((name + who).c_str(), time)->Unit(benchmark::kMicrosecond);
    };
    add_one("steps", [&loops](benchmark::State& state) { time_steps<F>(state, loops, last_step); });
    add_one("each", [&loops](benchmark::State& state) { time_steps<F>(state, loops, 1); });
    add_one("recorded", [&loops](benchmark::State& state) { time_recorded<F>(state, loops); });
    add_one("draws", [&loops](benchmark::State& state) { time_draws<F>(state, loops); });
  }
}

/// A study of theory alone, over momenta.
Spec theory(std::variant<EveryNth, LogSpaced, ListedSteps> at) {
  Spec spec;
  spec.kind = Kind::noise;
  spec.quantities = {Quantity::expected_loss};
  spec.axes = {Axis("alpha", ListedValues{{0.25}}), Axis("beta", LinearRange{0, 0.95, 20}),
               Axis("lambda", ListedValues{{1.0}})};
  Ensemble ensemble;
  ensemble.record.steps = last_step;
  ensemble.record.at = std::move(at);
  ensemble.noise = Noise{};
  ensemble.noise->variance = {0.25};
  ensemble.noise->replicates = 1;
  spec.ensemble = ensemble;
  return spec;
}

/// Proves that theory is the model's.
void prove_theory(const Spec& spec, const TileData& tile) {
  std::vector<double> wanted;
  for (std::int64_t cell = 0; cell < 20; ++cell) {
    for (const std::int64_t step : recorded_steps(spec.ensemble->record)) {
      const model::Moments moments = model::moments_after({0.25, spec.axes[1].value(cell), 1}, {0, 1, 0.25}, step);
      wanted.push_back(moments.loss_deterministic + moments.loss_stochastic);
    }
  }
  const auto* const found = reinterpret_cast<const double*>(tile.chunks[0].data());
  require_same_bytes("theory", std::vector<double>(found, found + wanted.size()), wanted);
}

void add_theory(const char* recorded, const std::variant<EveryNth, LogSpaced, ListedSteps>& at) {
  benchmark::RegisterBenchmark((std::string("theory/") + recorded + "/ravine").c_str(), [at](benchmark::State& state) {
    const detail::FloatingPointEnvironment exact;
    const Spec spec = theory(at);
    const auto evaluator = make_noise_evaluator(spec, make_grid(spec));
    TileData tile;
    evaluator->load(0, tile);
    for (auto iteration : state) evaluator->evaluate(0, evaluator->cells(), tile);
    prove_theory(spec, tile);
    report(state, evaluator->cells() * std::ssize(recorded_steps(spec.ensemble->record)));
  })->Unit(benchmark::kMicrosecond);
}

}  // namespace
}  // namespace ravine::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  ravine::bench::add<double>();
  ravine::bench::add<float>();
  ravine::bench::add_theory("every step", ravine::EveryNth{1});
  ravine::bench::add_theory("40 steps, even in the logarithm", ravine::LogSpaced{40});
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
