/// \file
/// Dense spectra on the cpu: LAPACK.
#pragma once

#include "ravine/spectrum.hpp"

namespace ravine::spectra {

/// LAPACK counts in 32 bits: the entries of a matrix, and for vectors 2 n^2 + 6 n + 1 numbers of workspace.
constexpr std::int64_t largest_dense_size = 46'340;
constexpr std::int64_t largest_dense_size_with_vectors = 32'766;

/// All eigenvalues, by dsyevd, or of them the ends. (dsyevr computes a range by index. For two ranges it takes as long
/// as dsyevd for all, and where an eigenvalue has places in both, their vectors are not orthogonal.) Where the ends
/// meet, it is the whole spectrum, with the kernel. The known kernel is exact and signs are fixed (finish).
/// check() is the caller's; ends have passed it among all others before, which left their trace and Frobenius norm.
/// Equal calls give equal bits. Memory, beside the problem's: n^2 float64; 3 n^2 with vectors. Threads: BLAS's.
/// \throws UsageError for a size of 0 or beyond LAPACK, NumericalError where LAPACK gives no eigenvalues.
[[nodiscard]] Spectrum dense_spectrum(const Quadratic& problem, const SpectrumRequest& request, int threads);

}  // namespace ravine::spectra
