// The random numbers of the model as nvcc compiled them, run by the interpreter: Random123's known answers, and normal
// numbers with the host's bits.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <tuple>
#include <vector>

#include "interpreter/launch.hpp"
#include "ravine/model/random.hpp"

namespace ravine::ptx {
namespace {

using model::DrawPlace;
using model::NormalBlock;
using model::PhiloxWords;

constexpr std::uint32_t block_size = 64;

Dim3 blocks_for(std::uint32_t count) {
  return {(count + block_size - 1) / block_size, 1, 1};
}

using Case = std::tuple<std::string, Order>;

class PtxRandom : public testing::TestWithParam<Case> {
 protected:
  static Module load() {
    return Module::load(std::string(RAVINE_PTX_DIRECTORY) + "/random_kernels." + std::get<0>(GetParam()) + ".ptx");
  }
  static Options options() { return {.order = std::get<1>(GetParam())}; }
};

TEST_P(PtxRandom, GivesTheKnownAnswers) {
  const std::vector<PhiloxWords> counters = {
      {0, 0, 0, 0}, {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, {0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}};
  const std::vector<std::uint64_t> seeds = {0, 0xFFFFFFFFFFFFFFFF, 0x299F31D0A4093822};
  const std::vector<PhiloxWords> wanted = {{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8},
                                           {0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD},
                                           {0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}};
  const Module module = load();
  GlobalMemory memory;
  const DeviceArray<PhiloxWords> in(memory, "counters", counters, Access::read_only);
  const DeviceArray<std::uint64_t> keys(memory, "seeds", seeds, Access::read_only);
  const auto out = DeviceArray<PhiloxWords>::unwritten(memory, "words", 3);
  launch({.kernel = module.kernel("philox_words"),
          .grid = blocks_for(3),
          .block = {block_size, 1, 1},
          .arguments = pack_arguments(in.data(), keys.data(), out.data(), std::uint32_t{3})},
         memory, options());
  EXPECT_EQ(std::memcmp(out.values().data(), wanted.data(), sizeof(PhiloxWords) * 3), 0);
}

template <class F>
void expect_normals_of_the_host(const Kernel& kernel, const Options& options) {
  constexpr std::uint32_t count = 1000;  // full blocks and a tail
  constexpr DrawPlace first = {0x0123456789ABCDEF, 0xAB12345678, 123'456'789, 42};
  constexpr std::uint32_t step_block = 17;
  constexpr std::size_t size = NormalBlock<F>::size;
  std::vector<F> wanted(size * count);
  for (std::uint32_t i = 0; i < count; ++i) {
    DrawPlace place = first;
    place.replicate += i;
    const NormalBlock<F> block = model::normal_block<F>(place, step_block);
    for (std::size_t j = 0; j < size; ++j) wanted[j * count + i] = block.values[j];
  }
  GlobalMemory memory;
  const auto out = DeviceArray<F>::unwritten(memory, "normals", wanted.size());
  launch({.kernel = kernel,
          .grid = blocks_for(count),
          .block = {block_size, 1, 1},
          .arguments = pack_arguments(first, step_block, out.data(), count)},
         memory, options);
  EXPECT_EQ(std::memcmp(out.values().data(), wanted.data(), wanted.size() * sizeof(F)), 0);
}

TEST_P(PtxRandom, NormalNumbersHaveTheHostsBits) {
  const Module module = load();
  expect_normals_of_the_host<double>(module.kernel("normals_f64"), options());
  expect_normals_of_the_host<float>(module.kernel("normals_f32"), options());
}

INSTANTIATE_TEST_SUITE_P(All, PtxRandom,
                         testing::Combine(testing::Values("80", "90"),
                                          testing::Values(Order::forward, Order::reverse)));

}  // namespace
}  // namespace ravine::ptx
