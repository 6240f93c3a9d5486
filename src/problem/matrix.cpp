#include "ravine/matrix.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numeric>

#include "problem/disjoint_sets.hpp"
#include "ravine/model/arithmetic.hpp"

namespace ravine {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

std::span<const double> row_of(const DenseMatrix& matrix, std::int64_t row) {
  return std::span(matrix.value).subspan(at(row * matrix.size), at(matrix.size));
}

/// A sum that carries what its additions round off: off by an ulp or two, however many numbers it has.
class CompensatedSum {
 public:
  void add(double value) {
    const model::Pair<double> sum = model::two_sum(sum_, value);
    sum_ = sum.hi;
    rest_ += sum.lo;
  }
  /// Times a power of two.
  void scale(int exponent) {
    sum_ = std::ldexp(sum_, exponent);
    rest_ = std::ldexp(rest_, exponent);
  }
  [[nodiscard]] double value() const { return sum_ + rest_; }

 private:
  double sum_ = 0;
  double rest_ = 0;
};

/// The sum of term(value) over some values, in eight sums side by side, as SIMD has them.
template <class Term>
double sum_of(std::span<const double> values, Term term) {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> sums{};
  std::size_t i = 0;
  for (; i + lanes <= values.size(); i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += term(values[i + lane]);
  }
  for (; i < values.size(); ++i) sums[0] += term(values[i]);
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// Calls function(row, column, value) for every stored entry.
template <class Function>
void for_each_entry(const SymmetricMatrix& matrix, Function function) {
  std::visit(Overloaded{[&](const SparseMatrix& sparse) {
                          for (std::int64_t row = 0; row < sparse.size; ++row) {
                            for (std::int64_t k = sparse.row_begin[at(row)]; k < sparse.row_begin[at(row + 1)]; ++k) {
                              function(row, std::int64_t{sparse.column[at(k)]}, sparse.value[at(k)]);
                            }
                          }
                        },
                        [&](const DenseMatrix& dense) {
                          for (std::int64_t row = 0; row < dense.size; ++row) {
                            const std::span<const double> values = row_of(dense, row);
                            for (std::int64_t column = 0; column < dense.size; ++column) {
                              function(row, column, values[at(column)]);
                            }
                          }
                        }},
             matrix);
}

/// Calls function(values) for the stored entries of every row.
template <class Function>
void for_each_row(const SymmetricMatrix& matrix, Function function) {
  std::visit(Overloaded{[&](const SparseMatrix& sparse) {
                          for (std::int64_t row = 0; row < sparse.size; ++row) {
                            const std::size_t begin = at(sparse.row_begin[at(row)]);
                            const std::size_t end = at(sparse.row_begin[at(row + 1)]);
                            function(std::span(sparse.value).subspan(begin, end - begin));
                          }
                        },
                        [&](const DenseMatrix& dense) {
                          for (std::int64_t row = 0; row < dense.size; ++row) function(row_of(dense, row));
                        }},
             matrix);
}

}  // namespace

SparseMatrix sparse_matrix(std::int64_t size, std::span<const Entry> entries) {
  SparseMatrix matrix{size, std::vector<std::int64_t>(at(size + 1)), {}, {}};
  const auto count = [&matrix](std::int32_t row) { ++matrix.row_begin[at(std::int64_t{row} + 1)]; };
  for (const Entry& entry : entries) {
    count(entry.row);
    if (entry.row != entry.column) count(entry.column);
  }
  std::partial_sum(matrix.row_begin.begin(), matrix.row_begin.end(), matrix.row_begin.begin());
  const std::int64_t stored = matrix.row_begin.back();
  std::vector<std::int64_t> next(matrix.row_begin.begin(), matrix.row_begin.end() - 1);
  std::vector<std::pair<std::int32_t, double>> cells(at(stored));
  const auto put = [&](std::int32_t row, std::int32_t column, double value) {
    cells[at(next[at(row)]++)] = {column, value};
  };
  for (const Entry& entry : entries) {
    put(entry.row, entry.column, entry.value);
    if (entry.row != entry.column) put(entry.column, entry.row, entry.value);
  }
  matrix.column.resize(at(stored));
  matrix.value.resize(at(stored));
  for (std::int64_t row = 0; row < size; ++row) {
    const auto begin = cells.begin() + matrix.row_begin[at(row)];
    const auto end = cells.begin() + matrix.row_begin[at(row + 1)];
    std::sort(begin, end, [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto cell = begin; cell != end; ++cell) {
      const std::size_t k = static_cast<std::size_t>(cell - cells.begin());
      matrix.column[k] = cell->first;
      matrix.value[k] = cell->second;
    }
  }
  return matrix;
}

std::int64_t size_of(const SymmetricMatrix& matrix) {
  return std::visit([](const auto& any) { return any.size; }, matrix);
}

std::int64_t nonzeros_of(const SymmetricMatrix& matrix) {
  const auto count = [](const auto& any) {
    return std::count_if(any.value.begin(), any.value.end(), [](double value) { return value != 0; });
  };
  return std::visit(count, matrix);
}

DenseMatrix to_dense(const SymmetricMatrix& matrix) {
  if (const auto* const dense = std::get_if<DenseMatrix>(&matrix)) return *dense;
  const std::int64_t size = size_of(matrix);
  DenseMatrix dense{size, std::vector<double>(at(size) * at(size))};
  for_each_entry(matrix, [&dense, size](std::int64_t row, std::int64_t column, double value) {
    dense.value[at(row * size + column)] = value;
  });
  return dense;
}

void multiply(const SymmetricMatrix& matrix, std::span<const double> x, std::span<double> y) {
  assert(static_cast<std::int64_t>(x.size()) == size_of(matrix) && x.size() == y.size());
  std::fill(y.begin(), y.end(), 0.0);
  for_each_entry(matrix,
                 [x, y](std::int64_t row, std::int64_t column, double value) { y[at(row)] += value * x[at(column)]; });
}

double trace_of(const SymmetricMatrix& matrix) {
  CompensatedSum sum;
  if (const auto* const dense = std::get_if<DenseMatrix>(&matrix)) {
    for (std::int64_t row = 0; row < dense->size; ++row) sum.add(dense->value[at(row * (dense->size + 1))]);
  } else {
    for_each_entry(matrix, [&sum](std::int64_t row, std::int64_t column, double value) {
      if (row == column) sum.add(value);
    });
  }
  return sum.value();
}

MatrixNorms norms_of(const SymmetricMatrix& matrix) {
  double row_sum = 0;
  // The squares of all rows so far are squares.value() * 4^exponent.
  CompensatedSum squares;
  int exponent = 0;
  for_each_row(matrix, [&](std::span<const double> values) {
    const double bound = sum_of(values, [](double value) { return std::fabs(value); });
    if (bound == 0) return;
    if (bound > row_sum) {
      // Entries are at most the bound: times this power of two, they have squares, and the largest are not small. (An
      // infinite bound takes the least power, which brings every entry there.)
      const int larger = std::clamp(std::ilogb(bound), -1000, 1000);
      squares.scale(2 * (exponent - larger));
      exponent = larger;
      row_sum = bound;
    }
    const double scale = std::ldexp(1.0, -exponent);
    squares.add(sum_of(values, [scale](double value) { return (value * scale) * (value * scale); }));
  });
  return {std::ldexp(std::sqrt(squares.value()), exponent), row_sum};
}

double frobenius_norm_of(const SymmetricMatrix& matrix) {
  return norms_of(matrix).frobenius;
}

double row_sum_norm_of(const SymmetricMatrix& matrix) {
  return norms_of(matrix).row_sum;
}

std::int64_t connected_components_of(const SymmetricMatrix& matrix) {
  DisjointSets sets(size_of(matrix));
  for_each_entry(matrix, [&sets](std::int64_t row, std::int64_t column, double value) {
    if (value != 0 && column < row) sets.join(static_cast<std::int32_t>(row), static_cast<std::int32_t>(column));
  });
  return sets.sets();
}

}  // namespace ravine
