/// \file
/// How good approximate eigenpairs of a sparse matrix are, and what the matrix itself can better in them.
#pragma once

#include <span>
#include <vector>

#include "ravine/matrix.hpp"

namespace ravine::spectra {

/// ||A q - theta q|| of each pair; vector k has the components from k * size, and length 1.
[[nodiscard]] std::vector<double> residuals_of(const SparseMatrix& matrix, std::span<const double> eigenvalues,
                                               std::span<const double> vectors);
/// The Frobenius norm of Q'Q - I.
[[nodiscard]] double orthogonality_of(std::int64_t size, std::span<const double> vectors);
/// Whether two sets of vectors are orthogonal to each other, so that both together pass the checks (checks.hpp). Those
/// of two searches are, as far as their residuals are small beside the distance of their eigenvalues.
[[nodiscard]] bool are_orthogonal(std::int64_t size, std::span<const double> vectors, std::span<const double> others);
/// Makes the vectors orthonormal, and turns them within their space into the eigenvectors of A projected onto it: what
/// they have of each other is taken out, as far as the rounding errors of A let it. Memory: as many vectors again.
/// \throws NumericalError where they are not linearly independent.
void rayleigh_ritz(const SparseMatrix& matrix, std::vector<double>& vectors);

}  // namespace ravine::spectra
