// The interpreter on kernels as nvcc compiled them: it must find each mistake of broken_kernels.cu, and none in the
// kernel that is right.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "interpreter/launch.hpp"

namespace ravine::ptx {
namespace {

constexpr std::uint32_t block_size = 128;
constexpr std::uint32_t count = 300;  // two full blocks and a tail
constexpr std::uint32_t blocks = 3;

std::vector<double> terms() {
  std::vector<double> values(count);
  for (std::uint32_t i = 0; i < count; ++i) values[i] = 1.0 / (i + 1);
  return values;
}

/// The sums in the kernel's shape.
std::vector<double> expected_sums() {
  std::vector<double> values = terms();
  values.resize(std::size_t{blocks} * block_size);
  std::vector<double> sums;
  for (std::uint32_t block = 0; block < blocks; ++block) {
    double* const part = &values[block * block_size];
    for (std::uint32_t width = block_size / 2; width > 0; width /= 2) {
      for (std::uint32_t t = 0; t < width; ++t) part[t] += part[t + width];
    }
    sums.push_back(part[0]);
  }
  return sums;
}

using Case = std::tuple<std::string, Order>;

/// The sums of a kernel of broken_kernels.cu.
std::vector<double> sums_of(const std::string& mistake, const Case& which) {
  const auto& [architecture, order] = which;
  const Module module = Module::load(std::string(RAVINE_PTX_DIRECTORY) + "/broken_kernels." + architecture + ".ptx");
  GlobalMemory memory;
  const DeviceArray<double> in(memory, "in", terms(), Access::read_only);
  const auto sums = DeviceArray<double>::unwritten(memory, "sums", blocks);
  launch({.kernel = module.kernel("sum_with_" + mistake),
          .grid = {blocks, 1, 1},
          .block = {block_size, 1, 1},
          .arguments = pack_arguments(in.data(), sums.data(), count)},
         memory, {.order = order});
  return {sums.values().begin(), sums.values().end()};
}

class PtxBrokenKernels : public testing::TestWithParam<Case> {
 protected:
  static FaultKind kind_of(const std::string& mistake) {
    try {
      sums_of(mistake, GetParam());
    } catch (const Fault& fault) {
      EXPECT_GT(fault.place().line, 0);
      return fault.kind();
    }
    ADD_FAILURE() << mistake << " was not found";
    return FaultKind::bad_launch;
  }
};

TEST_P(PtxBrokenKernels, TheOneThatIsRightIsRight) {
  EXPECT_EQ(sums_of("none", GetParam()), expected_sums());
}

TEST_P(PtxBrokenKernels, EachMistakeIsFoundByItsCheck) {
  EXPECT_EQ(kind_of("lost_barrier"), FaultKind::race);
  EXPECT_EQ(kind_of("lost_warp_barrier"), FaultKind::race);
  EXPECT_EQ(kind_of("off_by_one_store"), FaultKind::out_of_bounds);
  EXPECT_EQ(kind_of("off_by_one_shared"), FaultKind::out_of_bounds);
  EXPECT_EQ(kind_of("missing_tail_guard"), FaultKind::out_of_bounds);
  EXPECT_EQ(kind_of("unwritten_shared"), FaultKind::unwritten);
  EXPECT_EQ(kind_of("unwritten_sum"), FaultKind::unwritten);
  EXPECT_EQ(kind_of("written_input"), FaultKind::read_only);
  EXPECT_EQ(kind_of("misaligned_load"), FaultKind::misaligned);
  EXPECT_EQ(kind_of("early_return"), FaultKind::unreachable_barrier);
  EXPECT_EQ(kind_of("barrier_in_branch"), FaultKind::unreachable_barrier);
  EXPECT_EQ(kind_of("barriers_in_branches"), FaultKind::divergent_barrier);
  EXPECT_EQ(kind_of("shuffle_in_branch"), FaultKind::unreachable_barrier);
}

INSTANTIATE_TEST_SUITE_P(All, PtxBrokenKernels,
                         testing::Combine(testing::Values("80", "90"),
                                          testing::Values(Order::forward, Order::reverse)));

}  // namespace
}  // namespace ravine::ptx
