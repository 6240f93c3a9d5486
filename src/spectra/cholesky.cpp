#include "spectra/cholesky.hpp"

#include <cholmod.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "io/memory.hpp"
#include "spectra/blas_threads.hpp"

namespace ravine::spectra {
namespace {

static_assert(sizeof(SuiteSparse_long) == sizeof(std::int64_t));

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

std::span<const std::int64_t> indices(const void* first, std::size_t count) {
  return {static_cast<const std::int64_t*>(first), count};
}

}  // namespace

struct SparseCholesky::Cholmod {
  explicit Cholmod(const SparseMatrix& of) : matrix(of) {
    cholmod_l_start(&common);
    common.print = 0;  // what is wrong is said by exceptions
    common.supernodal = CHOLMOD_SUPERNODAL;
    common.quick_return_if_not_posdef = 1;
  }
  ~Cholmod() {
    cholmod_l_free_dense(&solution, &common);
    cholmod_l_free_dense(&rows_of_solution, &common);
    cholmod_l_free_dense(&rows_of_update, &common);
    cholmod_l_free_factor(&factor, &common);
    cholmod_l_free_sparse(&triangle, &common);
    cholmod_l_finish(&common);
  }
  Cholmod(const Cholmod&) = delete;
  Cholmod& operator=(const Cholmod&) = delete;

  /// CHOLMOD's statuses below 0 are errors.
  void require_success(const char* doing) const {
    if (common.status >= CHOLMOD_OK) return;
    const char* const why = common.status == CHOLMOD_OUT_OF_MEMORY ? "there is not enough memory"
                            : common.status == CHOLMOD_TOO_LARGE   ? "it is too large"
                                                                   : "CHOLMOD refused";
    throw NumericalError(
        fmt::format("{} a sparse matrix with {} rows: {} (CHOLMOD status {})", doing, matrix.size, why, common.status));
  }

  void make_triangle() {
    std::int64_t entries = matrix.size;  // every diagonal entry, for pins
    for (std::int64_t row = 0; row < matrix.size; ++row) {
      for (std::int64_t k = matrix.row_begin[at(row)]; k < matrix.row_begin[at(row + 1)]; ++k) {
        if (matrix.column[at(k)] > row) ++entries;
      }
    }
    const std::size_t n = at(matrix.size);
    triangle = cholmod_l_allocate_sparse(n, n, at(entries), 1, 1, -1, CHOLMOD_REAL, &common);
    require_success("copying");
    auto* const begin = static_cast<std::int64_t*>(triangle->p);
    auto* const row_of = static_cast<std::int64_t*>(triangle->i);
    std::int64_t next = 0;
    for (std::int64_t column = 0; column < matrix.size; ++column) {
      begin[column] = next;
      row_of[next++] = column;
      for (std::int64_t k = matrix.row_begin[at(column)]; k < matrix.row_begin[at(column + 1)]; ++k) {
        if (matrix.column[at(k)] > column) row_of[next++] = matrix.column[at(k)];
      }
    }
    begin[matrix.size] = next;
  }

  /// The shift is CHOLMOD's own part.
  void set_values(const ShiftedMatrix& what) {
    const auto* const begin = static_cast<const std::int64_t*>(triangle->p);
    auto* const value = static_cast<double*>(triangle->x);
    for (std::int64_t column = 0; column < matrix.size; ++column) {
      std::int64_t next = begin[column];
      double& diagonal = value[next++];
      diagonal = 0;
      for (std::int64_t k = matrix.row_begin[at(column)]; k < matrix.row_begin[at(column + 1)]; ++k) {
        if (matrix.column[at(k)] == column) diagonal = what.sign * matrix.value[at(k)];
        if (matrix.column[at(k)] > column) value[next++] = what.sign * matrix.value[at(k)];
      }
    }
    for (const std::int32_t i : what.pinned) value[begin[i]] += what.weight;
  }

