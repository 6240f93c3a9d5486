/// \file
/// The ends of the spectrum of a large sparse matrix on the cpu: Spectra, with CHOLMOD for the shifted inverse.
#pragma once

#include "ravine/spectrum.hpp"

namespace ravine::spectra {

/// The smallest eigenvalues above the known kernel and the largest, multiple ones as often as they are. Unchecked
/// otherwise: check() is the caller's.
/// \throws NumericalError where the iteration does not converge or the multiplicities can't be made certain.
[[nodiscard]] Spectrum sparse_spectrum(const Quadratic& problem, const SpectrumRequest& request, int threads);

}  // namespace ravine::spectra
