/// \file
/// What log axes need of pairs beyond the model's operations (ravine/model/arithmetic.hpp).
#pragma once

#include <cstdint>

#include "ravine/model/arithmetic.hpp"

namespace ravine::detail {

using Pair = model::Pair<double>;

/// A 64-bit integer, exactly.
inline Pair exact_pair(std::int64_t n) {
  const std::int64_t low = n & 0xffffffff;
  return model::fast_two_sum(static_cast<double>(n - low), static_cast<double>(low));
}

}  // namespace ravine::detail
