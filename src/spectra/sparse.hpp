/// \file
/// The ends of the spectrum of a large sparse matrix on the cpu: a block Lanczos iteration, with CHOLMOD for the
/// shifted inverse.
#pragma once

#include "ravine/spectrum.hpp"

namespace ravine::spectra {

/// Whether the sparse solver takes the request: the ends of a sparse matrix that is not small, at most half of its
/// spectrum.
[[nodiscard]] bool is_sparse_request(const Quadratic& problem, const SpectrumRequest& request);
/// \throws UsageError with the reason unless it does.
void require_sparse_request(const Quadratic& problem, const SpectrumRequest& request);

/// The smallest eigenvalues above the known kernel and the largest, multiple ones as often as they are: how many there
/// are below those that are found is counted (docs/decisions/0010). With vectors the checks are the caller's; without
/// them, they have been made while there were vectors.
/// Memory: two triangles of the matrix, one Cholesky factor, and for m eigenvalues of an end 4 m + 40 vectors,
/// up to 1024 or a quarter of the memory where they converge slowly.
/// Threads: BLAS's, in factorisations, and so in counts; all else is one thread's.
/// \throws UsageError where the dense solver is the right one (no sparse matrix, at most 64 rows, more than half of the
/// spectrum) or the machine has less memory than the factor; NumericalError where the iteration does not converge, the
/// multiplicities can't be made certain, or a factor does not fit in memory.
[[nodiscard]] Spectrum sparse_spectrum(const Quadratic& problem, const SpectrumRequest& request, int threads);

}  // namespace ravine::spectra
