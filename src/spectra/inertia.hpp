/// \file
/// How many eigenvalues of a sparse symmetric matrix are below a number, whatever an iteration has found.
#pragma once

#include <cstdint>

#include "spectra/cholesky.hpp"

namespace ravine::spectra {

struct Inertia {
  std::int64_t negative = 0;  ///< eigenvalues below the shift
  /// The count is that of a matrix which differs from the one meant by about this much: an eigenvalue closer to the
  /// shift may be counted on the wrong side of it. 64 times what rounding does to the worst row, not a proven bound of
  /// a norm.
  double uncertainty = 0;
};

/// Sylvester's law of inertia: A - shift I = L S L' with signs S has as many negative signs as negative eigenvalues.
/// Without exchanges of rows, so with a bound on what it may have lost. No pins. `nodes` is the pattern of A's factor.
/// Time and memory: those of one supernodal Cholesky factor, whose memory is freed at the end.
[[nodiscard]] Inertia inertia_of(const SparseMatrix& matrix, const ShiftedMatrix& shifted, const Supernodes& nodes);

}  // namespace ravine::spectra
