/// \file
/// How far the results of a Monte Carlo study are from theory, in standard errors.
///
/// A z-score does not exist, and is NaN, where its standard error is zero (no noise, or too few replicates: none for a
/// mean, fewer than two for a variance) or where a number that it is made of is not finite. Whether it exists is a
/// question for `exists`, not for comparisons.
#pragma once

#include <cstdint>

#include "ravine/model/moments.hpp"

namespace ravine::model {

/// What a study of independent replicates found.
struct Sample {
  std::int64_t count;
  double mean;
  double variance;  ///< with the divisor count - 1
};

RAVINE_MODEL bool is_finite(double x) {
  return abs(x) <= 0x1.fffffffffffffp1023;
}

/// Whether a z-score exists.
RAVINE_MODEL bool exists(double z) {
  return abs(z) >= 0;
}

/// difference/error, or NaN where that does not exist.
RAVINE_MODEL double standardised(double difference, double error) {
  const bool defined = both(both(is_finite(difference), is_finite(error)), error > 0);
  return defined ? difference / error : not_a_number();
}

/// Of the mean: its variance is kappa_2/R.
RAVINE_MODEL double mean_z_score(const Sample& sample, const Cumulants& theory) {
  if (sample.count < 1) return not_a_number();
  const double error = sqrt(to_double(theory.second)) / sqrt(static_cast<double>(sample.count));
  return standardised(sample.mean - theory.mean, error);
}

/// Of the variance: its own is kappa_4/R + 2 kappa_2^2/(R - 1).
RAVINE_MODEL double variance_z_score(const Sample& sample, const Cumulants& theory) {
  if (sample.count < 2 || !is_finite(sample.variance)) return not_a_number();
  if (theory.second.value.hi == 0 || !is_finite(to_double(theory.second))) return not_a_number();
  const auto count = static_cast<double>(sample.count);
  // Relative to kappa_2, so that no square leaves the range.
  const double excess = to_double(theory.fourth / (theory.second * theory.second));
  const double relative = to_double(scaled(sample.variance) / theory.second);
  return standardised(relative - 1, sqrt(excess / count + 2 / (count - 1)));
}

}  // namespace ravine::model
