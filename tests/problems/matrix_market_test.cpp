#include "problem/matrix_market.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "io/data_files.hpp"

namespace ravine {
namespace {

std::string data_file(const std::string& name) {
  return read_file_bytes(std::string(RAVINE_EXAMPLE_DATA) + "/" + name);
}

SparseMatrix sparse(std::string_view text) {
  return std::get<SparseMatrix>(parse_matrix_market(text, "a.mtx"));
}
DenseMatrix dense(std::string_view text) {
  return std::get<DenseMatrix>(parse_matrix_market(text, "a.mtx"));
}
std::string matrix_error(const std::string& text) {
  return data_error_of([&] { (void)parse_matrix_market(text, "a.mtx"); });
}
std::string graph_error(const std::string& text) {
  return data_error_of([&] { (void)parse_graph_matrix_market(text, "a.mtx"); });
}

const std::string symmetric = "%%MatrixMarket matrix coordinate real symmetric\n";
const std::string general = "%%MatrixMarket matrix coordinate real general\n";
const std::string pattern = "%%MatrixMarket matrix coordinate pattern symmetric\n";
const std::string array = "%%MatrixMarket matrix array real general\n";

using Values = std::vector<double>;
using Edges = std::vector<std::array<std::int32_t, 2>>;

TEST(MatrixMarket, ASymmetricFileHasTheLowerTriangle) {
  const SparseMatrix matrix = sparse(symmetric + "3 3 4\n1 1 2\n2 1 -1.5e0\n3 3 +5\n2 2 2\n");
  EXPECT_EQ(matrix.size, 3);
  EXPECT_EQ(matrix.row_begin, (std::vector<std::int64_t>{0, 2, 4, 5}));
  EXPECT_EQ(matrix.column, (std::vector<std::int32_t>{0, 1, 0, 1, 2}));
  EXPECT_EQ(matrix.value, (Values{2, -1.5, -1.5, 2, 5}));
}

TEST(MatrixMarket, AGeneralFileHasBothTriangles) {
  const SparseMatrix matrix = sparse(general + "2 2 4\n1 2 7\n2 2 0.1\n1 1 3\n2 1 7\n");
  EXPECT_EQ(to_dense(matrix).value, (Values{3, 7, 7, 0.1}));
  EXPECT_EQ(matrix.value.size(), 4U);
}

TEST(MatrixMarket, AStoredZeroNeedsNoMirroredOne) {
  EXPECT_EQ(to_dense(sparse(general + "2 2 2\n1 2 0\n2 2 1\n")).value, (Values{0, 0, 0, 1}));
}

TEST(MatrixMarket, APatternIsOfOnesAndIntegersAreNumbers) {
  EXPECT_EQ(to_dense(sparse(pattern + "2 2 2\n1 1\n2 1\n")).value, (Values{1, 1, 1, 0}));
  EXPECT_EQ(to_dense(sparse("%%MatrixMarket matrix coordinate integer symmetric\n2 2 1\n2 1 -3\n")).value,
            (Values{0, -3, -3, 0}));
}

TEST(MatrixMarket, ArraysGoColumnAfterColumn) {
  EXPECT_EQ(dense(array + "2 2\n1\n2\n2\n4\n").value, (Values{1, 2, 2, 4}));
  EXPECT_EQ(dense("%%MatrixMarket matrix array integer symmetric\n3 3\n1\n2\n3\n4\n5\n6\n").value,
            (Values{1, 2, 3, 2, 4, 5, 3, 5, 6}));
}

TEST(MatrixMarket, CommentsBlanksAndLineEndsDoNotMatter) {
  const std::string text =
      "%%matrixmarket MATRIX Coordinate Real SYMMETRIC \r\n% by hand\r\n\r\n 2\t2 2 \r\n%\r\n1 1 1\r\n\r\n2  2 3";
  EXPECT_EQ(to_dense(sparse(text)).value, (Values{1, 0, 0, 3}));
}

TEST(MatrixMarket, ReadsAStiffnessMatrix) {
  const SparseMatrix matrix = sparse(data_file("bcsstk13.mtx"));
  EXPECT_EQ(matrix.size, 2003);
  EXPECT_EQ(matrix.value.size(), 2 * 42943U - 2003U);
  EXPECT_EQ(matrix.value[0], 277281165.183);
}

TEST(MatrixMarket, ReadsGraphs) {
  const Graph karate = parse_graph_matrix_market(data_file("karate.mtx"), "karate.mtx");
  EXPECT_EQ(karate.vertices, 34);
  EXPECT_EQ(karate.edges.size(), 78U);
  EXPECT_EQ(karate.edges.front(), (std::array<std::int32_t, 2>{0, 1}));
  const Graph mesh = parse_graph_matrix_market(data_file("jagmesh7.mtx"), "jagmesh7.mtx");
  EXPECT_EQ(mesh.vertices, 1138);
  EXPECT_EQ(mesh.edges.size(), 4294U - 1138U);  // each vertex has an entry on the diagonal
}

TEST(MatrixMarket, AGraphIsThePatternOffTheDiagonal) {
  const Graph graph = parse_graph_matrix_market(general + "3 3 5\n3 1 2\n1 3 -7\n2 1 0\n1 2 1\n2 2 9\n", "a.mtx");
  EXPECT_EQ(graph.vertices, 3);
  EXPECT_EQ(graph.edges, (Edges{{0, 1}, {0, 2}}));
}

TEST(MatrixMarketErrors, Banner) {
  EXPECT_EQ(matrix_error(""),
            "a.mtx:1:1: found nothing; wanted a Matrix Market file, which begins with %%MatrixMarket");
  EXPECT_EQ(matrix_error("1 1 1\n"),
            "a.mtx:1:1: found \"1\"; wanted a Matrix Market file, which begins with %%MatrixMarket");
  EXPECT_EQ(matrix_error("%%MatrixMarket matrix coordinate real\n1 1 1\n1 1 1\n"),
            "a.mtx:1:1: found 4 words; wanted 5, such as %%MatrixMarket matrix coordinate real symmetric");
  EXPECT_EQ(matrix_error("%%MatrixMarket vector coordinate real general\n"),
            "a.mtx:1:16: found \"vector\"; wanted \"matrix\"");
  EXPECT_EQ(matrix_error("%%MatrixMarket matrix coordinate real symetric\n"),
            "a.mtx:1:39: found \"symetric\"; wanted \"symmetric\" or \"general\" (did you mean \"symmetric\"?)");
  EXPECT_EQ(matrix_error("%%MatrixMarket matrix array pattern general\n"),
            "a.mtx:1:29: found \"pattern\"; wanted \"real\" or \"integer\"");
  EXPECT_EQ(graph_error(array), "a.mtx:1:23: found \"array\"; wanted \"coordinate\"");
}

TEST(MatrixMarketErrors, OnlyRealSymmetricMatrices) {
  EXPECT_EQ(matrix_error("%%MatrixMarket matrix coordinate complex symmetric\n1 1 1\n1 1 1 0\n"),
            "a.mtx:1:34: found \"complex\"; wanted \"real\", \"integer\" or \"pattern\"");
  EXPECT_EQ(matrix_error("%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 1\n"),
            "a.mtx:1:39: found \"skew-symmetric\"; wanted \"symmetric\" or \"general\"");
  EXPECT_EQ(matrix_error("%%MatrixMarket matrix coordinate real Hermitian\n2 2 1\n2 1 1\n"),
            "a.mtx:1:39: found \"Hermitian\"; wanted \"symmetric\" or \"general\"");
}

TEST(MatrixMarketErrors, SizeLine) {
  EXPECT_EQ(matrix_error(symmetric), "a.mtx:2:1: found the end of the file; wanted the line of sizes");
  EXPECT_EQ(matrix_error(symmetric + "2 2\n"),
            "a.mtx:2:3: found 2 words in the line; wanted 3: rows, columns and entries");
  EXPECT_EQ(matrix_error(array + "2 2 4\n"), "a.mtx:2:5: found 3 words in the line; wanted 2: rows and columns");
  EXPECT_EQ(matrix_error(symmetric + "0 0 0\n"),
            "a.mtx:2:1: found \"0\"; wanted the number of rows, from 1 to 2147483647");
  EXPECT_EQ(matrix_error(symmetric + "-2 -2 1\n"),
            "a.mtx:2:1: found \"-2\"; wanted the number of rows, from 1 to 2147483647");
  EXPECT_EQ(matrix_error(symmetric + "2 3 1\n"), "a.mtx:2:3: found \"3\" columns; wanted as many as rows, 2");
  EXPECT_EQ(matrix_error(symmetric + "2 2 -1\n"), "a.mtx:2:5: found \"-1\"; wanted the number of entries");
}

TEST(MatrixMarketErrors, HugeHeadersAreRefusedBeforeAnythingIsAllocated) {
  EXPECT_EQ(matrix_error(symmetric + "2147483648 2147483648 1\n1 1 1\n"),
            "a.mtx:2:1: found \"2147483648\"; wanted the number of rows, from 1 to 2147483647");
  EXPECT_EQ(matrix_error(symmetric + "2147483647 2147483647 1\n1 1 1\n"),
            "a.mtx:2:1: found 2147483647 rows in a file of 78 bytes; wanted one with an entry in most rows");
  EXPECT_EQ(matrix_error(symmetric + "3 3 9223372036854775807\n1 1 1\n"),
            "a.mtx:2:5: found 6 bytes after this line, too few for the 9223372036854775807 lines that it announces; "
            "wanted a whole file");
  EXPECT_EQ(matrix_error(array + "40 40\n1\n"),
            "a.mtx:2:1: found 2 bytes after this line, too few for the 1600 lines that it announces; wanted a whole "
            "file");
  EXPECT_EQ(graph_error(pattern + "9 9 3\n2 1\n3 1\n"),
            "a.mtx:2:5: found 8 bytes after this line, too few for the 3 lines that it announces; wanted a whole file");
}

TEST(MatrixMarketErrors, TooFewAndTooMany) {
  EXPECT_EQ(matrix_error(symmetric + "9 9 2\n1 1 1.00000000000\n"),
            "a.mtx:4:1: found the end of the file after 1 entries; wanted 2, as line 2 says");
  EXPECT_EQ(matrix_error(symmetric + "9 9 2\n1 1 1.00000000000"),
            "a.mtx:3:18: found the end of the file after 1 entries; wanted 2, as line 2 says");
  EXPECT_EQ(matrix_error(array + "2 2\n1\n2.0\n2.0\n"),
            "a.mtx:6:1: found the end of the file after 3 values; wanted 4, as line 2 says");
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n1 1 1\n % no\n2 2 1\n"),
            "a.mtx:4:2: found \"%\" after 1 entries; wanted the end of the file, as line 2 says");
  EXPECT_EQ(matrix_error(array + "1 1\n1\n2\n"),
            "a.mtx:4:1: found \"2\" after 1 values; wanted the end of the file, as line 2 says");
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n1 1 1 0\n"),
            "a.mtx:3:7: found 4 words in the line; wanted 3: row, column and value");
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n1 1    \n"),
            "a.mtx:3:3: found 2 words in the line; wanted 3: row, column and value");
  EXPECT_EQ(graph_error(pattern + "9 9 1\n2 1 1\n"), "a.mtx:3:5: found 3 words in the line; wanted 2: row and column");
  EXPECT_EQ(matrix_error(array + "1 1\n1 2\n"), "a.mtx:3:3: found 2 words in the line; wanted 1: one value");
}

