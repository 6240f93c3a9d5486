/// \file
/// The .npy format (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): versions 1 to 3,
/// little-endian numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ravine::detail {

/// A .npy file that is in memory: what its header says, and its values as they lie there.
struct NpyArray {
  std::string type;  ///< NumPy's name of it, such as "<f8"
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
  std::string_view data;
};

/// Reads the header and believes nothing of it yet. \throws DataError, starting with `name`.
[[nodiscard]] NpyArray open_npy(std::string_view bytes, const std::string& name);

/// The values in the file's order, widened to float64 (an int64 beyond 2^53 is rounded to nearest). That the file has
/// them all is checked before anything is allocated for them.
/// \throws DataError if it does not, if their type is not float64, float32, int64 or int32, or if one is not finite.
[[nodiscard]] std::vector<double> finite_values_of(const NpyArray& array, const std::string& name);

/// The same for indices: int64 or int32.
[[nodiscard]] std::vector<std::int64_t> integers_of(const NpyArray& array, const std::string& name);

/// The values of a file of one dimension, (N,) or (N, 1), in C order, at least one. \throws DataError.
[[nodiscard]] std::vector<double> parse_npy(std::string_view bytes, const std::string& name);

}  // namespace ravine::detail
