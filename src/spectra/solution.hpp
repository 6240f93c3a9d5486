/// \file
/// The minimum w* of a quadratic 1/2 w'Aw - b'w, and coordinates along eigenvectors.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "ravine/spectrum.hpp"

namespace ravine::spectra {

/// A w = b, solved.
struct Solution {
  std::vector<double> w;
  /// ||A w - b|| / (||A|| ||w|| + ||b||): how little A and b would have to be others for w to be exact. Below
  /// tolerance_of_checks. How far w is from w* it tells only with the condition of A.
  double residual;
};

/// A has no Cholesky factors: its first `leading_minor` rows and columns are a matrix that is not positive definite.
struct NoCholeskyFactors {
  std::int64_t leading_minor;
};

/// By Cholesky factors (dpotrf). Memory: n^2 float64. Threads: BLAS's.
/// \throws UsageError beyond LAPACK's size, NumericalError if the residual reaches its tolerance.
[[nodiscard]] std::variant<Solution, NoCholeskyFactors> dense_solution(const DenseMatrix& matrix,
                                                                       std::span<const double> b, int threads);

/// The shortest w* of a matrix that may be singular, from all its eigenpairs: Q L^+ Q'b.
struct SpectralSolution {
  std::vector<double> w;
  /// ||b's part along vectors whose eigenvalue is 0|| / ||b||: unless it is 0 but for rounding, A w = b has no solution
  /// and the quadratic no minimum.
  double outside;
};
/// Eigenvalues count as 0 within their bounds, as they do in reports of the spectrum.
/// Precondition: a spectrum of all n eigenvalues with bounds and vectors.
[[nodiscard]] SpectralSolution solution_from_spectrum(const Spectrum& spectrum, std::span<const double> b);

/// What Cholesky's factors tell of the smallest eigenvalue: 1 / ||A^-1||_1 in the estimate by Hager and Higham, which
/// is rarely above three times the norm's inverse; 0 where there are no factors. No eigenvalue is below 1 / ||A^-1||_1.
/// Memory: that of the factors. Threads: BLAS's.
/// \throws UsageError where the factors are too large, NumericalError where CHOLMOD or LAPACK fail.
[[nodiscard]] double smallest_by_factors(const SymmetricMatrix& matrix, int threads);

/// Q'x: the component of x along each of the vectors, rows as in Spectrum::vectors.
[[nodiscard]] std::vector<double> project(std::span<const double> vectors, std::span<const double> x);

}  // namespace ravine::spectra
