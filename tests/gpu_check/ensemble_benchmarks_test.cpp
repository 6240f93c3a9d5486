// Measurements of ensembles with the CPU in the place of a device.
#include "ensemble_benchmarks.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "faulty_sweep.hpp"

namespace ravine::gpu_check {
namespace {

struct Told {
  std::vector<Benchmark> measured;
  std::vector<Check> failed;
};

Told measured_with(const Fault& fault) {
  BenchmarkSizes sizes;
  sizes.trajectories_side = 5;
  sizes.steps = 7;
  sizes.replicates = 20;
  sizes.repetitions = 2;
  Told told;
  run_ensemble_benchmarks(sizes, backends_with(fault),
                          {[&](Benchmark benchmark) { told.measured.push_back(std::move(benchmark)); },
                           [&](Check check) { told.failed.push_back(std::move(check)); }});
  return told;
}

TEST(GpuCheckBenchmarks, all_studies_are_measured) {
  const Told told = measured_with(none);
  EXPECT_TRUE(told.failed.empty());
  EXPECT_EQ(told.measured.size(), 6U);
}

TEST(GpuCheckBenchmarks, a_wrong_study_has_no_figure) {
  const Told told = measured_with([](TileData& tile) { ++tile.summary.cells; });
  EXPECT_TRUE(told.measured.empty());
  EXPECT_EQ(told.failed.size(), 6U);
}

TEST(GpuCheckBenchmarks, the_goal_of_trajectories_is_by_their_steps) {
  const Told told = measured_with(none);
  const Benchmark& first = told.measured.front();
  EXPECT_EQ(first.name, "trajectories, float32 loss");
  EXPECT_EQ(first.work, 5 * 5 * 7);
  ASSERT_EQ(first.figures.size(), 1U);
  EXPECT_DOUBLE_EQ(first.figures.front().value, first.seconds.median() / (5 * 5 * 7) * 1e11);
  EXPECT_EQ(first.figures.front().goal->value, 0.15);
}

}  // namespace
}  // namespace ravine::gpu_check
