#include "io/data_files.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <limits>

#include "io/messages.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

/// The message that `action` ends with, and that it is of type E.
template <class E, class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another type of error: ") + error.what();
  }
  return "no error";
}

std::vector<double> csv(std::string_view text, const std::optional<std::string>& column = std::nullopt) {
  return parse_column(text, "data.csv", column);
}

std::string csv_error(std::string_view text, const std::optional<std::string>& column = std::nullopt) {
  return error_of<DataError>([&] { (void)csv(text, column); });
}

std::string csv_usage_error(std::string_view text, const std::optional<std::string>& column = std::nullopt) {
  return error_of<UsageError>([&] { (void)csv(text, column); });
}

using Values = std::vector<double>;

TEST(CsvColumn, TheOnlyColumnNeedsNoName) {
  EXPECT_EQ(csv("lambda\n1\n2.5\n"), (Values{1.0, 2.5}));
  EXPECT_EQ(csv("1\n2.5\n-3e-2"), (Values{1.0, 2.5, -0.03}));
}

TEST(CsvColumn, ANamedColumnIsFoundAnywhere) {
  const char* text = "# eigenvalues\nindex, lambda ,note\n\n0, 0.5 ,x\n  # a comment\n1,\t+7e0,y\r\n";
  EXPECT_EQ(csv(text, "lambda"), (Values{0.5, 7.0}));
  EXPECT_EQ(csv(text, "index"), (Values{0.0, 1.0}));
  EXPECT_EQ(csv("\xEF\xBB\xBFlambda\r\n3\r\n", "lambda"), Values{3.0});
}

TEST(CsvColumn, NumbersAreCorrectlyRounded) {
  EXPECT_EQ(csv("0.1\n0.30000000000000004\n9007199254740993\n2.2250738585072011e-308\n5e-324\n1.7976931348623157e308"),
            (Values{0.1, 0.1 + 0.2, 9007199254740992.0, 0x0.fffffffffffffp-1022, 0x1p-1074, 0x1.fffffffffffffp+1023}));
}

TEST(CsvColumn, BadNumbersHaveAPlace) {
  EXPECT_EQ(csv_error("lambda\n1\n  two\n"), "data.csv:3:3: found \"two\"; wanted a number");
  EXPECT_EQ(csv_error("a,b\n1,2\n3,4x\n", "b"), "data.csv:3:3: found \"4x\"; wanted a number");
  EXPECT_EQ(csv_error("a,b\n1,\n", "b"), "data.csv:2:3: found \"\"; wanted a number");
  EXPECT_EQ(csv_error("a\n1\nnan\n"), "data.csv:3:1: found \"nan\"; wanted a finite number");
  EXPECT_EQ(csv_error("-inf\n"), "data.csv:1:1: found \"-inf\"; wanted a finite number");
  EXPECT_EQ(csv_error("a\n1e999\n"), "data.csv:2:1: found \"1e999\"; wanted a number within float64's range");
  EXPECT_EQ(csv_error("a\n+-1\n"), "data.csv:2:1: found \"+-1\"; wanted a number");
  EXPECT_EQ(csv_error("a\n0x10\n"), "data.csv:2:1: found \"0x10\"; wanted a number");
}

TEST(CsvColumn, RowsHaveTheHeadersWidth) {
  EXPECT_EQ(csv_error("a,b\n1,2\n3\n", "a"), "data.csv:3:1: found 1 fields; wanted 2, as in the first line");
  EXPECT_EQ(csv_error("a,b\n1,2, 3\n", "a"), "data.csv:2:6: found 3 fields; wanted 2, as in the first line");
  EXPECT_EQ(csv_error("1\n2\n3,4\n"), "data.csv:3:3: found 2 fields; wanted 1, as in the first line");
}

TEST(CsvColumn, NothingToRead) {
  EXPECT_EQ(csv_error(""), "data.csv: found no values; wanted at least one");
  EXPECT_EQ(csv_error("lambda\n"), "data.csv: found no values; wanted at least one");
  EXPECT_EQ(csv_error("a,b\n", "a"), "data.csv: found no values; wanted at least one");
  EXPECT_EQ(csv_error("# only\n\n", "a"), "data.csv: found no header line; wanted column names");
}

TEST(CsvColumn, TheColumnMustFitTheFile) {
  EXPECT_EQ(csv_usage_error("index,lambda\n0,1\n", "lamda"),
            "data.csv: found the columns \"index,lambda\"; wanted a column \"lamda\" (did you mean \"lambda\"?)");
  EXPECT_EQ(csv_usage_error("index,lambda\n0,1\n", "x"),
            "data.csv: found the columns \"index,lambda\"; wanted a column \"x\"");
  EXPECT_EQ(csv_usage_error("index,lambda\n0,1\n"),
            "data.csv: found 2 columns; wanted the name of one of them (column = \"...\")");
  EXPECT_EQ(csv_error("a,a\n0,1\n", "a"), "data.csv: found the column \"a\" twice; wanted it once");
}

