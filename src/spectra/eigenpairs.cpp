#include "spectra/eigenpairs.hpp"

#include <cblas.h>
#include <lapacke.h>

#include <cstdint>
#include <utility>

#include "ravine/error.hpp"
#include "spectra/checks.hpp"

namespace ravine::spectra {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// (A x)_row
double row_times(const SparseMatrix& matrix, std::int64_t row, std::span<const double> x) {
  double sum = 0;
  for (std::int64_t k = matrix.row_begin[at(row)]; k < matrix.row_begin[at(row + 1)]; ++k) {
    sum += matrix.value[at(k)] * x[at(matrix.column[at(k)])];
  }
  return sum;
}

/// V'W, column after column.
std::vector<double> products_of(std::int64_t size, std::span<const double> v, std::span<const double> w) {
  const int n = static_cast<int>(size);
  const int rows = static_cast<int>(static_cast<std::int64_t>(v.size()) / size);
  const int columns = static_cast<int>(static_cast<std::int64_t>(w.size()) / size);
  std::vector<double> result(at(std::int64_t{rows} * columns));
  if (result.empty()) return result;
  cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, rows, columns, n, 1.0, v.data(), n, w.data(), n, 0.0,
              result.data(), rows);
  return result;
}

}  // namespace

std::vector<double> residuals_of(const SparseMatrix& matrix, std::span<const double> eigenvalues,
                                 std::span<const double> vectors) {
  std::vector<double> residuals;
  std::vector<double> rest(at(matrix.size));
  for (std::size_t k = 0; k < eigenvalues.size(); ++k) {
    const std::span<const double> q = vectors.subspan(k * at(matrix.size), at(matrix.size));
    for (std::int64_t row = 0; row < matrix.size; ++row) {
      rest[at(row)] = row_times(matrix, row, q) - eigenvalues[k] * q[at(row)];
    }
    residuals.push_back(cblas_dnrm2(static_cast<int>(matrix.size), rest.data(), 1));
  }
  return residuals;
}

double orthogonality_of(std::int64_t size, std::span<const double> vectors) {
  std::vector<double> gram = products_of(size, vectors, vectors);
  const auto count = static_cast<std::int64_t>(vectors.size()) / size;
  for (std::int64_t k = 0; k < count; ++k) gram[at(k * count + k)] -= 1;
  return cblas_dnrm2(static_cast<int>(gram.size()), gram.data(), 1);
}

bool are_orthogonal(std::int64_t size, std::span<const double> vectors, std::span<const double> others) {
  const std::vector<double> gram = products_of(size, vectors, others);
  return cblas_dnrm2(static_cast<int>(gram.size()), gram.data(), 1) <= tolerance_of_checks(size) / 16;
}

void rayleigh_ritz(const SparseMatrix& matrix, std::vector<double>& vectors) {
  const int n = static_cast<int>(matrix.size);
  const int m = static_cast<int>(static_cast<std::int64_t>(vectors.size()) / matrix.size);
  std::vector<double> gram = products_of(matrix.size, vectors, vectors);
  if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', m, gram.data(), m) != 0) {
    throw NumericalError("eigenvectors that were found are not linearly independent");
  }
  cblas_dtrsm(CblasColMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, n, m, 1.0, gram.data(), m,
              vectors.data(), n);

  std::vector<double> image(vectors.size());
  for (std::size_t begin = 0; begin < vectors.size(); begin += at(matrix.size)) {
    const std::span<const double> q = std::span<const double>(vectors).subspan(begin, at(matrix.size));
    for (std::int64_t row = 0; row < matrix.size; ++row) image[begin + at(row)] = row_times(matrix, row, q);
  }
  std::vector<double> projected = products_of(matrix.size, vectors, image);
  std::vector<double> value(at(m));
  if (LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', m, projected.data(), m, value.data()) != 0) {
    throw NumericalError("dsyevd of a projected matrix fails");
  }
  cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, m, m, 1.0, vectors.data(), n, projected.data(), m, 0.0,
              image.data(), n);
  vectors = std::move(image);
}

}  // namespace ravine::spectra
