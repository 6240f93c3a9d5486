// Each SIMD level that this processor has gives the model's bits, at every length around a block and a vector.
#include "cpu/loops.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "cpu/level_tables.hpp"
#include "ravine/model/heavy_ball.hpp"

namespace ravine {
namespace {

struct NamedLevel {
  const char* name;
  void (*fill)(cpu::Level&);
  bool available;
};

std::vector<NamedLevel> levels() {
  __builtin_cpu_init();
  return {{"x86-64", cpu::x86_64::fill_level, true},
          {"x86-64-v3", cpu::x86_64_v3::fill_level,
           __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0},
          {"x86-64-v4", cpu::x86_64_v4::fill_level,
           __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0}};
}

template <class F>
struct Table {
  std::vector<F> alpha;
  std::vector<F> beta;
  std::vector<F> lambda;
};

/// Ordinary cells, with some on the critical curve so that blocks have cells to settle.
template <class F>
Table<F> table(std::size_t size) {
  std::mt19937_64 random(size);
  std::uniform_real_distribution<F> unit(0, 1);
  Table<F> cells;
  for (std::size_t i = 0; i < size; ++i) {
    const F root = unit(random);
    const bool is_critical = random() % 7 == 0;
    cells.lambda.push_back(is_critical ? F(1) : unit(random) * 2);
    cells.beta.push_back(is_critical ? root * root : unit(random) * 2 - 1);
    cells.alpha.push_back(is_critical ? (1 + root) * (1 + root) : unit(random) * 4 - F(0.1));
  }
  return cells;
}

template <class F>
const cpu::Loops<F>& loops_of(const cpu::Level& level) {
  if constexpr (sizeof(F) == 8) {
    return level.float64;
  } else {
    return level.float32;
  }
}

template <class F>
void expect_model_bits(const cpu::Level& level, std::size_t size) {
  const Table<F> cells = table<F>(size);
  const cpu::Cells<F> arrays{cells.alpha.data(), cells.beta.data(), cells.lambda.data(), size};
  const cpu::Loops<F>& loops = loops_of<F>(level);
  std::vector<F> rate(size);
  std::vector<F> gap(size);
  std::vector<F> root(size);
  std::vector<std::uint8_t> regime(size);
  loops.rate(arrays, rate.data());
  loops.gap(arrays, gap.data());
  loops.regime(arrays, regime.data());
  loops.root(arrays, cpu::RootPart::re2, root.data());
  for (std::size_t i = 0; i < size; ++i) {
    const model::Cell<F> cell{cells.alpha[i], cells.beta[i], cells.lambda[i]};
    ASSERT_EQ(rate[i], model::rate(cell)) << "cell " << i;
    ASSERT_EQ(gap[i], model::gap(cell)) << "cell " << i;
    ASSERT_EQ(regime[i], static_cast<std::uint8_t>(model::regime(cell))) << "cell " << i;
    ASSERT_EQ(root[i], model::roots(cell).re2) << "cell " << i;
  }
}

template <class F>
void expect_tallies(const cpu::Level& level, std::size_t size) {
  const Table<F> cells = table<F>(size);
  const cpu::Loops<F>& loops = loops_of<F>(level);
  std::vector<F> values(size);
  std::transform(cells.beta.begin(), cells.beta.end(), values.begin(), [](F beta) { return 1 + beta; });
  values[size / 2] = 1;  // neither below 1 nor, less 1, above 0
  const cpu::Tally<F> rates = loops.tally_rates(values.data(), size);
  EXPECT_EQ(rates.best, *std::min_element(values.begin(), values.end()));
  EXPECT_EQ(rates.convergent, std::count_if(values.begin(), values.end(), [](F rate) { return rate < 1; }));
  for (F& value : values) value -= 1;
  const cpu::Tally<F> gaps = loops.tally_gaps(values.data(), size);
  EXPECT_EQ(gaps.best, *std::max_element(values.begin(), values.end()));
  EXPECT_EQ(gaps.convergent, std::count_if(values.begin(), values.end(), [](F gap) { return gap > 0; }));

  std::vector<F> filled(size + 1, F(0));
  loops.fill(filled.data(), size, F(0.1));
  EXPECT_EQ(std::count(filled.begin(), filled.end(), F(0.1)), static_cast<std::ptrdiff_t>(size));
  EXPECT_EQ(filled.back(), 0);
}

TEST(LoopsTest, EveryLevelTallies) {
  for (const NamedLevel& named : levels()) {
    if (!named.available) continue;
    SCOPED_TRACE(named.name);
    cpu::Level level{};
    named.fill(level);
    for (const std::size_t size : std::initializer_list<std::size_t>{1, 2, 63, 64, 65, 4095, 4096, 4097, 20000}) {
      expect_tallies<double>(level, size);
      expect_tallies<float>(level, size);
      std::vector<std::uint8_t> codes(size);
      for (std::size_t i = 0; i < size; ++i) codes[i] = static_cast<std::uint8_t>(i < 300 ? 7 : i * i % 7);
      std::array<std::int64_t, 8> counts{};
      counts[7] = 1000;  // added to
      level.count_codes(codes.data(), size, counts.data());
      for (std::uint8_t code = 0; code < 8; ++code) {
        EXPECT_EQ(counts.at(code), std::count(codes.begin(), codes.end(), code) + (code == 7 ? 1000 : 0));
      }
    }
  }
}

TEST(LoopsTest, EveryLevelGivesTheModelsBits) {
  for (const NamedLevel& named : levels()) {
    if (!named.available) continue;
    SCOPED_TRACE(named.name);
    cpu::Level level{};
    named.fill(level);
    for (const std::size_t size : std::initializer_list<std::size_t>{0, 1, 7, 8, 9, 31, 255, 256, 257, 1000}) {
      expect_model_bits<double>(level, size);
      expect_model_bits<float>(level, size);
    }
  }
}

}  // namespace
}  // namespace ravine
