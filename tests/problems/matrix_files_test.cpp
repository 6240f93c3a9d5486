#include "problem/matrix_files.hpp"

#include <gtest/gtest.h>
#include <zip.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "error_of.hpp"
#include "io/data_files.hpp"
#include "io/npy_writer.hpp"
#include "problem/npz_matrix.hpp"
#include "zip_of.hpp"

namespace ravine {
namespace {

using Values = std::vector<double>;
using Integers = std::vector<std::int64_t>;

SymmetricMatrix read(const std::string& name) {
  return read_matrix(std::string(RAVINE_TEST_DATA) + "/matrices/" + name);
}

template <class T>
std::string npy(const std::string& type, const Integers& shape, const std::vector<T>& values) {
  std::string bytes = detail::npy_header(type, shape);
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return bytes;
}
std::string npy(const Values& values) {
  return npy("<f8", {std::ssize(values)}, values);
}
std::string npy(const Integers& values) {
  return npy("<i8", {std::ssize(values)}, values);
}
std::string npy_matrix(std::int64_t size, const Values& values) {
  return npy("<f8", {size, size}, values);
}

std::string matrix_error(const std::string& bytes, const std::string& name) {
  return data_error_of([&] { (void)parse_matrix(bytes, name); });
}

const std::string csr_format = npy<char>("|S3", {}, {'c', 's', 'r'});

/// A csr archive of 2 x 2 with one of its arrays replaced.
std::string csr_with(const std::string& entry, const std::string& bytes) {
  ZipEntries entries = {{"format.npy", csr_format},
                        {"shape.npy", npy(Integers{2, 2})},
                        {"indptr.npy", npy(Integers{0, 2, 4})},
                        {"indices.npy", npy(Integers{1, 0, 0, 1})},
                        {"data.npy", npy(Values{-1, 2, -1, 3})}};
  for (auto& [name, content] : entries) {
    if (name == entry) content = bytes;
  }
  return zip_of(entries, ZIP_CM_STORE);
}
std::string csr_error(const std::string& entry, const std::string& bytes) {
  return matrix_error(csr_with(entry, bytes), "a.npz");
}

/// Replaces the field of so many bytes at `offset` in the central directory's first header.
std::string with_directory_field(std::string zip, std::size_t offset, std::uint32_t value) {
  const std::size_t header = zip.find("PK\x01\x02");
  std::memcpy(&zip[header + offset], &value, sizeof value);
  return zip;
}

const Values tridiagonal = {2, -1, 0, 0, 0, -1, 2.25, -1, 0, 0, 0, -1, 2.5, -1, 0, 0, 0, -1, 2.75, -1, 0, 0, 0, -1, 3};

TEST(NpyMatrix, ReadsWhatNumpyWrites) {
  const auto hilbert = std::get<DenseMatrix>(read("hilbert4.npy"));
  const auto single = std::get<DenseMatrix>(read("hilbert4_fortran_float32.npy"));
  ASSERT_EQ(hilbert.size, 4);
  ASSERT_EQ(single.size, 4);
  for (std::size_t k = 0; k < 16; ++k) {
    const double value = 1.0 / static_cast<double>(k / 4 + k % 4 + 1);
    EXPECT_EQ(hilbert.value[k], value);
    EXPECT_EQ(single.value[k], static_cast<double>(static_cast<float>(value)));
  }
}

TEST(NpyMatrix, MayBeOfIntegers) {
  EXPECT_EQ(parse_npy_matrix(npy<std::int32_t>("<i4", {2, 2}, {1, 2, 2, 3}), "a.npy").value, (Values{1, 2, 2, 3}));
  EXPECT_EQ(parse_npy_matrix(npy<std::int64_t>("<i8", {1, 1}, {-7}), "a.npy").value, Values{-7});
}

TEST(NpyMatrix, IsSymmetricToTheLastBit) {
  const DenseMatrix matrix = parse_npy_matrix(npy_matrix(2, {1, -0.0, 0.0, 1}), "a.npy");
  EXPECT_EQ(std::bit_cast<std::uint64_t>(matrix.value[1]), std::bit_cast<std::uint64_t>(matrix.value[2]));
}

TEST(NpyMatrix, OfManyTilesIsComparedEverywhere) {
  constexpr std::int64_t n = 70;
  Values values(n * n);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) values[static_cast<std::size_t>(i * n + j)] = static_cast<double>(i * j);
  }
  EXPECT_EQ(parse_npy_matrix(npy_matrix(n, values), "a.npy").value, values);
  for (const std::size_t wrong : {std::size_t{1}, std::size_t{69}, std::size_t{n * n - 2}, std::size_t{33 * n + 64}}) {
    Values other = values;
    other[wrong] += 1;
    EXPECT_NE(matrix_error(npy_matrix(n, other), "a.npy"), "no error") << wrong;
  }
}

