// Dense linear algebra on a device: cuSOLVER and cuBLAS, which are loaded when they are first used. Plain C++, also
// without CUDA.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ravine/spectrum.hpp"

namespace ravine::cuda {

// Each function: \throws BackendError where CUDA, the device or the library can't be used, OutOfDeviceMemory with what
// is needed and what is free. `device` is an ordinal (kernels/devices.hpp).

/// All eigenvalues (Xsyevd), or those at the ends (Xsyevdx by index, once for each end; without vectors Xsyevd is no
/// dearer and gives both). Equal bits in every run on one kind of device with one version of cuSOLVER. The known kernel
/// is put in its place and vectors get their signs (spectra/finish.hpp). Unchecked otherwise: spectra::check() is the
/// caller's; ends without vectors are checked here, while all eigenvalues are there.
/// Memory: n^2 float64 on the device for A, and cuSOLVER's workspace, which it says itself; on the host n^2 for A where
/// it is sparse, and the spectrum.
/// \throws NumericalError where cuSOLVER gives none or the kernel is not found, UsageError where nothing is wanted.
[[nodiscard]] Spectrum dense_spectrum(const Quadratic& problem, const SpectrumRequest& request, int device = 0);

/// The whole spectra of matrices of one size, as many at a time as fit the device (XsyevBatched).
/// Precondition: equal sizes. \throws NumericalError where cuSOLVER gives none.
[[nodiscard]] std::vector<Spectrum> dense_spectra(std::span<const DenseMatrix> matrices, Vectors vectors,
                                                  int device = 0);

/// x with A x = b for a positive definite A, by Cholesky's factors (Xpotrf, Xpotrs).
/// Precondition: b has the matrix's size. \throws NumericalError where A is not positive definite.
[[nodiscard]] std::vector<double> dense_solution(const DenseMatrix& matrix, std::span<const double> b, int device = 0);

/// The components of x along vectors: the dot product of x with each row of `vectors`, which has as many rows of x's
/// size as it has room for.
[[nodiscard]] std::vector<double> project(std::span<const double> vectors, std::span<const double> x, int device = 0);

}  // namespace ravine::cuda
