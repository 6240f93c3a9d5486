// The counts that the issue limit is estimated from.
#include <gtest/gtest.h>

#include "device_benchmarks.hpp"

namespace ravine::gpu_check {
namespace {

TEST(GpuCheckInstructions, every_dense_map_has_its_count) {
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    for (const Quantity quantity : {Quantity::rate, Quantity::gap, Quantity::regime}) {
      const InstructionCount* count = find_instruction_count(attempt_kernel(quantity, precision));
      ASSERT_NE(count, nullptr) << attempt_kernel(quantity, precision);
      EXPECT_GT(count->simple, 20);
      EXPECT_EQ(count->square_roots > 0, quantity != Quantity::regime);
    }
  }
}

TEST(GpuCheckInstructions, an_unknown_kernel_has_none) {
  EXPECT_EQ(find_instruction_count("attempt_values<double>"), nullptr);
}

}  // namespace
}  // namespace ravine::gpu_check
