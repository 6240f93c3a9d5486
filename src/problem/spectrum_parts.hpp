/// \file
/// What every solver of spectra does before and after its own work: which eigenvalues are wanted, the kernel that is
/// known without computing, signs.
#pragma once

#include <cstdint>
#include <vector>

#include "ravine/spectrum.hpp"

namespace ravine {

/// Positions in the ascending spectrum, both ends included, from 1.
struct IndexRange {
  std::int64_t first;
  std::int64_t last;
  [[nodiscard]] std::int64_t count() const { return last - first + 1; }
};

/// The ranges that a request wants of a problem's spectrum, ascending: one of all where it names no extremes or where
/// they meet, or those at the ends, each only where it has any.
[[nodiscard]] std::vector<IndexRange> wanted_ranges(const Quadratic& problem, const SpectrumRequest& request);

/// Puts what is known of the kernel in the place of what was computed of it: the eigenvalues among the first
/// kernel.dimension become exactly 0, and their vectors the indicators of its components, scaled to length 1.
/// \throws NumericalError if one of them is not 0 within rounding: 8 n epsilon times the norm of A.
void settle_kernel(const Quadratic& problem, Spectrum& spectrum);

/// Makes each vector's first component that is at least half as large as its largest one positive: eigenvectors are
/// known up to their sign only. The half keeps the choice from hanging on the last bits of two that are equal in size.
void settle_signs(Spectrum& spectrum);

}  // namespace ravine
