#include "sweep_benchmarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "timing.hpp"

namespace ravine::gpu_check {
namespace {

/// A map made ready: proved, and with all that its passes take.
class TimedMap {
 public:
  /// \throws Error where the two backends differ.
  TimedMap(const MapCase& map, const Backends& backends) : grid_(make_grid(map.spec, map.tile_cells)) {
    MapCase whole = map;
    whole.keep = cuda::Keep::chunks;
    const Comparison compared = compare_map(whole, backends);
    require_equal(compared);
    wanted_ = compared.summary;
    sweep_ = backends.make_sweep(map.spec, grid_, {backends.devices, map.keep, map.worst_by});
  }

  /// \throws Error if a pass has another summary than the CPU's.
  Spread time(int repetitions) {
    return time_passes(repetitions, wanted_, [this] { return pass(); });
  }

  [[nodiscard]] double cells() const { return static_cast<double>(grid_.cells()); }

 private:
  /// All tiles, as many at a time as the sweep takes; their values are dropped.
  Summary pass() {
    Summary total;
    const std::int64_t tiles = grid_.tile_count();
    std::int64_t begun = 0;
    for (std::int64_t taken = 0; taken < tiles; ++taken) {
      for (; begun < std::min(tiles, taken + static_cast<std::int64_t>(sweep_->depth())); ++begun) {
        sweep_->begin(begun, take_spare());
      }
      while (!sweep_->advance()) continue;
      TileData tile = sweep_->take();
      merge(total, tile.summary);
      spares_.push_back(std::move(tile));
    }
    return total;
  }
  TileData take_spare() {
    if (spares_.empty()) return {};
    TileData spare = std::move(spares_.back());
    spares_.pop_back();
    return spare;
  }

