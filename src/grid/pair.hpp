/// \file
/// The pair operations that the model does not need and log axes do: product, quotient, scaling by powers of two.
/// Pairs, u and [JMP] as in ravine/model/arithmetic.hpp.
#pragma once

#include <cstdint>

#include "ravine/model/arithmetic.hpp"

namespace ravine::detail {

using Pair = model::Pair<double>;

/// x * y with relative error below 4 u^2 ([JMP], DWTimesDW3).
inline Pair multiply(Pair x, Pair y) {
  const Pair high = model::two_product(x.hi, y.hi);
  const double cross = model::fma(x.lo, y.hi, model::fma(x.hi, y.lo, x.lo * y.lo));
  return model::fast_two_sum(high.hi, high.lo + cross);
}

/// x / y with relative error below 16 u^2 ([JMP], DWDivDW2): the quotient of the high parts and one correction.
inline Pair divide(Pair x, Pair y) {
  const double quotient = x.hi / y.hi;
  const Pair product = multiply(y, {quotient, 0.0});
  const double rest = (x.hi - product.hi) + (x.lo - product.lo);
  return model::fast_two_sum(quotient, rest / y.hi);
}

/// power * x, exact for a power of two (no underflow).
inline Pair scale(double power, Pair x) {
  return {power * x.hi, power * x.lo};
}

/// A 64-bit integer, exactly.
inline Pair exact_pair(std::int64_t n) {
  const std::int64_t low = n & 0xffffffff;
  return model::fast_two_sum(static_cast<double>(n - low), static_cast<double>(low));
}

}  // namespace ravine::detail