TEST(MatrixMarketErrors, Indices) {
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n1 0 1\n"),
            "a.mtx:3:3: found \"0\"; wanted a column from 1 to 9: Matrix Market counts from 1");
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n10 1 1\n"), "a.mtx:3:1: found \"10\"; wanted a row from 1 to 9");
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n4294967297 1 1\n"),
            "a.mtx:3:1: found \"4294967297\"; wanted a row from 1 to 9");
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n1.0 1 1\n"), "a.mtx:3:1: found \"1.0\"; wanted a row from 1 to 9");
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n1 2 1\n"),
            "a.mtx:3:1: found an entry above the diagonal, (1, 2); wanted the lower triangle only (row >= column), as "
            "the file is symmetric");
}

TEST(MatrixMarketErrors, Values) {
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n1 1 nan\n"), "a.mtx:3:5: found \"nan\"; wanted a finite number");
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n1 1 -inf\n"), "a.mtx:3:5: found \"-inf\"; wanted a finite number");
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n1 1 1e999\n"),
            "a.mtx:3:5: found \"1e999\"; wanted a number within float64's range");
  EXPECT_EQ(matrix_error(symmetric + "9 9 1\n1 1 one\n"), "a.mtx:3:5: found \"one\"; wanted a number");
  EXPECT_EQ(matrix_error("%%MatrixMarket matrix coordinate integer symmetric\n9 9 1\n1 1 1.5\n"),
            "a.mtx:3:5: found \"1.5\"; wanted an integer, as the first line says");
  EXPECT_EQ(graph_error(symmetric + "9 9 1\n2 1 nan\n"), "a.mtx:3:5: found \"nan\"; wanted a finite number");
}

