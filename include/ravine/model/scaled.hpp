/// \file
/// Pairs with an exponent of their own: about 106 bits, and a range that powers of a step matrix can't leave.
///
/// R^k of an unstable mode exceeds every double long before k does what it may, and its square is needed on the way;
/// an infinity there would be a NaN one product later. So whole computations are made of these, and only the result is
/// turned into a double: infinite if it is too large, zero if it is too small, never NaN.
#pragma once

#include <cstdint>

#include "ravine/model/arithmetic.hpp"

namespace ravine::model {

/// value * 2^exponent with 1 <= |value.hi| < 2; zero is {{0, 0}, 0}. Exponents stay far from the ends of their type.
struct Scaled {
  Pair<double> value;
  std::int64_t exponent;
};

/// 2^exponent, for -1022 <= exponent <= 1023.
RAVINE_MODEL double power_of_two(std::int64_t exponent) {
  return __builtin_bit_cast(double, static_cast<std::uint64_t>(exponent + 1023) << 52U);
}

/// value * 2^exponent with its leading part brought into [1, 2). value.hi is 0, or normal and below 2^1022.
RAVINE_MODEL Scaled normalised(Pair<double> value, std::int64_t exponent) {
  if (value.hi == 0) return {{0, 0}, 0};
  const std::uint64_t biased = (__builtin_bit_cast(std::uint64_t, value.hi) >> 52U) & 0x7ffU;
  const std::int64_t shift = static_cast<std::int64_t>(biased) - 1023;
  return {scale(power_of_two(-shift), value), exponent + shift};
}

/// x exactly. (An infinity, as moments may be, becomes a number so large that what is made of it is infinite again.)
RAVINE_MODEL Scaled scaled(Pair<double> x) {
  if (abs(x.hi) > 0x1.fffffffffffffp1023) return {{x.hi < 0 ? -1.0 : 1.0, 0}, std::int64_t{1} << 55U};
  if (abs(x.hi) >= 0x1p900) return normalised(scale(0x1p-200, x), 200);
  if (abs(x.hi) <= 0x1p-700) return normalised(scale(0x1p400, x), -400);
  return normalised(x, 0);
}
RAVINE_MODEL Scaled scaled(double x) {
  return scaled(Pair<double>{x, 0});
}

/// The double nearest to x where that is normal (below, 2^-1074 off at most): infinite where it is too large, and 0,
/// never -0, where it is too small.
RAVINE_MODEL double to_double(Scaled x) {
  if (x.exponent > 1023) return x.value.hi * 0x1p1023 * 2;
  if (x.exponent >= -1022) return x.value.hi * power_of_two(x.exponent);
  if (x.exponent < -1100) return 0;
  return x.value.hi * power_of_two(x.exponent + 200) * 0x1p-200 + 0.0;
}

/// (0 - x, not -x: zero has one form.)
RAVINE_MODEL Scaled operator-(Scaled x) {
  return {{0 - x.value.hi, 0 - x.value.lo}, x.exponent};
}

/// 2^power x, exactly.
RAVINE_MODEL Scaled shifted(Scaled x, std::int64_t power) {
  return x.value.hi == 0 ? x : Scaled{x.value, x.exponent + power};
}

/// Relative error below 4 u^2; exact where x and y are doubles.
RAVINE_MODEL Scaled operator*(Scaled x, Scaled y) {
  return normalised(multiply(x.value, y.value), x.exponent + y.exponent);
}

/// Relative error below 16 u^2. y is not zero.
RAVINE_MODEL Scaled operator/(Scaled x, Scaled y) {
  return normalised(divide(x.value, y.value), x.exponent - y.exponent);
}

/// Relative error below 4 u^2, whatever cancels.
RAVINE_MODEL Scaled operator+(Scaled x, Scaled y) {
  if (x.value.hi == 0) return y;
  if (y.value.hi == 0) return x;
  const Scaled large = x.exponent < y.exponent ? y : x;
  const Scaled small = x.exponent < y.exponent ? x : y;
  const std::int64_t apart = large.exponent - small.exponent;
  if (apart > 800) return large;
  return normalised(add(large.value, scale(power_of_two(-apart), small.value)), large.exponent);
}

RAVINE_MODEL Scaled operator-(Scaled x, Scaled y) {
  return x + -y;
}

}  // namespace ravine::model
