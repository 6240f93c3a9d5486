#include "spectra/solution.hpp"

#include <cblas.h>
#include <fmt/format.h>
#include <lapacke.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <new>

#include "ravine/error.hpp"
#include "spectra/blas_threads.hpp"
#include "spectra/checks.hpp"
#include "spectra/dense.hpp"

namespace ravine::spectra {
namespace {

double length_of(std::span<const double> x) {
  return cblas_dnrm2(static_cast<int>(x.size()), x.data(), 1);
}

void require_success(lapack_int info, const char* routine) {
  if (info == 0) return;
  if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR) throw std::bad_alloc();
  throw NumericalError(fmt::format("LAPACK's {} gave no solution: info = {}, and has to be 0", routine, info));
}

/// ||A w - b|| / (||A|| ||w|| + ||b||), 0 where all are 0.
double backward_error(const DenseMatrix& matrix, std::span<const double> w, std::span<const double> b) {
  const int n = static_cast<int>(matrix.size);
  std::vector<double> residual(b.begin(), b.end());
  cblas_dsymv(CblasColMajor, CblasLower, n, 1.0, matrix.value.data(), n, w.data(), 1, -1.0, residual.data(), 1);
  const double length = length_of(residual);
  return length == 0 ? 0.0 : length / (norm_for_checks(matrix) * length_of(w) + length_of(b));
}

/// Q x: the vector that has these components along the vectors.
std::vector<double> combine(std::span<const double> vectors, std::span<const double> components) {
  const int count = static_cast<int>(components.size());
  const int size = count == 0 ? 0 : static_cast<int>(vectors.size() / components.size());
  std::vector<double> x(static_cast<std::size_t>(size));
  cblas_dgemv(CblasColMajor, CblasNoTrans, size, count, 1.0, vectors.data(), size, components.data(), 1, 0.0, x.data(),
              1);
  return x;
}

}  // namespace

std::variant<Solution, NoCholeskyFactors> dense_solution(const DenseMatrix& matrix, std::span<const double> b,
                                                         int threads) {
  assert(static_cast<std::int64_t>(b.size()) == matrix.size);
  if (matrix.size > largest_dense_size) {
    throw UsageError(
        fmt::format("the matrix has {} rows: dense Cholesky factors take at most {}, since LAPACK counts in "
                    "32 bits. Give it in a sparse format",
                    matrix.size, largest_dense_size));
  }
  const BlasThreads blas_threads(threads);
  const auto n = static_cast<lapack_int>(matrix.size);
  const lapack_int stride = std::max(n, 1);
  std::vector<double> factor = matrix.value;
  const lapack_int info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', n, factor.data(), stride);
  if (info > 0) return NoCholeskyFactors{info};
  require_success(info, "dpotrf");
  Solution solution{{b.begin(), b.end()}, 0};
  require_success(LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'L', n, 1, factor.data(), stride, solution.w.data(), stride),
                  "dpotrs");
  solution.residual = backward_error(matrix, solution.w, b);
  const double tolerance = tolerance_of_checks(matrix.size);
  if (!(solution.residual < tolerance)) {
    throw NumericalError(
        fmt::format("the solution of A w = b has a residual of {:.3g}, relative to ||A|| ||w|| + ||b||: "
                    "it has to be below {:.3g}",
                    solution.residual, tolerance));
  }
  return solution;
}

SpectralSolution solution_from_spectrum(const Spectrum& spectrum, std::span<const double> b) {
  assert(spectrum.eigenvalues.size() == b.size() && spectrum.vectors.size() == b.size() * b.size());
  std::vector<double> components = project(spectrum.vectors, b);
  double largest = 0;
  for (const double lambda : spectrum.eigenvalues) largest = std::max(largest, std::fabs(lambda));
  const double zero = tolerance_of_checks(spectrum.size) * largest;
  std::vector<double> outside;
  for (std::size_t k = 0; k < components.size(); ++k) {
    if (std::fabs(spectrum.eigenvalues[k]) <= zero) {
      outside.push_back(components[k]);
      components[k] = 0;
    } else {
      components[k] /= spectrum.eigenvalues[k];
    }
  }
  const double length = length_of(b);
  return {combine(spectrum.vectors, components), length == 0 ? 0.0 : length_of(outside) / length};
}

std::vector<double> project(std::span<const double> vectors, std::span<const double> x) {
  assert(!x.empty() && vectors.size() % x.size() == 0);
  const int size = static_cast<int>(x.size());
  const int count = static_cast<int>(vectors.size() / x.size());
  std::vector<double> components(static_cast<std::size_t>(count));
  cblas_dgemv(CblasColMajor, CblasTrans, size, count, 1.0, vectors.data(), size, x.data(), 1, 0.0, components.data(),
              1);
  return components;
}

}  // namespace ravine::spectra
