/// \file
/// Which eigenvalues a request wants, by their positions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ravine/spectrum.hpp"

namespace ravine::spectra {

/// Positions in the ascending spectrum, both ends included, from 1.
struct IndexRange {
  std::int64_t first;
  std::int64_t last;
  [[nodiscard]] std::int64_t count() const { return last - first + 1; }
};

/// The ranges that a request wants of a problem's spectrum, ascending: one of all where it names no extremes or where
/// they meet, or those at the ends, each only where it has any.
/// \throws UsageError for a matrix without rows and for extremes of none.
[[nodiscard]] std::vector<IndexRange> wanted_ranges(const Quadratic& problem, const SpectrumRequest& request);

/// Leaves out what is in none of the ranges, which ascend, of a whole spectrum.
void keep_ranges(std::span<const IndexRange> ranges, Spectrum& spectrum);

}  // namespace ravine::spectra
