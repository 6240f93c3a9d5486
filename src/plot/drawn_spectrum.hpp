/// \file
/// A frozen spectrum as pictures want it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ravine/spectrum_store.hpp"
#include "ravine/stored_eigenvalues.hpp"

namespace ravine::detail {

/// Its eigenvalues, and what is known of them. Eigenvectors are read when they are asked for.
class DrawnSpectrum {
 public:
  /// \throws DataError, IoError.
  explicit DrawnSpectrum(const SpectrumStore& store);

  [[nodiscard]] const SpectrumStore& store() const { return store_; }
  [[nodiscard]] const std::string& title() const { return title_; }
  [[nodiscard]] std::int64_t size() const { return stored_.size; }           ///< n
  [[nodiscard]] std::size_t count() const { return stored_.values.size(); }  ///< of the eigenvalues that are stored
  [[nodiscard]] bool whole() const { return static_cast<std::int64_t>(count()) == size(); }
  /// Of stored eigenvalue number `k`: its position in the spectrum, from 1.
  [[nodiscard]] std::int64_t position(std::size_t k) const { return stored_.positions[k]; }
  [[nodiscard]] double eigenvalue(std::size_t k) const { return stored_.values[k]; }
  /// Is it no further from zero than its error may be?
  [[nodiscard]] bool may_be_zero(std::size_t k) const { return stored_.sign(k) == 0; }
  /// How many stored eigenvalues may be equal to this one, itself included.
  [[nodiscard]] std::int64_t multiplicity(std::size_t k) const;

  /// Eigenvalues that are zero, or may be; those of a kernel that is known and was not computed included.
  [[nodiscard]] std::int64_t zeros() const { return stored_.zeros(); }
  /// The first stored eigenvalue above zero.
  [[nodiscard]] std::optional<std::size_t> first_above_zero() const;
  /// The largest eigenvalue of all; nothing if it is not stored.
  [[nodiscard]] std::optional<double> largest() const;
  /// The largest over the smallest above zero; nothing if one of them is not stored, or some are below zero.
  [[nodiscard]] std::optional<double> kappa() const { return stored_.kappa_nonzero(); }

  [[nodiscard]] bool has_vectors() const { return store_.has("eigenvector"); }
  /// The components of eigenvector number `k`; of the two signs that in which the first component of more than half
  /// the greatest size is positive.
  [[nodiscard]] std::vector<double> eigenvector(std::size_t k);

 private:
  SpectrumStore store_;
  std::string title_;
  StoredEigenvalues stored_;
  std::vector<double> vectors_;  ///< empty until they are asked for
};

/// "κ = 523", "n = 36", ...: what a picture says of a spectrum, shortest first.
[[nodiscard]] std::vector<std::string> spectrum_remarks(const DrawnSpectrum& spectrum);

}  // namespace ravine::detail
