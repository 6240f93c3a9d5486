/// \file
/// Dense spectra on the cpu: LAPACK.
#pragma once

#include "ravine/spectrum.hpp"

namespace ravine::spectra {

/// All eigenvalues (dsyevd), or those at the ends (dsyevr by index). Eigenvalues of the known kernel are set to exactly
/// 0 once they have been found to be 0 within the tolerance. Unchecked otherwise: check() is the caller's.
/// Memory: 2 n^2 float64 with vectors, n^2 without; threads: BLAS's.
/// \throws NumericalError where LAPACK gives none.
[[nodiscard]] Spectrum dense_spectrum(const Quadratic& problem, const SpectrumRequest& request, int threads);

}  // namespace ravine::spectra
