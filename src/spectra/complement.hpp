/// \file
/// What is orthogonal to a known kernel, and to vectors that are known.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ravine/problem.hpp"

namespace ravine::spectra {

class Complement {
 public:
  /// \param others more orthonormal vectors to be kept out; they must outlive the object.
  Complement(std::int64_t size, const Kernel& kernel, std::span<const double> others);

  [[nodiscard]] std::int64_t kernel_dimension() const { return static_cast<std::int64_t>(vertices_.size()); }
  /// The first vertex of each component.
  [[nodiscard]] std::vector<std::int32_t> representatives() const;
  /// Dimension of what is orthogonal to all of it and to these orthonormal vectors.
  [[nodiscard]] std::int64_t dimension(std::span<const double> found) const;
  /// Takes all of it and the orthonormal vectors `found` out of some columns.
  void project(std::span<const double> found, std::span<double> x, std::int64_t columns) const;

 private:
  void take_out_kernel(std::span<double> x, std::int64_t columns) const;
  void take_out(std::span<const double> vectors, std::span<double> x, std::int64_t columns) const;

  std::int64_t size_;
  std::vector<std::int32_t> component_;
  std::span<const double> others_;
  std::vector<double> vertices_;  ///< of each component: how many
};

}  // namespace ravine::spectra
