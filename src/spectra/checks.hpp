/// \file
/// What every spectrum has to pass before anybody sees it.
#pragma once

#include "ravine/spectrum.hpp"

namespace ravine::spectra {

/// Up to so many pairs, each is checked by itself; of more, random combinations.
constexpr std::int64_t most_pairs_one_by_one = 64;
constexpr std::int64_t random_combinations = 8;

/// ||A|| of the checks: the smaller of the Frobenius norm and the row-sum norm. Both are at least the largest size of
/// an eigenvalue; which is closer depends on the matrix. O(nonzeros).
[[nodiscard]] double norm_for_checks(const SymmetricMatrix& matrix);

/// What every figure of a spectrum of n eigenvalues has to stay below: 4 max(256, n) 2^-53, which is 1.1e-13 up to
/// n = 256 and 4.4e-12 at n = 1e4 (docs/decisions/0009).
[[nodiscard]] double tolerance_of_checks(std::int64_t size);

/// Fills spectrum.checks: order, residual and orthogonality where there are vectors, trace and Frobenius norm where
/// all eigenvalues are there; else those are left as the solver has found them, if it has. Cost: O(nonzeros * pairs)
/// for few pairs; for many, 8 random combinations of the pairs stand for all (docs/decisions/0009), so that the checks
/// of a dense spectrum stay far below its own cost.
/// Memory: about 100 float64 for each weight. Threads: as many as BLAS has (BlasThreads).
/// \throws NumericalError, with the figures, if one of them reaches its tolerance or is not a number.
void check(const SymmetricMatrix& matrix, Spectrum& spectrum);

}  // namespace ravine::spectra
