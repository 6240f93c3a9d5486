// The elementary functions of normal numbers against the C library's in higher precision: long double for double,
// double for float. Errors are in ulp, units in the last place of the true value.
#include "ravine/model/normal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <random>
#include <type_traits>

namespace ravine::model {
namespace {

/// One precision, the wider one of its references, and the bounds that normal.hpp states.
template <class F>
struct Accuracy;
template <>
struct Accuracy<double> {
  using Wide = long double;
  using Bits = std::uint64_t;
  static constexpr double log = 2.2;
  static constexpr double sine = 1.5;
  static constexpr double cosine = 0.9;
  static constexpr double normal = 3.5;
};
template <>
struct Accuracy<float> {
  using Wide = double;
  using Bits = std::uint32_t;
  static constexpr double log = 1.07;
  static constexpr double sine = 1.61;
  static constexpr double cosine = 0.9;
  static constexpr double normal = 3.5;
};
template <class F>
using Wide = typename Accuracy<F>::Wide;
template <class F>
using Bits = typename Accuracy<F>::Bits;

template <class F>
double ulps(F found, Wide<F> wanted) {
  if (wanted == 0) return found == 0 ? 0 : std::numeric_limits<double>::infinity();
  int exponent = 0;
  std::frexp(wanted, &exponent);
  const Wide<F> ulp = std::ldexp(Wide<F>(1), exponent - std::numeric_limits<F>::digits);
  return static_cast<double>(std::abs(static_cast<Wide<F>>(found) - wanted) / ulp);
}

template <class F>
Bits<F> random_bits(std::mt19937_64& random) {
  return static_cast<Bits<F>>(random());
}

constexpr int samples = 400'000;

/// Numbers in (0, 1]: evenly spread, of every size, and ever closer to 1, where the logarithm is small.
template <class F>
std::vector<F> uniform_numbers() {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<F> unit(0, 1);
  std::uniform_int_distribution<int> exponent(0, sizeof(F) == 8 ? 51 : 31);
  constexpr int digits = std::numeric_limits<F>::digits;
  std::vector<F> numbers = {1, 1 - std::numeric_limits<F>::epsilon() / 2, F(0.5),
                            sizeof(F) == 8 ? F(0x1p-52) : F(0x1p-32)};
  while (numbers.size() < samples) {
    const F part = 1 - unit(random);  // (0, 1]
    numbers.push_back(part > 0 ? part : 1);
    numbers.push_back(std::ldexp((1 + part) / 2, -exponent(random)));
    numbers.push_back(1 - std::ldexp(part, -exponent(random) % digits));
    if (numbers.back() <= 0) numbers.back() = 1;
  }
  return numbers;
}

template <class F>
void expect_accurate_log() {
  double most = 0;
  for (const F u : uniform_numbers<F>()) {
    most = std::max(most, ulps<F>(minus_two_log(u), -2 * std::log(static_cast<Wide<F>>(u))));
  }
  EXPECT_LE(most, Accuracy<F>::log);
  EXPECT_GE(most, 0.5);  // or the reference is none
}

TEST(MinusTwoLog, IsAccurate) {
  expect_accurate_log<double>();
  expect_accurate_log<float>();
}

TEST(MinusTwoLog, OfOneIsZero) {
  EXPECT_EQ(minus_two_log(1.0), 0);
  EXPECT_EQ(minus_two_log(1.0F), 0);
}

template <class F>
constexpr Wide<F> quarter_turn = std::numbers::pi_v<Wide<F>> / 2;

template <class F>
void expect_accurate_sine_cosine() {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<F> part(F(-0.5), F(0.5));
  double most_sine = 0;
  double most_cosine = 0;
  for (int i = 0; i < samples; ++i) {
    const F x = i == 0 ? F(0.5) : std::ldexp(part(random), -(i % 3) * (i % 7));
    const SineCosine<F> found = sine_cosine(x);
    const Wide<F> angle = static_cast<Wide<F>>(x) * quarter_turn<F>;
    most_sine = std::max(most_sine, ulps<F>(found.sine, std::sin(angle)));
    most_cosine = std::max(most_cosine, ulps<F>(found.cosine, std::cos(angle)));
  }
  EXPECT_LE(most_sine, Accuracy<F>::sine);
  EXPECT_LE(most_cosine, Accuracy<F>::cosine);
  EXPECT_GE(std::min(most_sine, most_cosine), 0.5);
}

TEST(SineCosine, IsAccurate) {
  expect_accurate_sine_cosine<double>();
  expect_accurate_sine_cosine<float>();
}

// What the bits of a pair stand for, read from the comments of normal_pair by other means.

double uniform_of(std::uint64_t distance) {
  return 1 - std::ldexp(static_cast<double>(distance >> 12U), -52);
}
float uniform_of(std::uint32_t distance) {
  const auto steps = static_cast<double>(static_cast<float>(distance >> 1U));  // rounded once here, once below
  return static_cast<float>(steps * 0x1p-31 + 0x1p-32);
}
/// In quarter turns, the quarter being 0 to 3 and the place in it in [-1/2, 1/2].
template <class F>
struct Angle {
  int quarter;
  F place;
};
Angle<double> angle_of(std::uint64_t bits) {
  return {static_cast<int>(bits >> 62U), std::ldexp(static_cast<double>((bits << 2U) >> 12U), -52) - 0.5};
}
Angle<float> angle_of(std::uint32_t bits) {
  const std::int64_t place = bits & 0x3FFFFFFFU;  // two's complement
  const std::int64_t turned = place >= 0x20000000 ? place - 0x40000000 : place;
  return {static_cast<int>(bits >> 30U), std::ldexp(static_cast<float>(turned), -30)};
}

/// (cos, sin) of an angle: the quarter turns exactly, so that no digit is lost where one of them is small.
template <class F>
NormalPair<Wide<F>> direction_of(Angle<F> angle) {
  const Wide<F> within = static_cast<Wide<F>>(angle.place) * quarter_turn<F>;
  NormalPair<Wide<F>> direction = {std::cos(within), std::sin(within)};
  for (int i = 0; i < angle.quarter; ++i) direction = {-direction.second, direction.first};
  return direction;
}

template <class F>
void expect_accurate_pairs() {
  std::mt19937_64 random(4);
  double most = 0;
  for (int i = 0; i < samples; ++i) {
    const auto distance = random_bits<F>(random);
    const auto angle = random_bits<F>(random);
    const NormalPair<F> found = normal_pair(distance, angle);
    const Wide<F> r = std::sqrt(-2 * std::log(static_cast<Wide<F>>(uniform_of(distance))));
    const NormalPair<Wide<F>> direction = direction_of<F>(angle_of(angle));
    most = std::max({most, ulps<F>(found.first, r * direction.first), ulps<F>(found.second, r * direction.second)});
  }
  EXPECT_LE(most, Accuracy<F>::normal);
  EXPECT_GE(most, 0.5);
}

TEST(NormalPair, IsAccurate) {
  expect_accurate_pairs<double>();
  expect_accurate_pairs<float>();
}

template <class F>
void expect_ends(F largest) {
  constexpr Bits<F> all = ~Bits<F>{0};
  constexpr Bits<F> middle = sizeof(F) == 8 ? all / 8 + 1 : 0;  // of the first quarter
  const bool is_double = sizeof(F) == 8;
  // The smallest u makes the largest number; u = 1 makes zeros.
  const NormalPair<F> far = normal_pair(is_double ? all : Bits<F>{0}, middle);
  EXPECT_NEAR(far.first, largest, 0.01);
  EXPECT_EQ(far.second, 0);
  const NormalPair<F> near = normal_pair(is_double ? Bits<F>{0} : all, middle);
  EXPECT_EQ(near.first, 0);
  EXPECT_EQ(near.second, 0);
}

TEST(NormalPair, IsFiniteAtTheEnds) {
  expect_ends<double>(8.49);
  expect_ends<float>(6.66F);
}

}  // namespace
}  // namespace ravine::model