TEST(CsvColumn, BinaryInAMessageIsHarmless) {
  EXPECT_EQ(csv_error(std::string_view("a\n\x01\x02\x1b[31m\n", 9)),
            "data.csv:2:1: found \"???[31m\"; wanted a number");
  EXPECT_EQ(csv_error("a\n" + std::string(500, 'x')),
            "data.csv:2:1: found \"" + std::string(40, 'x') + "...\"; wanted a number");
}

TEST(CsvTable, KeepsTheTextOfItsRows) {
  const CsvTable table =
      parse_csv_table("set,lambda, alpha\nnear tie,1, 2.50\n# no\nother,3,4e0\n", "points.csv", {"alpha", "lambda"});
  EXPECT_EQ(table.header, (std::vector<std::string>{"set", "lambda", "alpha"}));
  EXPECT_EQ(table.columns, (std::vector<Values>{{2.5, 4.0}, {1.0, 3.0}}));
  EXPECT_EQ(table.rows, (std::vector<std::vector<std::string>>{{"near tie", "1", " 2.50"}, {"other", "3", "4e0"}}));
}

TEST(CsvTable, MayHaveNoRows) {
  const CsvTable table = parse_csv_table("alpha\n", "points.csv", {"alpha"});
  EXPECT_TRUE(table.rows.empty());
  EXPECT_EQ(table.columns, std::vector<Values>{Values{}});
}

TEST(CsvTable, Errors) {
  const auto message = [](std::string_view text) {
    return error_of<DataError>([text] { (void)parse_csv_table(text, "points.csv", {"alpha", "beta"}); });
  };
  EXPECT_EQ(message(""), "points.csv: found no header line; wanted the columns alpha,beta");
  EXPECT_EQ(message("alpha,bta\n"),
            "points.csv: found the columns \"alpha,bta\"; wanted a column \"beta\" (did you mean \"bta\"?)");
  EXPECT_EQ(message("alpha,beta\n1,2\n1,zwei\n"), "points.csv:3:3: found \"zwei\"; wanted a number");
  EXPECT_EQ(message("alpha,beta\n1\n"), "points.csv:2:1: found 1 fields; wanted 2, as in the first line");
}

/// A .npy file: version, header text, data.
template <class T>
std::string npy(const std::string& header, const std::vector<T>& values, int version = 1) {
  std::string file("\x93NUMPY", 6);
  file += static_cast<char>(version);
  file += '\0';
  for (int byte = 0; byte < (version == 1 ? 2 : 4); ++byte) {
    file += static_cast<char>((header.size() >> (8 * byte)) & 0xff);
  }
  file += header;
  if (!values.empty()) file.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return file;
}

std::string header_of(const std::string& descr, const std::string& shape, const std::string& order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }      \n";
}

Values read_npy(const std::string& bytes) {
  return parse_column(bytes, "data.npy", std::nullopt);
}
std::string npy_error(const std::string& bytes) {
  return error_of<DataError>([&] { (void)read_npy(bytes); });
}

TEST(Npy, AllTypesAndVersions) {
  const Values wanted = {1.0, -2.0, 3.0};
  for (const int version : {1, 2, 3}) {
    EXPECT_EQ(read_npy(npy<double>(header_of("<f8", "(3,)"), {1, -2, 3}, version)), wanted);
    EXPECT_EQ(read_npy(npy<float>(header_of("<f4", "(3,)"), {1, -2, 3}, version)), wanted);
    EXPECT_EQ(read_npy(npy<std::int64_t>(header_of("<i8", "(3,)"), {1, -2, 3}, version)), wanted);
    EXPECT_EQ(read_npy(npy<std::int32_t>(header_of("<i4", "(3,)"), {1, -2, 3}, version)), wanted);
  }
  EXPECT_EQ(read_npy(npy<double>(header_of("<f8", "(3, 1)"), {1, -2, 3})), wanted);
  EXPECT_EQ(read_npy(npy<double>("{\"shape\":(1,),'fortran_order':False,'descr':'<f8'}", {0.1})), Values{0.1});
}

TEST(Npy, RefusesASizeThatLiesBeforeAllocating) {
  // 80 bytes that claim 32 GiB, and the largest counts there are.
  for (const char* shape : {"(4294967296,)", "(9223372036854775807,)", "(2305843009213693952, 1)"}) {
    const std::string lie = npy<double>(header_of("<f8", shape), {1.0});
    const auto start = std::chrono::steady_clock::now();
    const std::string message = npy_error(lie);
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    EXPECT_NE(message.find("found 8 bytes of values; wanted "), std::string::npos) << message;
    EXPECT_LT(elapsed.count(), 100.0);
  }
  EXPECT_EQ(npy_error(npy<double>(header_of("<f8", "(4294967296,)"), {1.0})),
            "data.npy: found 8 bytes of values; wanted 4294967296 values of 8 bytes, as its header says");
  const std::string message = npy_error(npy<double>(header_of("<f8", "(9223372036854775808,)"), {1.0}));
  EXPECT_NE(message.find("wanted a length from 0 to 2^63 - 1"), std::string::npos) << message;
}

