/// \file
/// The .npy format: one-dimensional little-endian numbers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ravine::detail {

/// The values of a .npy file that is in memory, widened to float64 (an int64 beyond 2^53 is rounded to nearest).
/// \throws DataError, starting with `name`.
[[nodiscard]] std::vector<double> parse_npy(std::string_view bytes, const std::string& name);

}  // namespace ravine::detail
