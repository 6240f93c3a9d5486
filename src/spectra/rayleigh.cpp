#include "spectra/rayleigh.hpp"

#include <cmath>

namespace ravine::spectra {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// A sum and that of its terms' sizes, which its rounding errors are proportional to.
struct Sum {
  void add(double term) {
    value += term;
    size += std::fabs(term);
  }
  double value = 0;
  double size = 0;
};

}  // namespace

double rayleigh_quotient(const SparseMatrix& matrix, std::span<const double> x) {
  Sum entries;
  Sum differences;
  double squares = 0;
  for (std::int64_t row = 0; row < matrix.size; ++row) {
    const double xi = x[at(row)];
    double row_sum = 0;
    Sum of_entries;
    Sum of_differences;
    for (std::int64_t k = matrix.row_begin[at(row)]; k < matrix.row_begin[at(row + 1)]; ++k) {
      const std::int32_t column = matrix.column[at(k)];
      const double a = matrix.value[at(k)];
      const double xj = x[at(column)];
      row_sum += a;
      of_entries.add(a * xi * xj);
      if (column > row) of_differences.add(-a * (xi - xj) * (xi - xj));
    }
    of_differences.add(row_sum * xi * xi);
    // Row by row: the terms that cancel are added before they can hide others.
    entries.value += of_entries.value;
    entries.size += of_entries.size;
    differences.value += of_differences.value;
    differences.size += of_differences.size;
    squares += xi * xi;
  }
  return (differences.size < entries.size ? differences.value : entries.value) / squares;
}

}  // namespace ravine::spectra
