// Philox against its authors' own, and where its counter puts what.
#include "ravine/model/random.hpp"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <random>
#include <set>

namespace ravine::model {
namespace {

using Words = std::array<std::uint32_t, 4>;

Words words_of(PhiloxWords x) {
  return {x.w0, x.w1, x.w2, x.w3};
}

struct KnownAnswer {
  PhiloxWords counter;
  std::uint64_t seed;
  Words wanted;
};

// The file kat_vectors of Random123 1.14, philox4x32 with 10 rounds.
TEST(Philox, GivesTheKnownAnswers) {
  constexpr KnownAnswer answers[] = {{{0, 0, 0, 0}, 0, {0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}},
                                     {{0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF},
                                      0xFFFFFFFFFFFFFFFF,
                                      {0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}},
                                     {{0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344},
                                      0x299F31D0A4093822,
                                      {0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}}};
  for (const KnownAnswer& answer : answers) EXPECT_EQ(words_of(philox(answer.counter, answer.seed)), answer.wanted);
}

Words of_random123(Words counter, std::uint64_t seed) {
  const r123::Philox4x32::key_type key = {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}};
  const auto made = r123::Philox4x32()({{counter[0], counter[1], counter[2], counter[3]}}, key);
  return {made[0], made[1], made[2], made[3]};
}

TEST(Philox, IsThatOfRandom123) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto word = [&random] { return static_cast<std::uint32_t>(random()); };
    const Words counter = {word(), word(), word(), word()};
    const std::uint64_t seed = random();
    ASSERT_EQ(words_of(philox({counter[0], counter[1], counter[2], counter[3]}, seed)), of_random123(counter, seed));
  }
}

TEST(DrawPlace, HasItsBitsInTheCounter) {
  const DrawPlace place = {1, 0xAB12345678, 0x9ABCDEF0, 0x13579B};
  EXPECT_EQ(words_of(counter_of(place, 0x2468ACE0)), (Words{0x2468ACE0, 0x9ABCDEF0, 0x12345678, 0x13579BAB}));
  const DrawPlace last = {1, most_cells - 1, static_cast<std::uint32_t>(most_replicates - 1),
                          static_cast<std::uint32_t>(most_components - 1)};
  EXPECT_EQ(words_of(counter_of(last, 0xFFFFFFFF)), (Words{0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}));
}

TEST(DrawPlace, IsAnotherCounterForEachOfItsParts) {
  std::set<Words> counters;
  for (const std::uint64_t cell : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32U, most_cells - 1}) {
    for (const std::uint32_t replicate : {0U, 1U, 0xFFFFFFFFU}) {
      for (const std::uint32_t component : {0U, 1U, 0xFFFFFFU}) {
        for (const std::uint32_t step_block : {0U, 1U, 0xFFFFFFFFU}) {
          counters.insert(words_of(counter_of({0, cell, replicate, component}, step_block)));
        }
      }
    }
  }
  EXPECT_EQ(counters.size(), 4U * 3 * 3 * 3);
}

template <class F>
void expect_numbers_of_blocks() {
  constexpr std::uint64_t size = NormalBlock<F>::size;
  EXPECT_EQ(most_steps<F>, size * 0x100000000);
  const DrawPlace place = {0x123456789ABCDEF, 77, 123'456'789, 3};
  for (const std::uint64_t block : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0xFFFFFFFF}}) {
    const NormalBlock<F> wanted = normal_block<F>(place, static_cast<std::uint32_t>(block));
    for (std::uint64_t j = 0; j < size; ++j) {
      const F found = normal_at<F>(place, block * size + j);
      EXPECT_EQ(std::memcmp(&found, &wanted.values[j], sizeof(F)), 0) << block << ' ' << j;
    }
  }
}

TEST(NormalAt, IsANumberOfItsBlock) {
  expect_numbers_of_blocks<double>();
  expect_numbers_of_blocks<float>();
}

// The bits of a block: first the distance, then the angle.
TEST(NormalBlock, IsMadeOfPairs) {
  const DrawPlace place = {5, 6, 7, 8};
  const PhiloxWords bits = philox(counter_of(place, 9), place.seed);
  const NormalPair<double> wide =
      normal_pair((std::uint64_t{bits.w1} << 32U) | bits.w0, (std::uint64_t{bits.w3} << 32U) | bits.w2);
  const NormalBlock<double> two = normal_block<double>(place, 9);
  EXPECT_EQ(two.values[0], wide.first);
  EXPECT_EQ(two.values[1], wide.second);
  const NormalPair<float> low = normal_pair(bits.w0, bits.w1);
  const NormalPair<float> high = normal_pair(bits.w2, bits.w3);
  const NormalBlock<float> four = normal_block<float>(place, 9);
  EXPECT_EQ(four.values[0], low.first);
  EXPECT_EQ(four.values[1], low.second);
  EXPECT_EQ(four.values[2], high.first);
  EXPECT_EQ(four.values[3], high.second);
}

}  // namespace
}  // namespace ravine::model
