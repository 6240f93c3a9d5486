/// \file
/// Pairs as numbers of about 106 bits: the operators of arithmetic.hpp's operations, and a square root.
///
/// For the few computations whose problem is so badly conditioned that float64 would leave nothing of it (least squares
/// with polynomials). Range: that of doubles; where a product leaves [2^-960, 2^1023], digits are lost.
#pragma once

#include "ravine/model/arithmetic.hpp"

namespace ravine::model {

RAVINE_MODEL Pair<double> pair(double x) {
  return {x, 0};
}
/// The nearest double.
RAVINE_MODEL double to_double(Pair<double> x) {
  return x.hi + x.lo;
}

RAVINE_MODEL Pair<double> operator+(Pair<double> x, Pair<double> y) {
  return add(x, y);
}
RAVINE_MODEL Pair<double> operator-(Pair<double> x, Pair<double> y) {
  return add(x, -y);
}
RAVINE_MODEL Pair<double> operator*(Pair<double> x, Pair<double> y) {
  return multiply(x, y);
}
RAVINE_MODEL Pair<double> operator/(Pair<double> x, Pair<double> y) {
  return divide(x, y);
}
RAVINE_MODEL Pair<double>& operator+=(Pair<double>& x, Pair<double> y) {
  return x = add(x, y);
}
RAVINE_MODEL bool operator<(Pair<double> x, Pair<double> y) {
  return x.hi < y.hi || (x.hi == y.hi && x.lo < y.lo);
}
RAVINE_MODEL Pair<double> magnitude(Pair<double> x) {
  return x.hi < 0 ? -x : x;
}

/// One Newton step on the exact residual of the root of the leading part: relative error below 7 u^2. x >= 0.
RAVINE_MODEL Pair<double> square_root(Pair<double> x) {
  if (x.hi == 0) return {0, 0};
  const double root = sqrt(x.hi);
  return fast_two_sum(root, (fma(-root, root, x.hi) + x.lo) * (0.5 / root));
}

}  // namespace ravine::model
