#include "spectra/sparse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ravine/error.hpp"
#include "spectra/blas_threads.hpp"
#include "spectra/cholesky.hpp"
#include "spectra/spectrum_end.hpp"

namespace ravine::spectra {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// Smaller matrices, and more than half of the spectrum, are the dense solver's.
constexpr std::int64_t least_size = 64;

void require_few(const Quadratic& problem, const SpectrumRequest& request) {
  if (!std::holds_alternative<SparseMatrix>(problem.matrix)) {
    throw UsageError("the sparse solver takes no dense matrix: use the dense solver");
  }
  if (!request.extremes) throw UsageError("the sparse solver finds no whole spectrum: use the dense solver");
  const std::int64_t size = size_of(problem.matrix);
  const std::int64_t asked = request.extremes->smallest + request.extremes->largest;
  if (size <= least_size || asked > size / 2 || problem.kernel.dimension + asked > size) {
    throw UsageError(
        fmt::format("{} eigenvalues of a matrix with {} rows, {} in its kernel, are too many for the sparse solver, "
                    "which wants more than {} rows and at most half of the spectrum: use the dense solver",
                    asked, size, problem.kernel.dimension, least_size));
  }
}

/// Symmetries make components that are equal but for their rounding: which of them is the largest must not matter.
constexpr double almost_largest = 0.9;

void fix_sign(std::span<double> vector) {
  double largest = 0;
  for (const double x : vector) largest = std::max(largest, std::fabs(x));
  const auto decides = std::find_if(vector.begin(), vector.end(),
                                    [largest](double x) { return std::fabs(x) >= almost_largest * largest; });
  if (decides == vector.end() || *decides > 0) return;
  for (double& x : vector) x = -x;
}

}  // namespace

Spectrum sparse_spectrum(const Quadratic& problem, const SpectrumRequest& request, int threads) {
  require_few(problem, request);
  const auto& matrix = std::get<SparseMatrix>(problem.matrix);
  const BlasThreads blas_threads(threads);
  SparseCholesky cholesky(matrix);

  Spectrum spectrum;
  spectrum.size = matrix.size;
  spectrum.solver = "block Lanczos with shifts inverted by " + cholmod_version();
  const auto append = [&](const SpectrumEnd& end, std::int64_t k, std::int64_t index) {
    spectrum.index.push_back(index);
    spectrum.eigenvalues.push_back(end.eigenvalues[at(k)]);
    if (request.vectors == Vectors::none) return;
    const auto begin = end.vectors.begin() + k * matrix.size;
    spectrum.vectors.insert(spectrum.vectors.end(), begin, begin + matrix.size);
    fix_sign(std::span(spectrum.vectors).last(at(matrix.size)));
  };
  const auto [smallest, largest] = *request.extremes;
  if (smallest > 0) {
    const SpectrumEnd end = smallest_pairs({matrix, problem.kernel, cholesky}, smallest);
    for (std::int64_t k = 0; k < smallest; ++k) append(end, k, problem.kernel.dimension + 1 + k);
  }
  if (largest > 0) {
    const SpectrumEnd end = largest_pairs({matrix, problem.kernel, cholesky}, largest);
    for (std::int64_t k = largest; k-- > 0;) append(end, k, matrix.size - k);
  }
  return spectrum;
}

}  // namespace ravine::spectra