  Grid grid_;
  Summary wanted_;
  std::unique_ptr<cuda::MapSweep> sweep_;
  std::vector<TileData> spares_;
};

Axis alphas(std::int64_t count) {
  return {"alpha", LinearRange{0.0, 4.0, count}};
}
Axis betas(std::int64_t count) {
  return {"beta", LinearRange{0.0, 1.0, count}};
}

std::string name_of_map(const Spec& spec) {
  std::string quantities;
  for (const Quantity quantity : spec.quantities) quantities += fmt::format(" {}", name_of(quantity));
  return fmt::format("{}{}, {} fastest", name_of(spec.precision), quantities, map_axes(spec).back().name());
}

/// `planes` values of lambda over a square of alpha and beta.
Spec dense_spec(Quantity quantity, Precision precision, const char* fastest, std::int64_t side, std::int64_t planes) {
  Spec spec;
  spec.precision = precision;
  spec.quantities = {quantity};
  spec.axes = {Axis("lambda", LinearRange{0.25, 1.0, planes}), alphas(side), betas(side)};
  if (spec.axes.back().name() != fastest) std::swap(spec.axes[1], spec.axes[2]);
  return spec;
}

double seconds_to_issue(const InstructionCount& count, const OperationCosts& costs) {
  return count.simple * costs.simple + count.divisions * costs.division + count.square_roots * costs.square_root;
}

void benchmark_dense_map(const BenchmarkPlan& plan, const Spec& spec, const Backends& backends,
                         const BenchmarkTeller& tell) {
  const std::string name = "dense map, " + name_of_map(spec);
  attempt(name, tell, [&] {
    TimedMap map({name, spec, plan.sizes.side * plan.sizes.side, cuda::WorstBy::ends, cuda::Keep::summary}, backends);
    Benchmark benchmark{
        name,
        wall_time,
        "axes to the device, rows, bands, values into device memory, summaries read from there and folded; no copy of "
        "values to the host",
        "cells",
        map.cells(),
        map.time(plan.sizes.repetitions)};
    const Quantity quantity = spec.quantities.front();
    const double bytes = map.cells() * static_cast<double>(value_bytes(quantity, spec.precision));
    const double median = benchmark.seconds.median();
    const double in_bands = share_in_bands(spec);
    benchmark.figures.push_back({"share of cells in bands", in_bands});
    benchmark.figures.push_back({"fraction of fill", bytes / plan.limits.fill_bytes_per_second / median});
    if (const InstructionCount* count = plan.find_count(attempt_kernel(quantity, spec.precision))) {
      const OperationCosts& costs = spec.precision == Precision::float64 ? plan.limits.float64 : plan.limits.float32;
      const double cell = seconds_to_issue(*count, costs);
      benchmark.figures.push_back({"instructions a cell: simple", static_cast<double>(count->simple)});
      benchmark.figures.push_back({"instructions a cell: divisions", static_cast<double>(count->divisions)});
      benchmark.figures.push_back({"instructions a cell: square roots", static_cast<double>(count->square_roots)});
      benchmark.figures.push_back({"fraction of the issue limit, every cell", map.cells() * cell / median});
      benchmark.figures.push_back(
          {"fraction of the issue limit, cells outside of bands", map.cells() * (1 - in_bands) * cell / median});
    }
    return benchmark;
  });
}

void benchmark_worst_case(const BenchmarkPlan& plan, Quantity quantity, Precision precision, const Backends& backends,
                          const BenchmarkTeller& tell) {
  const std::int64_t side = plan.sizes.side;
  Spec worst;
  worst.precision = precision;
  worst.quantities = {quantity};
  worst.axes = {Axis("lambda", LogRange{0.01, 1.0, plan.sizes.eigenvalues}), alphas(2 * side), betas(side)};
  worst.lambda_reduction = Reduction::worst;
  Spec one = worst;
  one.axes.front() = Axis("lambda", ListedValues{{1.0}});
  one.lambda_reduction = Reduction::none;
  const std::string name =
      fmt::format("worst case over {} eigenvalues, {}", plan.sizes.eigenvalues, name_of_map(worst));
  attempt(name, tell, [&] {
    TimedMap map({name, worst, side * side, cuda::WorstBy::ends, cuda::Keep::summary}, backends);
    TimedMap alone({"one eigenvalue", one, side * side, cuda::WorstBy::ends, cuda::Keep::summary}, backends);
    Benchmark benchmark{name, wall_time, "as of a dense map", "cells", map.cells(), map.time(plan.sizes.repetitions)};
    const Spread base = alone.time(plan.sizes.repetitions);
    // A regime is found by bisection over the spectrum: there is no goal for it.
    const bool has_goal = quantity != Quantity::regime;
    benchmark.figures.push_back({"seconds of one eigenvalue", base.median()});
    benchmark.figures.push_back({"times the time of one eigenvalue", benchmark.seconds.median() / base.median(),
                                 has_goal ? std::optional(Goal{Goal::Direction::at_most, 2.0}) : std::nullopt});
    return benchmark;
  });
}

void benchmark_stream(const BenchmarkPlan& plan, Precision precision, const Backends& backends,
                      const BenchmarkTeller& tell) {
  const std::int64_t side = plan.sizes.streamed_side;
  const Spec spec = dense_spec(Quantity::rate, precision, "beta", side, plan.sizes.streamed_planes);
  const std::string name = "streamed to the host, " + name_of_map(spec);
  attempt(name, tell, [&] {
    TimedMap map({name, spec, side * side, cuda::WorstBy::ends, cuda::Keep::chunks}, backends);
    Benchmark benchmark{name,
                        wall_time,
                        "all of a dense map, and every value copied to pinned host memory",
                        "bytes",
                        map.cells() * static_cast<double>(value_bytes(Quantity::rate, precision)),
                        map.time(plan.sizes.repetitions)};
    benchmark.figures.push_back({"fraction of the pinned copy",
                                 benchmark.work / plan.limits.to_host_bytes_per_second / benchmark.seconds.median(),
                                 Goal{Goal::Direction::at_least, 0.8}});
    return benchmark;
  });
}

}  // namespace

bool misses_goal(const Figure& figure) {
  if (!figure.goal) return false;
  return figure.goal->direction == Goal::Direction::at_least ? figure.value < figure.goal->value
                                                             : figure.value > figure.goal->value;
}

std::string attempt_kernel(Quantity quantity, Precision precision) {
  const char* value = precision == Precision::float64 ? "double" : "float";
  const char* functor = quantity == Quantity::rate ? "Rate" : quantity == Quantity::gap ? "Gap" : "RegimeCode";
  return fmt::format("attempt_values<{0}, Plain<{1}<{0}>, {0}>>", value, functor);
}

/// By the textbook's formula, which is wrong only next to the bands' limits: a share needs no more.
double share_in_bands(const Spec& spec) {
  static constexpr std::int64_t samples = 37;  // an axis
  const auto sampled = [](const Axis& axis) {
    std::vector<double> values;
    const std::int64_t count = std::min<std::int64_t>(samples, axis.size());
    for (std::int64_t k = 0; k < count; ++k) values.push_back(axis.value((2 * k + 1) * axis.size() / (2 * count)));
    return values;
  };
  const auto values_of = [&](const char* name) {
    for (const Axis& axis : spec.axes) {
      if (axis.name() == name) return sampled(axis);
    }
    return std::vector{0.0};
  };
  std::int64_t complex = 0;
  std::int64_t all = 0;
  for (const double lambda : values_of("lambda")) {
    for (const double alpha : values_of("alpha")) {
      for (const double beta : values_of("beta")) {
        const double trace = 1 + beta - alpha * lambda;
        complex += trace * trace < 4 * beta ? 1 : 0;
        ++all;
      }
    }
  }
  return static_cast<double>(complex) / static_cast<double>(all);
}

void run_sweep_benchmarks(const BenchmarkPlan& plan, const Backends& backends, const BenchmarkTeller& tell) {
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    for (const Quantity quantity : {Quantity::rate, Quantity::gap, Quantity::regime}) {
      for (const char* fastest : {"beta", "alpha"}) {
        const Spec spec = dense_spec(quantity, precision, fastest, plan.sizes.side, plan.sizes.planes);
        benchmark_dense_map(plan, spec, backends, tell);
      }
      benchmark_worst_case(plan, quantity, precision, backends, tell);
    }
    benchmark_stream(plan, precision, backends, tell);
  }
}

}  // namespace ravine::gpu_check
