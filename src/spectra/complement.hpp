/// \file
/// What is orthogonal to a known kernel, and to vectors that have been found.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ravine/problem.hpp"

namespace ravine::spectra {

class Complement {
 public:
  Complement(std::int64_t size, const Kernel& kernel);

  [[nodiscard]] std::int64_t kernel_dimension() const { return static_cast<std::int64_t>(vertices_.size()); }
  /// The first vertex of each component.
  [[nodiscard]] std::vector<std::int32_t> representatives() const;
  /// Dimension of what is orthogonal to the kernel and to these orthonormal vectors.
  [[nodiscard]] std::int64_t dimension(std::span<const double> found) const;
  /// Takes the kernel and the orthonormal vectors `found` out of some columns.
  void project(std::span<const double> found, std::span<double> x, std::int64_t columns) const;

 private:
  std::int64_t size_;
  std::vector<std::int32_t> component_;
  std::vector<double> vertices_;  ///< of each component: how many
};

}  // namespace ravine::spectra