TEST(NpyMatrixErrors, SayWhatWasWanted) {
  EXPECT_EQ(matrix_error(npy_matrix(2, {1, 2, 2.5, 4}), "a.npy"),
            "a.npy: found 2.5 at (1, 0), but 2 at (0, 1); wanted a symmetric matrix, to the last bit ((A + A.T) / 2 "
            "before numpy.save)");
  EXPECT_EQ(matrix_error(npy<double>("<f8", {2, 3}, Values(6)), "a.npy"),
            "a.npy: found an array of shape (2, 3); wanted a square matrix, (n, n) with n from 1 to 2147483647");
  EXPECT_EQ(matrix_error(npy(Values{1, 2}), "a.npy"),
            "a.npy: found an array of shape (2); wanted a square matrix, (n, n) with n from 1 to 2147483647");
  EXPECT_EQ(matrix_error(npy<double>("<f8", {0, 0}, {}), "a.npy"),
            "a.npy: found an array of shape (0, 0); wanted a square matrix, (n, n) with n from 1 to 2147483647");
  EXPECT_EQ(matrix_error(npy_matrix(2, {1, 2, 2, std::nan("")}), "a.npy"),
            "a.npy: found nan at index (1, 1); wanted finite numbers");
  EXPECT_EQ(matrix_error(npy_matrix(2, {1, -INFINITY, 2, 0}), "a.npy"),
            "a.npy: found -inf at index (0, 1); wanted finite numbers");
  EXPECT_EQ(matrix_error(npy<double>("<c16", {1, 1}, {1, 0}), "a.npy"),
            "a.npy: found values of type \"<c16\"; wanted '<f8', '<f4', '<i8' or '<i4'");
}

TEST(NpyMatrixErrors, LyingHeadersAreRefusedBeforeAnythingIsAllocated) {
  EXPECT_EQ(matrix_error(npy<double>("<f8", {2147483647, 2147483647}, {1}), "a.npy"),
            "a.npy: found 8 bytes of values; wanted 2147483647 x 2147483647 values of 8 bytes, as its header says");
  EXPECT_EQ(matrix_error(npy_matrix(2, {1, 2, 2}), "a.npy"),
            "a.npy: found 24 bytes of values; wanted 2 x 2 values of 8 bytes, as its header says");
  EXPECT_EQ(matrix_error(npy_matrix(1, {1, 2}), "a.npy"),
            "a.npy: found 16 bytes of values; wanted 1 x 1 values of 8 bytes, as its header says");
}

TEST(NpzMatrix, ReadsWhatScipyWrites) {
  for (const char* name : {"tridiagonal_csr.npz", "tridiagonal_csc_int64_stored.npz", "tridiagonal_coo_float32.npz"}) {
    const auto matrix = std::get<SparseMatrix>(read(name));
    EXPECT_EQ(matrix.row_begin, (Integers{0, 2, 5, 8, 11, 13})) << name;
    EXPECT_EQ(to_dense(matrix).value, tridiagonal) << name;
  }
}

TEST(NpzMatrix, ColumnsMayBeInAnyOrder) {
  EXPECT_EQ(to_dense(parse_npz_matrix(csr_with("", ""), "a.npz")).value, (Values{2, -1, -1, 3}));
}

