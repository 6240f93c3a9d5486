/// \file
/// The eigenvalues of a frozen spectrum, and which of them are zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "ravine/spectrum_store.hpp"

namespace ravine {

/// Ascending; arrays of one length.
struct StoredEigenvalues {
  std::vector<double> values;
  std::vector<double> bounds;              ///< on the error of each
  std::vector<std::int64_t> positions;     ///< in the whole spectrum, from 1
  std::int64_t size = 0;                   ///< n, of the whole spectrum
  std::int64_t kernel = 0;                 ///< how many are known to be zero; they need not be stored
  bool is_positive_beyond_kernel = false;  ///< whether all others are known to be above zero

  /// 1: above zero; -1: below; 0: zero, or no further from it than its error may be.
  [[nodiscard]] int sign(std::size_t k) const;
  /// Those of sign 0, and those of the kernel that are not stored.
  [[nodiscard]] std::int64_t zeros() const;
  [[nodiscard]] std::int64_t negatives() const;
  /// The one at that position of the whole spectrum, if it is stored or in the kernel.
  [[nodiscard]] std::optional<double> at(std::int64_t position) const;
  /// The first above zero, where all before it are known to be zero.
  [[nodiscard]] std::optional<std::size_t> smallest_nonzero() const;
  /// The largest over the smallest nonzero.
  [[nodiscard]] std::optional<double> kappa_nonzero() const;
};

/// The store's record has seen to it that the arrays fit each other. \throws DataError if one is damaged; IoError.
[[nodiscard]] StoredEigenvalues stored_eigenvalues(const SpectrumStore& store);

}  // namespace ravine