  const SparseMatrix& matrix;
  cholmod_common common{};
  cholmod_sparse* triangle = nullptr;  // columns of the lower one, which are rows of the upper one
  cholmod_factor* factor = nullptr;
  // CHOLMOD's own workspace from one solution to the next.
  cholmod_dense* solution = nullptr;
  cholmod_dense* rows_of_solution = nullptr;
  cholmod_dense* rows_of_update = nullptr;
};

SparseCholesky::SparseCholesky(const SparseMatrix& matrix, int threads)
    : cholmod_(std::make_unique<Cholmod>(matrix)), threads_(threads) {
  cholmod_->make_triangle();
  cholmod_->factor = cholmod_l_analyze(cholmod_->triangle, &cholmod_->common);
  cholmod_->require_success("ordering");
  const auto entries = static_cast<double>(cholmod_->factor->xsize);
  require_memory(
      entries * sizeof(double),
      fmt::format("found a sparse matrix with {} rows and a Cholesky factor with {:.3g} entries", matrix.size, entries),
      "a matrix with a sparser factor, or fewer rows");
}

SparseCholesky::~SparseCholesky() = default;

SparseCholesky::Outcome SparseCholesky::factorise(const ShiftedMatrix& what) {
  cholmod_->set_values(what);
  double beta[2] = {-what.shift, 0};
  const BlasThreads blas_threads(threads_);
  cholmod_l_factorize_p(cholmod_->triangle, beta, nullptr, 0, cholmod_->factor, &cholmod_->common);
  cholmod_->require_success("factorising");
  if (cholmod_->common.status != CHOLMOD_NOT_POSDEF) return Outcome::done;
  forget();
  return Outcome::not_positive_definite;
}

void SparseCholesky::solve(std::span<const double> b, std::span<double> x, std::int64_t columns) {
  assert(b.size() == x.size() && b.size() == cholmod_->factor->n * at(columns));
  cholmod_dense right{};
  right.nrow = cholmod_->factor->n;
  right.ncol = at(columns);
  right.nzmax = b.size();
  right.d = right.nrow;
  right.x = const_cast<double*>(b.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): CHOLMOD only reads it
  right.xtype = CHOLMOD_REAL;
  right.dtype = CHOLMOD_DOUBLE;
  cholmod_l_solve2(CHOLMOD_A, cholmod_->factor, &right, nullptr, &cholmod_->solution, nullptr,
                   &cholmod_->rows_of_solution, &cholmod_->rows_of_update, &cholmod_->common);
  cholmod_->require_success("solving with");
  const auto* const found = static_cast<const double*>(cholmod_->solution->x);
  std::copy(found, found + x.size(), x.begin());
}

void SparseCholesky::forget() {
  if (cholmod_->factor->xtype == CHOLMOD_PATTERN) return;
  cholmod_l_change_factor(CHOLMOD_PATTERN, 1, 1, 0, 0, cholmod_->factor, &cholmod_->common);
  cholmod_->require_success("freeing the factor of");
}

Supernodes SparseCholesky::supernodes() const {
  const cholmod_factor& factor = *cholmod_->factor;
  return {indices(factor.Perm, factor.n),         indices(factor.super, factor.nsuper + 1),
          indices(factor.pi, factor.nsuper + 1),  indices(factor.px, factor.nsuper + 1),
          indices(factor.s, factor.ssize),        static_cast<std::int64_t>(factor.maxcsize),
          static_cast<std::int64_t>(factor.xsize)};
}

double SparseCholesky::reciprocal_condition() const {
  return cholmod_l_rcond(cholmod_->factor, &cholmod_->common);
}

std::string cholmod_version() {
  return fmt::format("CHOLMOD {}.{}.{}", CHOLMOD_MAIN_VERSION, CHOLMOD_SUB_VERSION, CHOLMOD_SUBSUB_VERSION);
}

std::vector<double> sparse_solution(const SparseMatrix& matrix, std::span<const double> b) {
  SparseCholesky cholesky(matrix);
  if (cholesky.factorise({}) != SparseCholesky::Outcome::done) {
    throw NotPositiveDefinite(
        fmt::format("A w = b with {} unknowns can't be solved by Cholesky: A is not positive definite", matrix.size));
  }
  std::vector<double> w(b.size());
  std::vector<double> residual(b.size());
  cholesky.solve(b, w, 1);
  for (std::int64_t row = 0; row < matrix.size; ++row) {
    double sum = b[at(row)];
    for (std::int64_t k = matrix.row_begin[at(row)]; k < matrix.row_begin[at(row + 1)]; ++k) {
      sum = std::fma(-matrix.value[at(k)], w[at(matrix.column[at(k)])], sum);
    }
    residual[at(row)] = sum;
  }
  std::vector<double> correction(b.size());
  cholesky.solve(residual, correction, 1);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] += correction[i];
  if (!std::all_of(w.begin(), w.end(), [](double value) { return std::isfinite(value); })) {
    throw NumericalError(fmt::format("A w = b with {} unknowns: the solution is not finite", matrix.size));
  }
  return w;
}

}  // namespace ravine::spectra
