/// \file
/// The inner values of a log axis, without libm.
#pragma once

#include <cstdint>

#include "grid/pair.hpp"
#include "ravine/axis.hpp"

namespace ravine::detail {

/// from * (to/from)^(i/(count - 1)) as a pair of relative error below 2^-95, rounded once.
///
/// With from = a 2^s and to/from = 2^k r, r within [0.7, 1.42], it is a 2^(s + q) exp(x), where q + d/(count - 1) is
/// i k/(count - 1) split exactly by integers, and x = (d ln 2 + i log r)/(count - 1), at most about 0.7 in size
/// whatever the range: so no digit of x is lost to its integer part.
class LogCurve {
 public:
  /// Precondition: the range is valid (Axis checks it) and count > 1.
  explicit LogCurve(const LogRange& range);

  /// Precondition: 0 < index < count - 1.
  [[nodiscard]] double value(std::int64_t index) const;

 private:
  std::int64_t intervals_;
  double sign_;
  double mantissa_;     ///< a, within [1, 2)
  int exponent_;        ///< s
  int ratio_exponent_;  ///< k
  Pair log_ratio_;      ///< log r
};

}  // namespace ravine::detail
