/// \file
/// The worst case over a spectrum by its two ends: where that is proved (docs/decisions/0003-worst-case-endpoints.md).
#pragma once

#include "ravine/model/heavy_ball_attempt.hpp"

namespace ravine::model {

/// The ends of a spectrum.
template <class F>
struct Ends {
  F smallest;
  F largest;
};

/// |h| from which on, and |h| and |beta| up to which, rate and gap are correctly rounded, with a factor of two to
/// spare. In single precision nothing is too small.
template <class F>
struct Proved;
template <>
struct Proved<double> {
  static constexpr double least_h = 0x1p-299;
  static constexpr double largest = 0x1p299;
};
template <>
struct Proved<float> {
  static constexpr float least_h = 0;
  static constexpr float largest = 0x1p100F;
};

template <class F>
RAVINE_MODEL bool end_is_proved(F alpha, F lambda) {
  const F h = abs(alpha * lambda);
  return either(either(alpha == 0, lambda == 0), both(h >= Proved<F>::least_h, h <= Proved<F>::largest));
}

/// Whether rate and gap of (alpha, beta) are correctly rounded, so monotone in |T|, wherever an extreme value can be:
/// then the worst is that of one of the ends.
template <class F>
RAVINE_MODEL bool ends_decide(F alpha, F beta, Ends<F> ends) {
  const F size = abs(beta);
  const bool beta_is_proved = both(size <= Proved<F>::largest, either(beta == 0, size >= Margins<F>::least_beta));
  return both(beta_is_proved, both(end_is_proved(alpha, ends.smallest), end_is_proved(alpha, ends.largest)));
}

}  // namespace ravine::model
