/// \file
/// One end of the spectrum of a sparse matrix.
#pragma once

#include <cstdint>
#include <vector>

#include "ravine/problem.hpp"
#include "spectra/cholesky.hpp"

namespace ravine::spectra {

/// Eigenpairs from the end inwards; vector k has the components from k * size.
struct SpectrumEnd {
  std::vector<double> eigenvalues;
  std::vector<double> vectors;
  std::vector<double> bounds;  ///< on the error of each eigenvalue
};

struct SparseProblem {
  const SparseMatrix& matrix;
  const Kernel& kernel;
  double norm;               ///< of the checks
  SparseCholesky& cholesky;  ///< of the matrix; holds no factor afterwards
};

/// The `count` smallest eigenvalues above the known kernel. How many there are below the last of them is counted, by
/// Sylvester's law of inertia. Eigenvalues that are so close to the last that the rounding errors of the count hide on
/// which side they are (2^-43 of the norm of A where it counts well) can't be told apart by it: their bounds say so.
/// \throws NumericalError where the iteration does not converge, counts and what is found do not come to agree, or more
/// than 2^-20 of the norm can't be told apart.
[[nodiscard]] SpectrumEnd smallest_pairs(const SparseProblem& problem, std::int64_t count);
/// The `count` largest eigenvalues, with vectors that are orthogonal to those of `smallest`: an eigenvalue may be so
/// often that both ends have it.
[[nodiscard]] SpectrumEnd largest_pairs(const SparseProblem& problem, const SpectrumEnd& smallest, std::int64_t count);

}  // namespace ravine::spectra
