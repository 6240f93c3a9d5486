// Measurements with the CPU in the place of a device: that all are taken, none of a wrong result, and that the figures
// follow from the limits.
#include "sweep_benchmarks.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "faulty_sweep.hpp"

namespace ravine::gpu_check {
namespace {

constexpr InstructionCount count = {"any", 10, 2, 1};

struct Told {
  std::vector<Benchmark> measured;
  std::vector<Check> failed;
};

Told measured_with(const Fault& fault) {
  const BenchmarkPlan plan{
      {.side = 9, .planes = 3, .eigenvalues = 5, .streamed_side = 7, .streamed_planes = 3, .repetitions = 2},
      {1e9, 1e8, {1e-9, 2e-9, 3e-9}, {1e-10, 2e-10, 3e-10}},
      [](const std::string&) { return &count; }};
  Told told;
  run_sweep_benchmarks(plan, backends_with(fault),
                       {[&](Benchmark benchmark) { told.measured.push_back(std::move(benchmark)); },
                        [&](Check check) { told.failed.push_back(std::move(check)); }});
  return told;
}

double figure(const Benchmark& benchmark, const std::string& name) {
  for (const Figure& figure : benchmark.figures) {
    if (figure.name == name) return figure.value;
  }
  ADD_FAILURE() << benchmark.name << " has no " << name;
  return 0;
}

TEST(GpuCheckBenchmarks, all_maps_are_measured) {
  const Told told = measured_with(none);
  EXPECT_TRUE(told.failed.empty());
  EXPECT_EQ(told.measured.size(), 2 * (3 * (2 + 1) + 1));
  for (const Benchmark& benchmark : told.measured) {
    EXPECT_EQ(benchmark.seconds.repetitions(), 2U) << benchmark.name;
    EXPECT_GT(benchmark.work, 0) << benchmark.name;
    EXPECT_GT(benchmark.seconds.least(), 0) << benchmark.name;
  }
}

TEST(GpuCheckBenchmarks, a_wrong_result_has_no_figure) {
  const Told told = measured_with([](TileData& tile) {
    if (tile.id == 1) ++tile.summary.cells;
  });
  EXPECT_TRUE(told.measured.empty());
  EXPECT_EQ(told.failed.size(), 20U);
}

TEST(GpuCheckBenchmarks, figures_are_those_of_the_limits) {
  const Told told = measured_with(none);
  const Benchmark& dense = told.measured.front();
  ASSERT_EQ(dense.name, "dense map, float64 rate, beta fastest");
  const double median = dense.seconds.median();
  EXPECT_EQ(dense.work, 3 * 9 * 9);
  EXPECT_DOUBLE_EQ(figure(dense, "fraction of fill"), 3 * 9 * 9 * 8 / 1e9 / median);
  const double issue = 3 * 9 * 9 * (10e-9 + 2 * 2e-9 + 3e-9) / median;
  EXPECT_DOUBLE_EQ(figure(dense, "fraction of the issue limit, every cell"), issue);
  EXPECT_DOUBLE_EQ(figure(dense, "fraction of the issue limit, cells outside of bands"),
                   issue * (1 - figure(dense, "share of cells in bands")));
  for (const Benchmark& benchmark : told.measured) {
    if (benchmark.name != "streamed to the host, float64 rate, beta fastest") continue;
    EXPECT_EQ(benchmark.work, 3 * 7 * 7 * 8);
    EXPECT_DOUBLE_EQ(figure(benchmark, "fraction of the pinned copy"),
                     3 * 7 * 7 * 8 / 1e8 / benchmark.seconds.median());
  }
}

TEST(GpuCheckBenchmarks, bands_are_where_eigenvalues_are_complex) {
  Spec spec;
  // (2 - h)^2 < 4 for 0 < h < 4.
  spec.axes = {Axis("lambda", ListedValues{{1}}), Axis("alpha", LinearRange{-4, 12, 1601}),
               Axis("beta", ListedValues{{1}})};
  EXPECT_NEAR(share_in_bands(spec), 0.25, 0.02);  // a sample of 37
}

TEST(GpuCheckBenchmarks, kernels_are_named_as_the_audit_names_them) {
  EXPECT_EQ(attempt_kernel(Quantity::rate, Precision::float64), "attempt_values<double, Plain<Rate<double>, double>>");
  EXPECT_EQ(attempt_kernel(Quantity::regime, Precision::float32),
            "attempt_values<float, Plain<RegimeCode<float>, float>>");
}

}  // namespace
}  // namespace ravine::gpu_check
