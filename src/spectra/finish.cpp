#include "spectra/finish.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "ravine/error.hpp"
#include "spectra/checks.hpp"

namespace ravine::spectra {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// Below 1, so that components which are equal but for their rounding do not decide by it; no ratio of components that
/// symmetries make.
constexpr double almost_largest = 0.9;

/// The largest absolute value; in eight lanes, as SIMD has them.
double largest_of(std::span<const double> vector) {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> largest{};
  std::size_t i = 0;
  for (; i + lanes <= vector.size(); i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      largest[lane] = std::max(largest[lane], std::fabs(vector[i + lane]));
    }
  }
  for (; i < vector.size(); ++i) largest[0] = std::max(largest[0], std::fabs(vector[i]));
  return *std::max_element(largest.begin(), largest.end());
}

void fix_sign(std::span<double> vector) {
  const double largest = largest_of(vector);
  const auto decides = std::find_if(vector.begin(), vector.end(),
                                    [largest](double x) { return std::fabs(x) >= almost_largest * largest; });
  if (decides == vector.end() || *decides >= 0) return;
  for (double& x : vector) x = -x;
}

/// The components of a kernel: which vertex is where, and how many vertices each has.
class Components {
 public:
  explicit Components(const Kernel& kernel) : component_(kernel.component), vertices_(at(kernel.dimension)) {
    for (const std::int32_t component : component_) {
      if (component >= 0) ++vertices_[at(component)];
    }
  }
  /// The indicator of a component, of length 1.
  void write_indicator(std::int64_t component, std::span<double> vector) const {
    const double value = 1 / std::sqrt(vertices_[at(component)]);
    for (std::size_t i = 0; i < vector.size(); ++i) vector[i] = component_[i] == component ? value : 0.0;
  }
  /// Makes the vector orthogonal to all indicators, and of length 1.
  void take_out_of(std::span<double> vector) const {
    std::vector<double> mean(vertices_.size());
    for (std::size_t i = 0; i < vector.size(); ++i) {
      if (component_[i] >= 0) mean[at(component_[i])] += vector[i];
    }
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] /= vertices_[c];
    double squares = 0;
    for (std::size_t i = 0; i < vector.size(); ++i) {
      if (component_[i] >= 0) vector[i] -= mean[at(component_[i])];
      squares += vector[i] * vector[i];
    }
    const double length = std::sqrt(squares);
    for (double& x : vector) x /= length;
  }

 private:
  const std::vector<std::int32_t>& component_;
  std::vector<double> vertices_;
};

void clear_kernel(const Quadratic& problem, Spectrum& spectrum, std::size_t in_kernel) {
  if (in_kernel == 0) return;
  const double bound = tolerance_of_checks(spectrum.size) * norm_for_checks(problem.matrix);
  for (std::size_t k = 0; k < in_kernel; ++k) {
    double& lambda = spectrum.eigenvalues[k];
    if (!(std::fabs(lambda) <= bound)) {
      throw NumericalError(
          fmt::format("eigenvalue {} is {:.3g}, and has to be 0 within {:.3g}: the kernel of the "
                      "matrix has dimension {}",
                      spectrum.index[k], lambda, bound, problem.kernel.dimension));
    }
    lambda = 0;
  }
}

}  // namespace

void finish(const Quadratic& problem, Spectrum& spectrum) {
  const std::int64_t dimension = problem.kernel.dimension;
  const auto above = std::upper_bound(spectrum.index.begin(), spectrum.index.end(), dimension);
  clear_kernel(problem, spectrum, static_cast<std::size_t>(above - spectrum.index.begin()));
  if (spectrum.vectors.empty()) return;

  const Components components(problem.kernel);
  for (std::size_t k = 0; k < spectrum.index.size(); ++k) {
    const std::span<double> vector = std::span(spectrum.vectors).subspan(k * at(spectrum.size), at(spectrum.size));
    if (spectrum.index[k] <= dimension) {
      components.write_indicator(spectrum.index[k] - 1, vector);
    } else {
      if (dimension > 0) components.take_out_of(vector);
      fix_sign(vector);
    }
  }
}

}  // namespace ravine::spectra
