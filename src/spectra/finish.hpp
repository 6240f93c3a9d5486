/// \file
/// What a solver's eigenpairs still need: the known kernel exactly, and signs that do not flip.
#pragma once

#include "ravine/spectrum.hpp"

namespace ravine::spectra {

/// Makes the known kernel exact and gives each vector its sign.
/// Eigenvalues of the kernel (those with an index up to its dimension), found to be 0 within the tolerance of the
/// checks, become 0. Their vectors become the indicators of the components, of length 1; out of all others, what they
/// have of those is taken: where the smallest eigenvalue above 0 is close to it, a solver mixes its vector with the
/// kernel's. Of the components of a vector that are at least 0.9 of the largest in size, the first is positive.
/// \throws NumericalError if an eigenvalue of the kernel is not 0 within the tolerance.
void finish(const Quadratic& problem, Spectrum& spectrum);

}  // namespace ravine::spectra
