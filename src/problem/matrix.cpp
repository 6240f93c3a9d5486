#include "ravine/matrix.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

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

/// A sum of squares as scale^2 * sum, so that it neither overflows nor vanishes before its root does.
class SumOfSquares {
 public:
  void add(double value) {
    const double size = std::fabs(value);
    if (size == 0) return;
    if (size > scale_) {
      const double ratio = scale_ / size;
      sum_ = 1 + sum_ * ratio * ratio;
      scale_ = size;
    } else {
      const double ratio = size / scale_;
      sum_ += ratio * ratio;
    }
  }
  [[nodiscard]] double root() const { return scale_ * std::sqrt(sum_); }

 private:
  double scale_ = 0;
  double sum_ = 0;
};

/// The sets of a partition, joined one by one.
class DisjointSets {
 public:
  explicit DisjointSets(std::int64_t count) : parent_(at(count)), sets_(count) {
    std::iota(parent_.begin(), parent_.end(), std::int32_t{0});
  }
  void join(std::int32_t a, std::int32_t b) {
    a = root(a);
    b = root(b);
    if (a == b) return;
    parent_[at(std::max(a, b))] = std::min(a, b);
    --sets_;
  }
  [[nodiscard]] std::int64_t sets() const { return sets_; }

 private:
  std::int32_t root(std::int32_t a) {
    while (parent_[at(a)] != a) a = parent_[at(a)] = parent_[at(parent_[at(a)])];
    return a;
  }
  std::vector<std::int32_t> parent_;
  std::int64_t sets_;
};

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
  double sum = 0;
  for_each_entry(matrix, [&sum](std::int64_t row, std::int64_t column, double value) {
    if (row == column) sum += value;
  });
  return sum;
}

double frobenius_norm_of(const SymmetricMatrix& matrix) {
  SumOfSquares squares;
  for_each_entry(matrix, [&squares](std::int64_t, std::int64_t, double value) { squares.add(value); });
  return squares.root();
}

double row_sum_norm_of(const SymmetricMatrix& matrix) {
  std::vector<double> sums(at(size_of(matrix)));
  for_each_entry(matrix, [&sums](std::int64_t row, std::int64_t, double value) { sums[at(row)] += std::fabs(value); });
  return sums.empty() ? 0.0 : *std::max_element(sums.begin(), sums.end());
}

std::int64_t connected_components_of(const SymmetricMatrix& matrix) {
  DisjointSets sets(size_of(matrix));
  for_each_entry(matrix, [&sets](std::int64_t row, std::int64_t column, double value) {
    if (value != 0 && column < row) sets.join(static_cast<std::int32_t>(row), static_cast<std::int32_t>(column));
  });
  return sets.sets();
}

}  // namespace ravine
