/// \file
/// Integer keys in the order of the values: what the selection of percentiles counts instead of comparing floats.
///
/// The bits of an IEEE number are sign and magnitude; turning all of them over where the sign is set, and the sign
/// alone elsewhere, gives unsigned integers in the numbers' order, from -infinity to +infinity. Each number has a key
/// of its own, so the value comes back from it. -0 comes just before +0; NaN has no place (the model has neither).
#pragma once

#include <cstdint>

#include "ravine/model/arithmetic.hpp"

namespace ravine::model {

RAVINE_MODEL std::uint64_t order_key(double value) {
  const auto bits = __builtin_bit_cast(std::uint64_t, value);
  constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
  return (bits & sign) != 0 ? ~bits : bits | sign;
}
RAVINE_MODEL std::uint32_t order_key(float value) {
  const auto bits = __builtin_bit_cast(std::uint32_t, value);
  constexpr std::uint32_t sign = std::uint32_t{1} << 31U;
  return (bits & sign) != 0 ? ~bits : bits | sign;
}

/// The number that has the key: the inverse of order_key.
RAVINE_MODEL double value_of_order_key(std::uint64_t key) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
  return __builtin_bit_cast(double, (key & sign) != 0 ? key ^ sign : ~key);
}
RAVINE_MODEL float value_of_order_key(std::uint32_t key) {
  constexpr std::uint32_t sign = std::uint32_t{1} << 31U;
  return __builtin_bit_cast(float, (key & sign) != 0 ? key ^ sign : ~key);
}

}  // namespace ravine::model
