/// \file
/// Sparse matrices as scipy.sparse.save_npz writes them: a zip archive of .npy arrays.
#pragma once

#include <string>
#include <string_view>

#include "ravine/matrix.hpp"

namespace ravine {

/// Formats csr, csc and coo; indices of 32 or 64 bits, columns in any order; values as in .npy files. Both triangles
/// must be there and agree. Memory is proportional to the arrays, which deflating may make up to 1032 times the file.
/// \throws DataError, starting with `name`.
[[nodiscard]] SparseMatrix parse_npz_matrix(std::string_view bytes, const std::string& name);

}  // namespace ravine
