/// \file
/// Rayleigh quotients of sparse matrices.
#pragma once

#include <span>

#include "ravine/matrix.hpp"

namespace ravine::spectra {

/// x'Ax / x'x. Of the two ways to sum it, entry by entry or as
///     sum over i of r_i x_i^2 - sum over i < j of a_ij (x_i - x_j)^2, r_i the sum of row i
/// (M44, where the graph's Laplacian has r = 0), the one whose terms are smaller: the second has no cancellation for a
/// Laplacian, so that an eigenvalue of 1e-12 of the norm keeps its digits.
[[nodiscard]] double rayleigh_quotient(const SparseMatrix& matrix, std::span<const double> x);

}  // namespace ravine::spectra
