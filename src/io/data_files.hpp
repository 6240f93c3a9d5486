/// \file
/// Data files that people bring: columns of CSV files and one-dimensional .npy files.
///
/// CSV: comma separated, spaces around a field ignored, no quoting; blank lines and lines that begin with # are
/// skipped; the first line that is left is the header. Numbers are decimal and correctly rounded.
///
/// .npy: versions 1 to 3, shape (N,) or (N, 1), little-endian float64, float32, int64 or int32, C order. The header is
/// checked against the file's size before anything is allocated for it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// The whole file. \throws IoError, naming the path.
[[nodiscard]] std::string read_file_bytes(const std::filesystem::path& path);

/// The whole file, which must be a regular one: a pipe or a device may have no end. \throws DataError, IoError.
[[nodiscard]] std::string read_data_file(const std::filesystem::path& path);

/// The values of one column, at least one, all finite. A name that ends with .npy is read as such, every other as CSV.
/// `column` may be left out where a CSV file has one column (then it needs no header line either).
/// \throws IoError when the file can't be read, UsageError when `column` does not fit the file, DataError (as
/// `file:line:column: ...`, or with the index for .npy) when its content is bad.
[[nodiscard]] std::vector<double> read_column(const std::filesystem::path& path,
                                              const std::optional<std::string>& column);

/// read_column of a file that is in memory already; `path` only names it (and tells its kind).
[[nodiscard]] std::vector<double> parse_column(std::string_view bytes, const std::filesystem::path& path,
                                               const std::optional<std::string>& column);

/// A CSV file as text, with some of its columns as numbers.
struct CsvTable {
  std::vector<std::string> header;
  std::vector<std::vector<double>> columns;    ///< columns[k] has the numbers of the k-th column asked for
  std::vector<std::vector<std::string>> rows;  ///< the fields as they stand in the file, spaces included
};

/// Reads a table that has a header and the columns `wanted` (in any order, among any others). No row is no error.
/// \throws IoError, DataError (`file:line:column: ...`).
[[nodiscard]] CsvTable read_csv_table(const std::filesystem::path& path, const std::vector<std::string>& wanted);

/// read_csv_table of text that is in memory already, called `name` in messages.
[[nodiscard]] CsvTable parse_csv_table(std::string_view text, const std::string& name,
                                       const std::vector<std::string>& wanted);

}  // namespace ravine
