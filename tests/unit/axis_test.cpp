#include "ravine/axis.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "ravine/error.hpp"

namespace ravine {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double smallest = std::numeric_limits<double>::denorm_min();
constexpr double largest = std::numeric_limits<double>::max();

std::vector<double> values_of(const Axis& axis) {
  std::vector<double> values(static_cast<std::size_t>(axis.size()));
  axis.fill(0, values);
  return values;
}

std::vector<std::uint64_t> bits_of(const std::vector<double>& values) {
  std::vector<std::uint64_t> bits;
  for (const double value : values) bits.push_back(std::bit_cast<std::uint64_t>(value));
  return bits;
}

/// FNV-1a over the values' little-endian bytes.
std::uint64_t hash_of(const std::vector<double>& values) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (std::uint64_t bits : bits_of(values)) {
    for (int byte = 0; byte < 8; ++byte, bits >>= 8) hash = (hash ^ (bits & 0xff)) * 0x100000001b3;
  }
  return hash;
}

Axis linear(double from, double to, std::int64_t count) {
  return {"alpha", LinearRange{from, to, count}};
}
Axis logarithmic(double from, double to, std::int64_t count) {
  return {"alpha", LogRange{from, to, count}};
}

std::string error_of(Axis::Values values) {
  try {
    const Axis axis("alpha", std::move(values));
    return "no error";
  } catch (const UsageError& error) {
    return error.what();
  }
}

/// A range and the hash of all its values.
struct Golden {
  double from;
  double to;
  std::int64_t count;
  std::uint64_t hash;
};

// From numpy 1.24's linspace.
constexpr Golden linear_goldens[] = {
    {0x0.0p+0, 0x1.0000000000000p+2, 2001, 0x7c86323bf5689a27},
    {0x0.0p+0, 0x1.0000000000000p+0, 1001, 0xf257b8ad73554dee},
    {-0x1.0000000000000p+0, 0x1.0000000000000p+0, 12345, 0x0cee02969e792a88},
    {0x1.0624dd2f1a9fcp-10, 0x1.f400000000000p+9, 7, 0xefc180b63a3fa0a1},         // 0.001 to 1000
    {-0x1.7e43c8800759cp+996, 0x1.8357426c5c92bp+1020, 999, 0xed4bbfa92c024fda},  // -1e300 to 1.7e307
    {0x0.0p+0, 7 * smallest, 11, 0xfd43f70f24651da3},                             // the step underflows to zero
    {-50 * smallest, 33 * smallest, 1000, 0xbc892f923297d125},                    // so does this one
    {0x1.999999999999ap-4, 0x1.3333333333333p-2, 3, 0x5cdda272b98e08e5},          // 0.1 to 0.3
    {smallest, 2 * smallest, 2, 0x7717980363c8e066},
};

// From 90-digit decimal arithmetic, each value rounded to nearest.
constexpr Golden log_goldens[] = {
    {0x1.5798ee2308c3ap-27, 0x1.f400000000000p+9, 10007, 0x1a8cef96923b1368},   // 1e-8 to 1000
    {-0x1.4000000000000p+2, -0x1.0624dd2f1a9fcp-10, 1001, 0x52bedf33e226a091},  // -5 to -0.001
    {smallest, 0x1.56e1fc2f8f359p-997, 1001, 0xd2f3cec833943f87},               // subnormal to 1e-300
    {0x1.56e1fc2f8f359p-997, 0x1.7e43c8800759cp+996, 601, 0x4bdb49c67619a4b3},  // 1e-300 to 1e300
    {1.0, 0x1.0000000001000p+0, 1000, 0xcd76b20bd7992d4f},                      // 4096 ulps wide
    {0x1.0c6f7a0b5ed8dp-22, 0x1.6e36000000000p+18, 4321, 0x9ff13dce3565bd9a},   // 2.5e-7 to 3.75e5
};

TEST(LinearAxis, HasTheBitsOfNumpy) {
  for (const Golden& golden : linear_goldens) {
    EXPECT_EQ(hash_of(values_of(linear(golden.from, golden.to, golden.count))), golden.hash)
        << golden.from << " to " << golden.to << ", " << golden.count;
  }
}