TEST(MatrixMarketErrors, Duplicates) {
  EXPECT_EQ(matrix_error(symmetric + "9 9 3\n2 1 5\n2 2 1\n2 1 5\n"),
            "a.mtx:5:1: found the entry (2, 1) again, which line 3 has; wanted each once");
  EXPECT_EQ(matrix_error(general + "9 9 3\n1 1 5\n2 2 1\n  1 1 7\n"),
            "a.mtx:5:3: found the entry (1, 1) again, which line 3 has; wanted each once");
  EXPECT_EQ(graph_error(pattern + "9 9 2\n2 1\n2 1\n"),
            "a.mtx:4:1: found the entry (2, 1) again, which line 3 has; wanted each once");
}

TEST(MatrixMarketErrors, NotSymmetric) {
  EXPECT_EQ(matrix_error(general + "9 9 3\n2 2 1\n3 1 5\n1 3 0.5\n"),
            "a.mtx:5:1: found 0.5 at (1, 3), but 5 at (3, 1) in line 4; wanted a symmetric matrix");
  EXPECT_EQ(matrix_error(general + "9 9 2\n3 1 5\n4 1 5\n"),
            "a.mtx:3:1: found 5 at (3, 1), but nothing at (1, 3); wanted a symmetric matrix");
  EXPECT_EQ(matrix_error(array + "2 2\n1\n2\n3\n4\n"),
            "a.mtx:5:1: found 3 at (1, 2), but 2 at (2, 1); wanted a symmetric matrix");
  EXPECT_EQ(graph_error("%%MatrixMarket matrix coordinate pattern general\n3 3 1\n3 1\n"),
            "a.mtx:3:1: found an entry at (3, 1), but none at (1, 3); wanted a symmetric pattern: an undirected graph");
}

}  // namespace
}  // namespace ravine
