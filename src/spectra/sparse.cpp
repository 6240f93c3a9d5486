#include "spectra/sparse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ravine/error.hpp"
#include "spectra/blas_threads.hpp"
#include "spectra/checks.hpp"
#include "spectra/cholesky.hpp"
#include "spectra/finish.hpp"
#include "spectra/spectrum_end.hpp"

namespace ravine::spectra {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// Smaller matrices, and more than half of the spectrum, are the dense solver's.
constexpr std::int64_t least_size = 64;

}  // namespace

bool is_sparse_request(const Quadratic& problem, const SpectrumRequest& request) {
  if (!std::holds_alternative<SparseMatrix>(problem.matrix) || !request.extremes) return false;
  const std::int64_t size = size_of(problem.matrix);
  const std::int64_t asked = request.extremes->smallest + request.extremes->largest;
  return size > least_size && asked <= size / 2 && problem.kernel.dimension + asked <= size;
}

void require_sparse_request(const Quadratic& problem, const SpectrumRequest& request) {
  if (is_sparse_request(problem, request)) return;
  if (!std::holds_alternative<SparseMatrix>(problem.matrix)) {
    throw UsageError("the sparse solver takes no dense matrix: use the dense solver");
  }
  if (!request.extremes) throw UsageError("the sparse solver finds no whole spectrum: use the dense solver");
  throw UsageError(
      fmt::format("{} eigenvalues of a matrix with {} rows, {} in its kernel, are too many for the sparse solver, "
                  "which wants more than {} rows and at most half of the spectrum: use the dense solver",
                  request.extremes->smallest + request.extremes->largest, size_of(problem.matrix),
                  problem.kernel.dimension, least_size));
}

Spectrum sparse_spectrum(const Quadratic& problem, const SpectrumRequest& request, int threads) {
  require_sparse_request(problem, request);
  const auto& matrix = std::get<SparseMatrix>(problem.matrix);
  const double norm = norm_for_checks(problem.matrix);
  if (!std::isfinite(norm))
    throw NumericalError("the norm of the matrix is above the largest float64: scale the matrix");
  const BlasThreads one_thread(1);  // many small products: threads that wait for each other cost more than they give
  SparseCholesky cholesky(matrix, threads);
  const SparseProblem ends{matrix, problem.kernel, norm, cholesky};

  Spectrum spectrum;
  spectrum.size = matrix.size;
  const std::size_t values = at((request.extremes->smallest + request.extremes->largest) * matrix.size);
  spectrum.vectors.reserve(values);
  spectrum.solver = "block Lanczos with shifts inverted by " + cholmod_version();
  const auto append = [&](const SpectrumEnd& end, std::int64_t k, std::int64_t index) {
    spectrum.index.push_back(index);
    spectrum.eigenvalues.push_back(end.eigenvalues[at(k)]);
    spectrum.bounds.push_back(end.bounds[at(k)]);
    const auto begin = end.vectors.begin() + k * matrix.size;
    spectrum.vectors.insert(spectrum.vectors.end(), begin, begin + matrix.size);
  };
  const auto [smallest, largest] = *request.extremes;
  SpectrumEnd lower;
  if (smallest > 0) lower = smallest_pairs(ends, smallest);
  for (std::int64_t k = 0; k < smallest; ++k) append(lower, k, problem.kernel.dimension + 1 + k);
  if (largest > 0) {
    const SpectrumEnd upper = largest_pairs(ends, lower, largest);
    for (std::int64_t k = largest; k-- > 0;) append(upper, k, matrix.size - k);
  }
  // An eigenvalue that both ends have differs in its rounding.
  const std::vector<double> by_ends = spectrum.eigenvalues;
  std::sort(spectrum.eigenvalues.begin(), spectrum.eigenvalues.end());
  for (std::size_t k = 0; k < by_ends.size(); ++k) {
    spectrum.bounds[k] += std::fabs(spectrum.eigenvalues[k] - by_ends[k]);
  }
  finish(problem, spectrum);
  if (request.vectors == Vectors::none) {
    check(problem.matrix, spectrum);  // while there are vectors: check() keeps what it can't find without
    spectrum.vectors = {};
  }
  return spectrum;
}

}  // namespace ravine::spectra
