#include "pair_errors.hpp"

#include <cblas.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "ravine/error.hpp"

namespace ravine::gpu_check {
namespace {

constexpr int combinations = 16;

/// Columns of n numbers, one after another.
using Block = std::vector<double>;

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

Block random_block(std::int64_t rows) {
  std::mt19937_64 random(1);
  Block block(at(rows) * combinations);
  for (double& value : block) value = static_cast<double>(random() >> 11U) * 0x1p-52 - 1;
  return block;
}

/// The square matrix, column after column, or its transpose, times the block.
Block times(const std::vector<double>& matrix, CBLAS_TRANSPOSE transposed, const Block& block, std::int64_t size) {
  const int n = static_cast<int>(size);
  Block result(block.size());
  cblas_dgemm(CblasColMajor, transposed, CblasNoTrans, n, combinations, n, 1, matrix.data(), n, block.data(), n, 0,
              result.data(), n);
  return result;
}

/// The largest norm of a column's difference, relative to the norm of the column of z.
double largest_difference(const Block& a, const Block& b, const Block& z) {
  const std::size_t rows = z.size() / combinations;
  double largest = 0;
  for (std::size_t first = 0; first < z.size(); first += rows) {
    double difference = 0;
    double norm = 0;
    for (std::size_t i = first; i < first + rows; ++i) {
      difference += (a[i] - b[i]) * (a[i] - b[i]);
      norm += z[i] * z[i];
    }
    const double relative = std::sqrt(difference / norm);
    if (!(relative <= largest)) largest = relative;  // also one that is not a number
  }
  return largest;
}

}  // namespace

PairErrors pair_errors(const DenseMatrix& matrix, const Spectrum& spectrum) {
  const double norm = row_sum_norm_of(matrix);
  const std::int64_t n = matrix.size;
  const Block z = random_block(n);
  const Block combined = times(spectrum.vectors, CblasNoTrans, z, n);
  Block scaled = z;
  for (std::size_t i = 0; i < scaled.size(); ++i) scaled[i] *= spectrum.eigenvalues[i % at(n)];
  PairErrors errors;
  errors.residual = largest_difference(times(matrix.value, CblasNoTrans, combined, n),
                                       times(spectrum.vectors, CblasNoTrans, scaled, n), z) /
                    norm;
  errors.orthogonality = largest_difference(times(spectrum.vectors, CblasTrans, combined, n), z, z);
  const double sum = std::accumulate(spectrum.eigenvalues.begin(), spectrum.eigenvalues.end(), 0.0);
  errors.trace = std::fabs(sum - trace_of(matrix)) / (static_cast<double>(n) * norm);
  return errors;
}

double allowed_error(std::int64_t size) {
  constexpr double allowance = 16;
  return allowance * static_cast<double>(size) * std::numeric_limits<double>::epsilon();
}

void require_pairs(const PairErrors& errors, double allowed) {
  if (errors.residual <= allowed && errors.orthogonality <= allowed && errors.trace <= allowed) return;
  throw Error(fmt::format(
      "the eigenpairs have a residual of {:.2g}, an orthogonality of {:.2g}, a trace that is off by {:.2g}; "
      "allowed is {:.2g}",
      errors.residual, errors.orthogonality, errors.trace, allowed));
}

}  // namespace ravine::gpu_check
