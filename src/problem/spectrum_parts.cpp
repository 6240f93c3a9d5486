#include "problem/spectrum_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "ravine/error.hpp"

namespace ravine {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

std::span<double> vector_of(Spectrum& spectrum, std::size_t pair) {
  return std::span(spectrum.vectors).subspan(pair * at(spectrum.size), at(spectrum.size));
}

/// The indicator of a component of the kernel, of length 1.
void write_indicator(const Kernel& kernel, std::int64_t which, std::span<double> vector) {
  const auto members = std::count(kernel.component.begin(), kernel.component.end(), which);
  const double value = 1 / std::sqrt(static_cast<double>(members));
  std::transform(kernel.component.begin(), kernel.component.end(), vector.begin(),
                 [which, value](std::int32_t component) { return component == which ? value : 0.0; });
}

}  // namespace

std::vector<IndexRange> wanted_ranges(const Quadratic& problem, const SpectrumRequest& request) {
  const std::int64_t size = size_of(problem.matrix);
  const IndexRange all{1, size};
  if (!request.extremes) return {all};
  const IndexRange small{problem.kernel.dimension + 1, problem.kernel.dimension + request.extremes->smallest};
  const IndexRange large{size - request.extremes->largest + 1, size};
  if (small.last + 1 >= large.first) return {all};
  std::vector<IndexRange> ranges;
  for (const IndexRange& range : {small, large}) {
    if (range.count() > 0) ranges.push_back(range);
  }
  return ranges;
}

void settle_kernel(const Quadratic& problem, Spectrum& spectrum) {
  const std::int64_t dimension = problem.kernel.dimension;
  if (dimension == 0) return;
  const double tolerance =
      8 * static_cast<double>(spectrum.size) * std::numeric_limits<double>::epsilon() * row_sum_norm_of(problem.matrix);
  for (std::size_t pair = 0; pair < spectrum.index.size() && spectrum.index[pair] <= dimension; ++pair) {
    double& eigenvalue = spectrum.eigenvalues[pair];
    if (!(std::fabs(eigenvalue) <= tolerance)) {
      throw NumericalError(
          fmt::format("eigenvalue {} of {} was computed as {:.3g}; wanted 0 within {:.1g}, as the matrix has a kernel "
                      "of dimension {}",
                      spectrum.index[pair], spectrum.size, eigenvalue, tolerance, dimension));
    }
    eigenvalue = 0;
    if (!spectrum.vectors.empty()) write_indicator(problem.kernel, spectrum.index[pair] - 1, vector_of(spectrum, pair));
  }
}

void settle_signs(Spectrum& spectrum) {
  if (spectrum.vectors.empty()) return;
  for (std::size_t pair = 0; pair < spectrum.index.size(); ++pair) {
    const std::span<double> vector = vector_of(spectrum, pair);
    double largest = 0;
    for (const double component : vector) largest = std::max(largest, std::fabs(component));
    const auto first = std::find_if(vector.begin(), vector.end(),
                                    [largest](double component) { return std::fabs(component) >= largest / 2; });
    if (first == vector.end() || !std::signbit(*first)) continue;
    for (double& component : vector) component = -component;
  }
}

}  // namespace ravine
