// The large end of a sparse matrix's spectrum on a device. Plain C++, also without CUDA.
#pragma once

#include <cstdint>

#include "ravine/spectrum.hpp"

namespace ravine::cuda {

/// The `count` largest eigenvalues, multiple ones as often as they are, by Lanczos's method (kernels/lanczos.hpp) over
/// cuSPARSE and cuBLAS. Equal bits in every run on one kind of device with one version of the libraries. Unchecked but
/// for the residual of each pair: spectra::check() is the caller's.
/// Memory on the device: the matrix and 6 count + 61 vectors, fewer where it is short.
/// Preconditions: the problem's matrix is sparse; count is from 1 to n.
/// \throws BackendError where CUDA, the device or a library can't be used, OutOfDeviceMemory with what is needed and
/// what is free, NumericalError where it does not converge.
[[nodiscard]] Spectrum largest_eigenvalues(const Quadratic& problem, std::int64_t count, Vectors vectors,
                                           int device = 0);

}  // namespace ravine::cuda
