#include "spectra/rayleigh.hpp"

#include <cmath>

#include "ravine/model/arithmetic.hpp"

namespace ravine::spectra {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// A sum with the rests of its additions, so that its error does not grow with their number; and the sum of its terms'
/// sizes, which the error is proportional to.
struct Sum {
  void add(double term) {
    const model::Pair<double> next = model::two_sum(value, term);
    value = next.hi;
    rest += next.lo;
    size += std::fabs(term);
  }
  void add(const Sum& other) {
    const double before = size;
    add(other.value);
    rest += other.rest;
    size = before + other.size;
  }
  [[nodiscard]] double total() const { return value + rest; }
  double value = 0;
  double rest = 0;
  double size = 0;
};

}  // namespace

double rayleigh_quotient(const SparseMatrix& matrix, std::span<const double> x) {
  Sum entries;
  Sum differences;
  Sum squares;
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
    entries.add(of_entries);
    differences.add(of_differences);
    squares.add(xi * xi);
  }
  return (differences.size < entries.size ? differences : entries).total() / squares.total();
}

}  // namespace ravine::spectra