TEST(Npy, RefusesBadFiles) {
  const std::string good = npy<double>(header_of("<f8", "(2,)"), {1, 2});
  EXPECT_EQ(read_npy(good), (Values{1, 2}));
  // Every shortened file, and one with a byte too many.
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_NE(npy_error(good.substr(0, size)).find("data.npy: found "), std::string::npos) << size;
  }
  EXPECT_NE(npy_error(good + "x").find("found 17 bytes of values"), std::string::npos);
  EXPECT_EQ(npy_error("1\n2\n"), "data.npy: found no .npy magic number; wanted a file written by numpy.save");
  std::string version = good;
  version[6] = 4;
  EXPECT_EQ(npy_error(version), "data.npy: found .npy version 4.0; wanted 1.0, 2.0 or 3.0");
}

TEST(Npy, RefusesOtherArrays) {
  EXPECT_EQ(npy_error(npy<double>(header_of("<f8", "(2, 2)"), {1, 2, 3, 4})),
            "data.npy: found an array of shape (2, 2); wanted one dimension, (N,) or (N, 1)");
  EXPECT_EQ(npy_error(npy<double>(header_of("<f8", "()"), {1})),
            "data.npy: found an array of shape (); wanted one dimension, (N,) or (N, 1)");
  EXPECT_EQ(npy_error(npy<double>(header_of("<f8", "(0,)"), {})), "data.npy: found no values; wanted at least one");
  EXPECT_EQ(npy_error(npy<double>(header_of(">f8", "(1,)"), {1})),
            "data.npy: found values of type \">f8\"; wanted '<f8', '<f4', '<i8' or '<i4'");
  EXPECT_EQ(npy_error(npy<double>(header_of("<f8", "(1,)", "True"), {1})),
            "data.npy: found Fortran order; wanted C order (numpy.ascontiguousarray before numpy.save)");
  EXPECT_EQ(npy_error(npy<double>(header_of("<f8", "(2,)"), {1, std::numeric_limits<double>::quiet_NaN()})),
            "data.npy: found nan at index 1; wanted finite numbers");
  EXPECT_EQ(npy_error(npy<float>(header_of("<f4", "(1,)"), {-std::numeric_limits<float>::infinity()})),
            "data.npy: found -inf at index 0; wanted finite numbers");
}

TEST(Npy, RefusesBadHeaders) {
  const auto message = [](const std::string& header) { return npy_error(npy<double>(header, {1})); };
  for (const char* header :
       {"", "{", "{}", "[]", "{'descr': '<f8'}", "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'extra': 1}",
        "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 1}", "{'descr': <f8, 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f8, 'fortran_order': False, 'shape': (1,)}",
        "{'descr': [('a', '<f8')], 'fortran_order': False}"}) {
    EXPECT_NE(message(header).find("of the .npy header; wanted "), std::string::npos)
        << header << ": " << message(header);
  }
}

TEST(Npy, HasNoColumns) {
  const std::string message = error_of<UsageError>(
      [] { (void)parse_column(npy<double>(header_of("<f8", "(1,)"), {1}), "data.npy", "lambda"); });
  EXPECT_EQ(message, "data.npy: found the column \"lambda\" for a .npy file; wanted no column: it has one dimension");
}

TEST(DataFiles, AreReadFromDisk) {
  const std::string path = testing::TempDir() + "ravine_data_files_test.csv";
  std::ofstream(path) << "lambda\n1\n2\n";
  EXPECT_EQ(read_column(path, std::nullopt), (Values{1.0, 2.0}));
  EXPECT_EQ(read_csv_table(path, {"lambda"}).columns[0], (Values{1.0, 2.0}));
  std::filesystem::remove(path);
  const std::string gone = error_of<IoError>([&] { (void)read_column(path, std::nullopt); });
  EXPECT_NE(gone.find(path), std::string::npos) << gone;
  EXPECT_NE(gone.find("No such file or directory"), std::string::npos) << gone;
  const std::string folder = error_of<IoError>([] { (void)read_column(testing::TempDir(), std::nullopt); });
  EXPECT_NE(folder.find(testing::TempDir()), std::string::npos) << folder;
}

TEST(DidYouMean, FindsTheNearestName) {
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("ab", "ba"), 1U);
  EXPECT_EQ(did_you_mean("lamdba", {"alpha", "lambda"}), " (did you mean \"lambda\"?)");
  EXPECT_EQ(did_you_mean("zzz", {"alpha", "lambda"}), "");
  EXPECT_EQ(did_you_mean(std::string(100000, 'a'), {"alpha"}), "");
  EXPECT_EQ(one_of({"a"}), "\"a\"");
  EXPECT_EQ(one_of({"a", "b", "c"}), "\"a\", \"b\" or \"c\"");
}

}  // namespace
}  // namespace ravine
