/// \file
/// The regimes' names, as printed and as in the store's flag_meanings.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "ravine/summary.hpp"

namespace ravine {

/// By identifier.
inline constexpr std::array<std::string_view, regime_count> regime_names = {
    "not_computed", "monotone", "ripples", "one_step", "oscillation", "mixed_sign", "marginal", "divergent"};

}  // namespace ravine
