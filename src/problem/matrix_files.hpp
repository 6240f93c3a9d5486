/// \file
/// Symmetric matrices from files: Matrix Market (.mtx), NumPy's arrays (.npy), SciPy's sparse matrices (.npz).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "ravine/matrix.hpp"

namespace ravine {

/// A square array that is symmetric to the last bit, in either order. What its header says is checked against the
/// file's size before anything is allocated for it. \throws DataError, starting with `name`.
[[nodiscard]] DenseMatrix parse_npy_matrix(std::string_view bytes, const std::string& name);

/// The matrix of a file that is in memory; its path tells the kind.
/// \throws UsageError for a name of another kind, DataError.
[[nodiscard]] SymmetricMatrix parse_matrix(std::string_view bytes, const std::filesystem::path& path);

/// \throws UsageError, IoError, DataError.
[[nodiscard]] SymmetricMatrix read_matrix(const std::filesystem::path& path);

}  // namespace ravine