TEST(LinearAxis, HasTheBitsOfNumpyValueByValue) {
  const std::vector<double> tenths = {0x0.0p+0,
                                      0x1.999999999999ap-4,
                                      0x1.999999999999ap-3,
                                      0x1.3333333333334p-2,
                                      0x1.999999999999ap-2,
                                      0x1.0000000000000p-1,
                                      0x1.3333333333334p-1,
                                      0x1.6666666666667p-1,
                                      0x1.999999999999ap-1,
                                      0x1.ccccccccccccdp-1,
                                      0x1p+0};
  EXPECT_EQ(bits_of(values_of(linear(0.0, 1.0, 11))), bits_of(tenths));
  // numpy divides the index first where the step underflows.
  const std::vector<double> subnormal = {
      0, 0, smallest, smallest, 2 * smallest, 2 * smallest, 2 * smallest, 3 * smallest, 3 * smallest};
  EXPECT_EQ(bits_of(values_of(linear(0.0, 3 * smallest, 9))), bits_of(subnormal));
}

TEST(LinearAxis, EndsAreExact) {
  const Axis axis = linear(0.1, 0.7, 7);
  EXPECT_EQ(axis.value(0), 0.1);
  EXPECT_EQ(axis.value(6), 0.7);
  EXPECT_EQ(axis.size(), 7);
  EXPECT_EQ(axis.name(), "alpha");
}

TEST(LinearAxis, OneValueIsFrom) {
  EXPECT_EQ(values_of(linear(2.5, 2.5, 1)), std::vector<double>{2.5});
  // As numpy's: 0 * delta + from, which makes a zero positive.
  EXPECT_FALSE(std::signbit(linear(-0.0, -0.0, 1).value(0)));
}

TEST(LinearAxis, TakesTheLongestCount) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const Axis axis = linear(0.0, 1.0, most);
  EXPECT_EQ(axis.size(), most);
  EXPECT_EQ(axis.value(most - 1), 1.0);
  EXPECT_EQ(axis.value(most / 2), 0.5);
}

TEST(LogAxis, IsCorrectlyRounded) {
  for (const Golden& golden : log_goldens) {
    EXPECT_EQ(hash_of(values_of(logarithmic(golden.from, golden.to, golden.count))), golden.hash)
        << golden.from << " to " << golden.to << ", " << golden.count;
  }
}

TEST(LogAxis, IsCorrectlyRoundedValueByValue) {
  const std::vector<double> upward = {0x1.999999999999ap-5, 0x1.b11969b9ee8f9p-4, 0x1.c9f25c5bfeddap-3,
                                      0x1.e4383e8245268p-2, 0x1.0000000000000p+0, 0x1.0eafe2143519bp+1,
                                      0x1.1e3779b97f4a8p+2, 0x1.2ea327116b381p+3, 0x1.4000000000000p+4};
  EXPECT_EQ(bits_of(values_of(logarithmic(0.05, 20.0, 9))), bits_of(upward));
  const std::vector<double> negative = {-0x1.4p+4, -0x1.1e3779b97f4a8p+2, -0x1p+0, -0x1.c9f25c5bfeddap-3,
                                        -0x1.999999999999ap-5};
  EXPECT_EQ(bits_of(values_of(logarithmic(-20.0, -0.05, 5))), bits_of(negative));
  const std::vector<double> subnormal = {smallest,      2 * smallest,  6 * smallest,  14 * smallest,
                                         34 * smallest, 83 * smallest, 202 * smallest};
  EXPECT_EQ(bits_of(values_of(logarithmic(smallest, 202 * smallest, 7))), bits_of(subnormal));
}

TEST(LogAxis, PowersOfTenAreExact) {
  EXPECT_EQ(values_of(logarithmic(1e-3, 1e3, 7)), (std::vector<double>{1e-3, 1e-2, 1e-1, 1.0, 1e1, 1e2, 1e3}));
  EXPECT_EQ(values_of(logarithmic(1.0, 1e6, 7)), (std::vector<double>{1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6}));
}

TEST(LogAxis, AgreesWithLongDoubleLogarithms) {
  // Half an ulp for the one rounding to float64, and 32 units of long double's 2^-64 for powl and its argument.
  constexpr long double rounding = 0x1p-53L;
  constexpr long double long_double_error = 32 * 0x1p-64L;
  for (const auto& [from, to] : {std::pair{1e-7, 3.0}, {0.3, 0.9}, {2.0, 1e9}, {1e-3, 1e-2}}) {
    const Axis axis = logarithmic(from, to, 997);
    for (std::int64_t i = 0; i < axis.size(); ++i) {
      const long double exponent = static_cast<long double>(i) / 996;
      const long double wanted = from * std::pow(static_cast<long double>(to) / from, exponent);
      EXPECT_LE(std::fabs(axis.value(i) - wanted), (rounding + long_double_error) * wanted) << from << " " << i;
    }
  }
}

