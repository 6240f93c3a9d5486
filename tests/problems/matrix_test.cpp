#include "ravine/matrix.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace ravine {
namespace {

/// [[2, -1, 0], [-1, 2, 0], [0, 0, 5]]
SparseMatrix example() {
  const std::array<Entry, 4> entries = {{{2, 2, 5}, {1, 0, -1}, {0, 0, 2}, {1, 1, 2}}};
  return sparse_matrix(3, entries);
}

TEST(Matrix, KeepsBothTrianglesInAscendingColumns) {
  const SparseMatrix matrix = example();
  EXPECT_EQ(matrix.row_begin, (std::vector<std::int64_t>{0, 2, 4, 5}));
  EXPECT_EQ(matrix.column, (std::vector<std::int32_t>{0, 1, 0, 1, 2}));
  EXPECT_EQ(matrix.value, (std::vector<double>{2, -1, -1, 2, 5}));
}

TEST(Matrix, SparseAndDenseAgree) {
  const SymmetricMatrix sparse = example();
  const SymmetricMatrix dense = to_dense(sparse);
  const std::array<double, 3> x = {1, 10, 100};
  for (const SymmetricMatrix& matrix : {sparse, dense}) {
    std::array<double, 3> y{};
    multiply(matrix, x, y);
    EXPECT_EQ(y, (std::array<double, 3>{-8, 19, 500}));
    EXPECT_EQ(size_of(matrix), 3);
    EXPECT_EQ(nonzeros_of(matrix), 5);
    EXPECT_EQ(trace_of(matrix), 9);
    EXPECT_DOUBLE_EQ(frobenius_norm_of(matrix), std::sqrt(35.0));
    EXPECT_EQ(row_sum_norm_of(matrix), 5);
    EXPECT_EQ(connected_components_of(matrix), 2);
  }
}

TEST(Matrix, FrobeniusNormDoesNotOverflowBeforeItMust) {
  const DenseMatrix huge{2, {1e300, 0, 0, 1e300}};
  EXPECT_DOUBLE_EQ(frobenius_norm_of(huge), std::sqrt(2.0) * 1e300);
  const DenseMatrix tiny{1, {std::numeric_limits<double>::min()}};
  EXPECT_EQ(frobenius_norm_of(tiny), std::numeric_limits<double>::min());
}

TEST(Matrix, FrobeniusNormOfRowsOfAllScales) {
  for (const DenseMatrix& matrix : {DenseMatrix{3, {1e-300, 0, 0, 0, 3e-10, 0, 0, 0, 4e-10}},
                                    DenseMatrix{3, {4e-10, 0, 0, 0, 3e-10, 0, 0, 0, 1e-300}}}) {
    EXPECT_DOUBLE_EQ(frobenius_norm_of(matrix), 5e-10);
    EXPECT_EQ(row_sum_norm_of(matrix), 4e-10);
  }
  // The sum of a row overflows, that of all squares does not.
  const DenseMatrix huge{2, {1e308, 8e307, 8e307, 0}};
  EXPECT_DOUBLE_EQ(frobenius_norm_of(huge), std::sqrt(2.28) * 1e308);
  EXPECT_EQ(row_sum_norm_of(huge), std::numeric_limits<double>::infinity());
}

TEST(Matrix, TraceOfManyEqualNumbersIsRoundedOnce) {
  std::vector<Entry> entries;
  for (std::int32_t i = 0; i < 10'000; ++i) entries.push_back({i, i, 0.1});
  EXPECT_DOUBLE_EQ(trace_of(sparse_matrix(10'000, entries)), 1000);
}

TEST(Matrix, OfSizeZeroHasNothing) {
  const SymmetricMatrix none = sparse_matrix(0, {});
  EXPECT_EQ(size_of(none), 0);
  EXPECT_EQ(row_sum_norm_of(none), 0);
  EXPECT_EQ(connected_components_of(none), 0);
}

}  // namespace
}  // namespace ravine