TEST(NpzMatrixErrors, OfScipysFiles) {
  const std::string folder = std::string(RAVINE_TEST_DATA) + "/matrices/";
  EXPECT_EQ(data_error_of([] { (void)read("tridiagonal_bsr.npz"); }),
            folder +
                "tridiagonal_bsr.npz: found the format \"bsr\"; wanted \"csr\", \"csc\" or \"coo\" (.tocsr() before "
                "save_npz)");
  EXPECT_EQ(data_error_of([] { (void)read("duplicate_coo.npz"); }),
            folder +
                "duplicate_coo.npz: found the entry (0, 0) twice; wanted each once (.sum_duplicates() before "
                "save_npz)");
}

TEST(NpzMatrixErrors, Entries) {
  EXPECT_EQ(csr_error("data.npy", npy(Values{-1, 2, -1.5, 3})),
            "a.npz: found -1.5 at (1, 0), but -1 at (0, 1); wanted a symmetric matrix (both triangles)");
  EXPECT_EQ(csr_error("indices.npy", npy(Integers{1, 0, 1, 1})),
            "a.npz: found the entry (1, 1) twice; wanted each once (.sum_duplicates() before save_npz)");
  EXPECT_EQ(csr_error("indptr.npy", npy(Integers{0, 0, 4})),
            "a.npz: found the entry (1, 0) twice; wanted each once (.sum_duplicates() before save_npz)");
  EXPECT_EQ(csr_error("indices.npy", npy(Integers{1, 0, 0, 2})),
            "a.npz:indices.npy: found 2 at index 3; wanted a row or column from 0 to 1");
  EXPECT_EQ(csr_error("indices.npy", npy(Integers{1, -1, 0, 1})),
            "a.npz:indices.npy: found -1 at index 1; wanted a row or column from 0 to 1");
  EXPECT_EQ(csr_error("data.npy", npy(Values{-1, 2, -1, INFINITY})),
            "a.npz:data.npy: found inf at index 3; wanted finite numbers");
}

TEST(NpzMatrixErrors, Arrays) {
  EXPECT_EQ(csr_error("indptr.npy", npy(Integers{0, 4})), "a.npz:indptr.npy: found 2 numbers; wanted 3");
  EXPECT_EQ(csr_error("indptr.npy", npy(Integers{0, 3, 2})),
            "a.npz:indptr.npy: found 2 at index 2; wanted numbers that ascend from 0 to 4");
  EXPECT_EQ(csr_error("indptr.npy", npy(Integers{1, 2, 4})),
            "a.npz:indptr.npy: found 1 at index 0; wanted numbers that ascend from 0 to 4");
  EXPECT_EQ(csr_error("indptr.npy", npy(Integers{0, 2, 3})),
            "a.npz:indptr.npy: found 3 at index 2; wanted numbers that ascend from 0 to 4");
  EXPECT_EQ(csr_error("indptr.npy", npy(Integers{0, 9, 4})),
            "a.npz:indptr.npy: found 4 at index 2; wanted numbers that ascend from 0 to 4");
  EXPECT_EQ(csr_error("data.npy", npy(Values{1})), "a.npz:data.npy: found 1 numbers; wanted 4");
  EXPECT_EQ(csr_error("indices.npy", npy(Values{1, 0, 0, 1})),
            "a.npz:indices.npy: found values of type \"<f8\"; wanted '<i8' or '<i4'");
  EXPECT_EQ(csr_error("data.npy", npy<double>("<f8", {2, 2}, Values(4))),
            "a.npz:data.npy: found an array of shape (2, 2); wanted one dimension");
  EXPECT_EQ(csr_error("data.npy", npy<double>("<f8", {1000000000000}, {1})),
            "a.npz:data.npy: found 8 bytes of values; wanted 1000000000000 values of 8 bytes, as its header says");
  EXPECT_EQ(csr_error("shape.npy", npy(Integers{2, 3})),
            "a.npz:shape.npy: found the shape (2, 3); wanted (n, n) with n from 1 to 2147483647");
  EXPECT_EQ(csr_error("shape.npy", npy(Integers{4294967298, 4294967298})),
            "a.npz:shape.npy: found the shape (4294967298, 4294967298); wanted (n, n) with n from 1 to 2147483647");
  EXPECT_EQ(csr_error("shape.npy", npy(Integers{2147483647, 2147483647})),
            "a.npz:indptr.npy: found 3 numbers; wanted 2147483648");
  EXPECT_EQ(csr_error("format.npy", npy(Integers{1})),
            "a.npz:format.npy: found an array of type \"<i8\"; wanted one name of a format, as bytes");
}

