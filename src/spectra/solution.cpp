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
#include "spectra/cholesky.hpp"
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

/// norm_for_checks of a matrix that would have to be copied for it.
double norm_of(const DenseMatrix& matrix) {
  const auto n = static_cast<lapack_int>(matrix.size);
  const auto norm = [&](char kind) {
    return LAPACKE_dlansy(LAPACK_COL_MAJOR, kind, 'L', n, matrix.value.data(), std::max(n, 1));
  };
  return std::min(norm('F'), norm('I'));
}

/// ||A w - b|| / (||A|| ||w|| + ||b||), 0 where all are 0.
double backward_error(const DenseMatrix& matrix, std::span<const double> w, std::span<const double> b) {
  const int n = static_cast<int>(matrix.size);
  std::vector<double> residual(b.begin(), b.end());
  cblas_dsymv(CblasColMajor, CblasLower, n, 1.0, matrix.value.data(), n, w.data(), 1, -1.0, residual.data(), 1);
  const double length = length_of(residual);
  // (Divided by the norm first: its product with ||w|| may be above the largest float64.)
  const double norm = norm_of(matrix);
  return length == 0 ? 0.0 : length / norm / (length_of(w) + length_of(b) / norm);
}

/// Of dpotrf.
struct DenseFactor {
  lapack_int size;
  std::vector<double> value;
  [[nodiscard]] lapack_int stride() const { return std::max(size, 1); }
};

std::variant<DenseFactor, NoCholeskyFactors> factorise(const DenseMatrix& matrix) {
  if (matrix.size > largest_dense_size) {
    throw UsageError(
        fmt::format("the matrix has {} rows: dense Cholesky factors take at most {}, since LAPACK counts in "
                    "32 bits. Give it in a sparse format",
                    matrix.size, largest_dense_size));
  }
  DenseFactor factor{static_cast<lapack_int>(matrix.size), matrix.value};
  const lapack_int info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', factor.size, factor.value.data(), factor.stride());
  if (info > 0) return NoCholeskyFactors{info};
  require_success(info, "dpotrf");
  return factor;
}

double smallest_by_factors(const DenseMatrix& matrix) {
  const std::variant<DenseFactor, NoCholeskyFactors> outcome = factorise(matrix);
  const auto* const factor = std::get_if<DenseFactor>(&outcome);
  if (factor == nullptr) return 0;
  constexpr double norm = 1;  // dpocon divides by it, no more
  double inverse = 0;
  require_success(
      LAPACKE_dpocon(LAPACK_COL_MAJOR, 'L', factor->size, factor->value.data(), factor->stride(), norm, &inverse),
      "dpocon");
  return inverse;
}

/// dlacn2 asks for products with A^-1, a few times.
double smallest_by_factors(const SparseMatrix& matrix, int threads) {
  SparseCholesky factors(matrix, threads);
  if (factors.factorise({}) != SparseCholesky::Outcome::done) return 0;
  const auto n = static_cast<lapack_int>(matrix.size);
  std::vector<double> asked(static_cast<std::size_t>(n));
  std::vector<double> product(asked.size());
  std::vector<double> work(asked.size());
  std::vector<lapack_int> signs(asked.size());
  lapack_int task = 0;
  lapack_int state[3] = {};
  for (double norm = 0;;) {
    // Not finite: A^-1 is beyond float64.
    if (!std::all_of(asked.begin(), asked.end(), [](double x) { return std::isfinite(x); })) return 0;
    require_success(LAPACKE_dlacn2(n, work.data(), asked.data(), signs.data(), &norm, &task, state), "dlacn2");
    if (task == 0) return 1 / norm;
    factors.solve(asked, product, 1);
    asked.swap(product);
  }
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
  const BlasThreads blas_threads(threads);
  std::variant<DenseFactor, NoCholeskyFactors> outcome = factorise(matrix);
  if (const auto* const none = std::get_if<NoCholeskyFactors>(&outcome)) return *none;
  const auto& factor = std::get<DenseFactor>(outcome);
  Solution solution{{b.begin(), b.end()}, 0};
  require_success(LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'L', factor.size, 1, factor.value.data(), factor.stride(),
                                 solution.w.data(), factor.stride()),
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
  assert(spectrum.bounds.size() == b.size());
  std::vector<double> components = project(spectrum.vectors, b);
  std::vector<double> outside;
  for (std::size_t k = 0; k < components.size(); ++k) {
    if (std::fabs(spectrum.eigenvalues[k]) <= spectrum.bounds[k]) {
      outside.push_back(components[k]);
      components[k] = 0;
    } else {
      components[k] /= spectrum.eigenvalues[k];
    }
  }
  const double length = length_of(b);
  return {combine(spectrum.vectors, components), length == 0 ? 0.0 : length_of(outside) / length};
}

double smallest_by_factors(const SymmetricMatrix& matrix, int threads) {
  const BlasThreads blas_threads(threads);
  const auto* const sparse = std::get_if<SparseMatrix>(&matrix);
  return sparse != nullptr ? smallest_by_factors(*sparse, threads) : smallest_by_factors(std::get<DenseMatrix>(matrix));
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
