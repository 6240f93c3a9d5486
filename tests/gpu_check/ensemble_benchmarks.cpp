#include "ensemble_benchmarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "timing.hpp"

namespace ravine::gpu_check {
namespace {

/// What the goal of trajectories is for, on an H200: 1e8 of them, 1000 steps each.
constexpr double steps_of_goal = 1e11;
constexpr double goal_float32 = 0.15;  // seconds
constexpr double goal_float64 = 0.30;

/// A study made ready: proved, and with all that its passes take.
class TimedStudy {
 public:
  /// \throws Error where the two backends differ.
  TimedStudy(const MapCase& study, const Backends& backends) : grid_(make_grid(study.spec, study.tile_cells)) {
    MapCase whole = study;
    whole.keep = cuda::Keep::chunks;
    const Comparison compared = compare_study(whole, backends);
    require_equal(compared);
    wanted_ = compared.summary;
    computer_ = backends.make_computer(study.spec, grid_, {backends.devices, study.keep});
  }

  /// \throws Error if a pass has another summary than the CPU's.
  Spread time(int repetitions) {
    return time_passes(repetitions, wanted_, [this] { return pass(); });
  }

  [[nodiscard]] double cells() const { return static_cast<double>(grid_.cells()); }

 private:
  /// All tiles, as many at a time as the device takes; their values are dropped.
  Summary pass() {
    Summary total;
    Ending never({}, std::nullopt);
    const std::int64_t tiles = grid_.tile_count();
    std::int64_t begun = 0;
    for (std::int64_t taken = 0; taken < tiles; ++taken) {
      for (; begun < std::min(tiles, taken + static_cast<std::int64_t>(computer_->depth())); ++begun) {
        computer_->begin(begun, std::exchange(spare_, {}));
      }
      spare_ = *computer_->finish(never, [](std::int64_t) {});
      merge(total, spare_.summary);
    }
    return total;
  }

  Grid grid_;
  Summary wanted_;
  std::unique_ptr<TileComputer> computer_;
  TileData spare_;
};

Spec study_of(Kind kind, Precision precision, std::int64_t side, std::int64_t steps) {
  Spec spec;
  spec.kind = kind;
  spec.precision = precision;
  const Axis::Values alphas = side == 1 ? Axis::Values(ListedValues{{0.5}}) : Axis::Values(LinearRange{0.0, 4.0, side});
  const Axis::Values betas = side == 1 ? Axis::Values(ListedValues{{0.5}}) : Axis::Values(LinearRange{0.0, 1.0, side});
  spec.axes = {Axis("lambda", ListedValues{{1.0}}), Axis("alpha", alphas), Axis("beta", betas)};
  spec.ensemble.emplace();
  spec.ensemble->record = {steps, ListedSteps{{steps}}, 1e-6};
  return spec;
}

void benchmark_trajectories(const BenchmarkSizes& sizes, Precision precision, std::vector<Quantity> quantities,
                            const Backends& backends, const BenchmarkTeller& tell) {
  Spec spec = study_of(Kind::trajectory, precision, sizes.trajectories_side, sizes.steps);
  spec.quantities = std::move(quantities);
  std::string looked_at;
  for (const Quantity quantity : spec.quantities) looked_at += fmt::format(" {}", name_of(quantity));
  const std::string name = fmt::format("trajectories, {}{}", name_of(precision), looked_at);
  attempt(name, tell, [&] {
    TimedStudy study({name, spec, make_grid(spec).tile_capacity(), cuda::WorstBy::ends, cuda::Keep::summary}, backends);
    Benchmark benchmark{name,
                        wall_time,
                        "axes to the device, whole trajectories, values into device memory, summaries read from there; "
                        "no copy of values to the host",
                        "steps",
                        study.cells() * static_cast<double>(sizes.steps),
                        study.time(sizes.repetitions)};
    const double goal = precision == Precision::float32 ? goal_float32 : goal_float64;
    benchmark.figures.push_back({"seconds of 1e8 trajectories x 1000 steps",
                                 benchmark.seconds.median() * steps_of_goal / benchmark.work,
                                 Goal{Goal::Direction::at_most, goal}});
    return benchmark;
  });
}

void benchmark_replicates(const BenchmarkSizes& sizes, Precision precision, const Backends& backends,
                          const BenchmarkTeller& tell) {
  Spec spec = study_of(Kind::noise, precision, 1, sizes.steps);
  spec.quantities = {Quantity::mean_loss, Quantity::variance_loss};
  Noise& noise = spec.ensemble->noise.emplace();
  noise.variance = {1.0};
  noise.replicates = sizes.replicates;
  const std::string name = fmt::format("replicates of one cell, {}", name_of(precision));
  attempt(name, tell, [&] {
    TimedStudy study({name, spec, 1}, backends);
    return Benchmark{name,
                     wall_time,
                     "theory, random numbers and steps, sums on the device and their fold on the host",
                     "steps",
                     static_cast<double>(sizes.replicates * sizes.steps),
                     study.time(sizes.repetitions)};
  });
}

}  // namespace

void run_ensemble_benchmarks(const BenchmarkSizes& sizes, const Backends& backends, const BenchmarkTeller& tell) {
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    benchmark_trajectories(sizes, precision, {Quantity::loss}, backends, tell);
    benchmark_trajectories(sizes, precision, {Quantity::status, Quantity::steps_to_tolerance}, backends, tell);
    benchmark_replicates(sizes, precision, backends, tell);
  }
}

}  // namespace ravine::gpu_check
