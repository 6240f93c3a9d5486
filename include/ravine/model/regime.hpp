/// \file
/// Regimes: what a trajectory of one mode looks like (docs/formulas.md M24).
#pragma once

#include <cstdint>

#include "ravine/model/arithmetic.hpp"

namespace ravine {

/// Identifiers as stored (flag_values) and printed (flag_meanings).
enum class Regime : std::uint8_t {
  not_computed = 0,
  monotone = 1,     ///< both eigenvalues real and not negative
  ripples = 2,      ///< a complex pair
  one_step = 3,     ///< both eigenvalues zero
  oscillation = 4,  ///< both eigenvalues real and not positive
  mixed_sign = 5,   ///< real eigenvalues of opposite sign (beta < 0)
  marginal = 6,     ///< rate exactly 1
  divergent = 7,    ///< rate above 1
};

/// Whether the rate is below 1, exactly.
[[nodiscard]] RAVINE_MODEL constexpr bool converges(Regime regime) {
  return regime >= Regime::monotone && regime <= Regime::mixed_sign;
}

}  // namespace ravine
