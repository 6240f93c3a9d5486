/// \file
/// What every spectrum has to pass before anybody sees it.
#pragma once

#include "ravine/spectrum.hpp"

namespace ravine::spectra {

/// Fills spectrum.checks: order, residual and orthogonality where there are vectors, trace and Frobenius norm where
/// all eigenvalues are there. Cost: O(nonzeros * pairs) for few pairs; for many, 16 random combinations of the pairs
/// stand for all (docs/decisions), so that the checks of a dense spectrum stay far below its own cost.
/// \throws NumericalError, with the figures, if one of them reaches its tolerance or is not a number.
void check(const SymmetricMatrix& matrix, Spectrum& spectrum);

}  // namespace ravine::spectra