TEST(LogAxis, NeverFalls) {
  for (const auto& [from, to] : {std::pair{1.0, 1.0 + 0x1p-48}, {1e-5, 1e5}, {-7.0, -1e-9}, {smallest, largest}}) {
    const std::vector<double> values = values_of(logarithmic(from, to, 5000));
    for (std::size_t i = 1; i < values.size(); ++i) ASSERT_LE(values[i - 1], values[i]) << from << " " << i;
    EXPECT_EQ(values.front(), from);
    EXPECT_EQ(values.back(), to);
  }
}

TEST(LogAxis, TakesTheLongestCountAndTheWidestRange) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const Axis axis = logarithmic(smallest, largest, most);
  EXPECT_EQ(axis.value(0), smallest);
  EXPECT_EQ(axis.value(most - 1), largest);
  EXPECT_GT(axis.value(most - 2), largest / 2);
  EXPECT_EQ(logarithmic(3.0, 3.0, 1).value(0), 3.0);
}

TEST(Axis, FillIsValueByValue) {
  const std::vector<Axis> axes = {
      linear(-1.0, 3.0, 1001), logarithmic(1e-4, 20.0, 1001), {"lambda", ListedValues{{3.0, 1.0, 2.0, 1.0}}}};
  for (const Axis& axis : axes) {
    const std::int64_t first = axis.size() / 2;
    std::vector<double> filled(static_cast<std::size_t>(axis.size() - first));
    axis.fill(first, filled);
    std::vector<double> single;
    for (std::int64_t i = first; i < axis.size(); ++i) single.push_back(axis.value(i));
    EXPECT_EQ(bits_of(filled), bits_of(single));
  }
}

TEST(Axis, ListedValuesKeepTheirOrder) {
  EXPECT_EQ(values_of({"lambda", ListedValues{{3.0, -1.0, 3.0}}}), (std::vector<double>{3.0, -1.0, 3.0}));
}

TEST(AxisErrors, CountAndEnds) {
  EXPECT_EQ(error_of(LinearRange{0, 1, 0}), "axis alpha: found count = 0; wanted at least 1");
  EXPECT_EQ(error_of(LogRange{1, 2, -3}), "axis alpha: found count = -3; wanted at least 1");
  EXPECT_EQ(error_of(LinearRange{4, 0, 5}), "axis alpha: found from = 4, to = 0; wanted from < to: swap them");
  EXPECT_EQ(error_of(LogRange{4, 1, 5}), "axis alpha: found from = 4, to = 1; wanted from < to: swap them");
  EXPECT_EQ(error_of(LinearRange{1, 1, 5}),
            "axis alpha: found from = 1, to = 1, count = 5; wanted count = 1 where from = to");
  EXPECT_EQ(error_of(LogRange{1, 2, 1}),
            "axis alpha: found from = 1, to = 2, count = 1; wanted count of at least 2, or from = to");
}

TEST(AxisErrors, NotFinite) {
  EXPECT_EQ(error_of(LinearRange{nan, 1, 2}), "axis alpha: found from = nan; wanted a finite number");
  EXPECT_EQ(error_of(LogRange{1, infinity, 2}), "axis alpha: found to = inf; wanted a finite number");
  EXPECT_EQ(error_of(LinearRange{-1e308, 1e308, 3}),
            "axis alpha: found from = -1e+308, to = 1e+308; wanted to - from within float64's range (below 1.8e308)");
  EXPECT_EQ(error_of(ListedValues{{1.0, 2.0, -infinity}}),
            "axis alpha: found values[2] = -inf; wanted a finite number");
}

TEST(AxisErrors, EmptyList) {
  EXPECT_EQ(error_of(ListedValues{}), "axis alpha: found no values; wanted at least one");
}

TEST(AxisErrors, LogThroughZero) {
  for (const auto& [from, to] : {std::pair{0.0, 4.0}, {-1.0, 1.0}, {-1.0, 0.0}, {0.0, 0.0}}) {
    const std::string message = error_of(LogRange{from, to, from == to ? 1 : 5});
    EXPECT_NE(message.find("found a log range from "), std::string::npos) << message;
    EXPECT_NE(message.find("wanted both ends above zero, or both below"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace ravine
