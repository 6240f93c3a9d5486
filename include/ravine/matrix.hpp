/// \file
/// Real symmetric matrices: the A of a quadratic 1/2 w'Aw - b'w.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace ravine {

/// Compressed rows of both triangles: the entries of row i are row_begin[i] to row_begin[i + 1], their columns
/// ascending, each once. Rows are numbered from 0. At most 2^31 - 1 of them.
struct SparseMatrix {
  std::int64_t size = 0;
  std::vector<std::int64_t> row_begin{0};  ///< size + 1
  std::vector<std::int32_t> column;
  std::vector<double> value;
};

/// All size * size entries, row after row (or column after column: it is the same).
struct DenseMatrix {
  std::int64_t size = 0;
  std::vector<double> value;
};

/// Symmetric to the last bit: A(i, j) and A(j, i) are the same number. Every entry is finite.
using SymmetricMatrix = std::variant<SparseMatrix, DenseMatrix>;

/// One entry of one triangle; (i, j) and (j, i) are the same entry.
struct Entry {
  std::int32_t row;
  std::int32_t column;
  double value;
};
/// The matrix with these entries; each may be given once, in either triangle, in any order.
/// Precondition: rows and columns from 0 to size - 1, no entry twice.
[[nodiscard]] SparseMatrix sparse_matrix(std::int64_t size, std::span<const Entry> entries);

[[nodiscard]] std::int64_t size_of(const SymmetricMatrix& matrix);
/// Stored entries that are not zero, of both triangles.
[[nodiscard]] std::int64_t nonzeros_of(const SymmetricMatrix& matrix);
[[nodiscard]] DenseMatrix to_dense(const SymmetricMatrix& matrix);

/// y = A x. Precondition: both spans have the matrix's size and do not overlap.
void multiply(const SymmetricMatrix& matrix, std::span<const double> x, std::span<double> y);

[[nodiscard]] double trace_of(const SymmetricMatrix& matrix);

struct MatrixNorms {
  /// Square root of the sum of squares of all entries; computed with scaling, so that it overflows only if it must.
  double frobenius;
  /// The largest sum of a row's absolute values.
  double row_sum;
};
/// In one pass. Both are bounds on every eigenvalue's size.
[[nodiscard]] MatrixNorms norms_of(const SymmetricMatrix& matrix);
[[nodiscard]] double frobenius_norm_of(const SymmetricMatrix& matrix);
[[nodiscard]] double row_sum_norm_of(const SymmetricMatrix& matrix);

/// Connected components of the graph that has an edge wherever an entry off the diagonal is not zero.
[[nodiscard]] std::int64_t connected_components_of(const SymmetricMatrix& matrix);

}  // namespace ravine