TEST(NpzMatrixErrors, ACoordinateMatrixHasNoMoreRowsThanItsEntriesHaveBytes) {
  const ZipEntries entries = {{"format.npy", npy<char>("|S3", {}, {'c', 'o', 'o'})},
                              {"shape.npy", npy(Integers{17, 17})},
                              {"row.npy", npy(Integers{0})},
                              {"col.npy", npy(Integers{0})},
                              {"data.npy", npy(Values{1})}};
  EXPECT_EQ(matrix_error(zip_of(entries, ZIP_CM_STORE), "a.npz"),
            "a.npz:shape.npy: found 17 rows for 1 entries; wanted an entry in most rows");
}

TEST(NpzMatrixErrors, Archives) {
  EXPECT_EQ(matrix_error("", "a.npz"),
            "a.npz: found no entry \"shape.npy\"; wanted an archive of scipy.sparse.save_npz");
  EXPECT_EQ(matrix_error("not a zip archive", "a.npz"), "a.npz: found no zip archive (Not a zip archive); wanted one");
  EXPECT_EQ(matrix_error(zip_of({{"arr_0.npy", npy(Values{1})}}, ZIP_CM_STORE), "a.npz"),
            "a.npz: found no entry \"shape.npy\"; wanted an archive of scipy.sparse.save_npz");
}

TEST(NpzMatrixErrors, EntriesThatClaimWhatTheyDoNotHave) {
  constexpr std::size_t method = 10;
  constexpr std::size_t compressed = 20;
  constexpr std::size_t size = 24;
  const Integers shape(2, 2);
  const std::string stored = zip_of({{"shape.npy", npy(shape)}}, ZIP_CM_STORE);
  const std::string deflated = zip_of({{"shape.npy", npy(shape)}}, ZIP_CM_DEFLATE);
  const std::string wanted = "; wanted it whole, stored or deflated";
  EXPECT_EQ(matrix_error(with_directory_field(stored, size, 4000000000), "a.npz"),
            "a.npz: found an entry \"shape.npy\" that claims 4000000000 bytes from 144" + wanted);
  EXPECT_EQ(matrix_error(with_directory_field(stored, compressed, 4000000000), "a.npz"),
            "a.npz: found an entry \"shape.npy\" of 4000000000 bytes in an archive of " +
                std::to_string(stored.size()) + wanted);
  EXPECT_EQ(matrix_error(with_directory_field(deflated, size, 4000000000), "a.npz"),
            "a.npz: found an entry \"shape.npy\" that claims 4000000000 bytes from 73" + wanted);
  EXPECT_EQ(matrix_error(with_directory_field(deflated, size, 145), "a.npz"),
            "a.npz: found an entry \"shape.npy\" that does not have the 145 bytes it claims" + wanted);
  EXPECT_EQ(matrix_error(with_directory_field(deflated, size, 143), "a.npz"),
            "a.npz: found an entry \"shape.npy\" that does not have the 143 bytes it claims" + wanted);
  EXPECT_EQ(matrix_error(with_directory_field(stored, method, 14), "a.npz"),
            "a.npz: found an entry \"shape.npy\" compressed by method 14" + wanted);
  std::string corrupt = stored;
  corrupt[corrupt.find("NUMPY") + 130] ^= 1;
  EXPECT_EQ(matrix_error(corrupt, "a.npz"), "a.npz: found an entry \"shape.npy\" that is corrupt (CRC error)" + wanted);
}

TEST(MatrixFiles, TheNameTellsTheKind) {
  EXPECT_EQ(size_of(read_matrix(RAVINE_EXAMPLE_DATA "/bcsstk13.mtx")), 2003);
  EXPECT_THROW((void)parse_matrix("", "a.txt"), UsageError);
  EXPECT_THROW((void)read("missing.npy"), IoError);
}

}  // namespace
}  // namespace ravine
