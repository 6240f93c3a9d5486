#include "problem/npz_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/messages.hpp"
#include "io/npy.hpp"
#include "problem/placed_entry.hpp"
#include "problem/source_text.hpp"
#include "problem/zip_archive.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// The arrays of an archive, each of one dimension.
class Arrays {
 public:
  Arrays(std::string_view bytes, const std::string& name) : archive_(bytes, name), name_(name) {}

  [[nodiscard]] std::string format() const {
    const std::string bytes = read("format");
    const detail::NpyArray array = detail::open_npy(bytes, name_of("format"));
    if (!array.type.starts_with("|S") || !array.shape.empty()) {
      throw DataError(fmt::format("{}: found an array of type {}; wanted one name of a format, as bytes",
                                  name_of("format"), in_quotes(array.type)));
    }
    return std::string(array.data.substr(0, array.data.find('\0')));
  }
  [[nodiscard]] std::vector<std::int64_t> integers(const std::string& key) const {
    const std::string bytes = read(key);
    return detail::integers_of(open(bytes, key), name_of(key));
  }
  [[nodiscard]] std::vector<double> values(const std::string& key) const {
    const std::string bytes = read(key);
    return detail::finite_values_of(open(bytes, key), name_of(key));
  }
  /// What messages call an array of the archive.
  [[nodiscard]] std::string name_of(const std::string& key) const { return fmt::format("{}:{}.npy", name_, key); }

 private:
  [[nodiscard]] std::string read(const std::string& key) const {
    std::optional<std::string> bytes = archive_.read(key + ".npy");
    if (bytes) return std::move(*bytes);
    throw DataError(
        fmt::format("{}: found no entry \"{}.npy\"; wanted an archive of scipy.sparse.save_npz", name_, key));
  }
  [[nodiscard]] detail::NpyArray open(std::string_view bytes, const std::string& key) const {
    detail::NpyArray array = detail::open_npy(bytes, name_of(key));
    if (array.shape.size() == 1) return array;
    throw DataError(fmt::format("{}: found an array of shape ({}); wanted one dimension", name_of(key),
                                fmt::join(array.shape, ", ")));
  }

  ZipArchive archive_;
  const std::string& name_;
};

std::int64_t read_size(const Arrays& arrays) {
  const std::vector<std::int64_t> shape = arrays.integers("shape");
  const bool square = shape.size() == 2 && shape[0] == shape[1] && shape[0] >= 1 && shape[0] <= most_rows;
  if (square) return shape[0];
  throw DataError(fmt::format("{}: found the shape ({}); wanted (n, n) with n from 1 to {}", arrays.name_of("shape"),
                              fmt::join(shape, ", "), most_rows));
}

void expect_count(const std::string& name, std::size_t found, std::size_t wanted) {
  if (found == wanted) return;
  throw DataError(fmt::format("{}: found {} numbers; wanted {}", name, found, wanted));
}

std::int32_t index_at(const std::vector<std::int64_t>& indices, std::size_t k, std::int64_t size,
                      const std::string& name) {
  if (indices[k] >= 0 && indices[k] < size) return static_cast<std::int32_t>(indices[k]);
  throw DataError(
      fmt::format("{}: found {} at index {}; wanted a row or column from 0 to {}", name, indices[k], k, size - 1));
}

/// Ascending from 0 to the number of entries. Precondition: there is at least one.
void expect_row_begins(const std::vector<std::int64_t>& begin, std::int64_t entries, const std::string& name) {
  const auto descent = std::is_sorted_until(begin.begin(), begin.end());
  const auto wrong = begin.front() != 0        ? begin.begin()
                     : descent != begin.end()  ? descent
                     : begin.back() != entries ? begin.end() - 1
                                               : begin.end();
  if (wrong == begin.end()) return;
  throw DataError(fmt::format("{}: found {} at index {}; wanted numbers that ascend from 0 to {}", name, *wrong,
                              wrong - begin.begin(), entries));
}

/// csr, and csc: the transposed of a symmetric matrix is the same.
std::vector<PlacedEntry> read_compressed(const Arrays& arrays, std::int64_t size) {
  const std::vector<std::int64_t> begin = arrays.integers("indptr");
  expect_count(arrays.name_of("indptr"), begin.size(), at(size + 1));
  const std::vector<std::int64_t> indices = arrays.integers("indices");
  const std::vector<double> values = arrays.values("data");
  expect_count(arrays.name_of("data"), values.size(), indices.size());
  expect_row_begins(begin, std::ssize(indices), arrays.name_of("indptr"));
  std::vector<PlacedEntry> entries;
  entries.reserve(values.size());
  for (std::int64_t row = 0; row < size; ++row) {
    for (std::int64_t k = begin[at(row)]; k < begin[at(row + 1)]; ++k) {
      const std::int32_t column = index_at(indices, at(k), size, arrays.name_of("indices"));
      entries.push_back({static_cast<std::int32_t>(row), column, values[at(k)], k});
    }
  }
  return entries;
}

std::vector<PlacedEntry> read_coordinates(const Arrays& arrays, std::int64_t size) {
  const std::vector<std::int64_t> rows = arrays.integers("row");
  const std::vector<std::int64_t> columns = arrays.integers("col");
  const std::vector<double> values = arrays.values("data");
  expect_count(arrays.name_of("row"), rows.size(), values.size());
  expect_count(arrays.name_of("col"), columns.size(), values.size());
  constexpr std::int64_t entry_bytes = sizeof(std::int32_t) * 2 + sizeof(double);
  if (size > entry_bytes * std::ssize(values)) {
    throw DataError(fmt::format("{}: found {} rows for {} entries; wanted an entry in most rows",
                                arrays.name_of("shape"), size, values.size()));
  }
  std::vector<PlacedEntry> entries;
  entries.reserve(values.size());
  for (std::size_t k = 0; k < values.size(); ++k) {
    entries.push_back({index_at(rows, k, size, arrays.name_of("row")),
                       index_at(columns, k, size, arrays.name_of("col")), values[k], static_cast<std::int64_t>(k)});
  }
  return entries;
}

std::vector<PlacedEntry> read_entries(const Arrays& arrays, std::int64_t size, const std::string& name) {
  const std::string format = arrays.format();
  if (format == "csr" || format == "csc") return read_compressed(arrays, size);
  if (format == "coo") return read_coordinates(arrays, size);
  throw DataError(fmt::format("{}: found the format {}; wanted {} (.tocsr() before save_npz)", name, in_quotes(format),
                              one_of({"csr", "csc", "coo"})));
}

void expect_symmetric(std::span<const PlacedEntry> sorted, const std::string& name) {
  if (const std::optional<Conflict> conflict = find_duplicate(sorted)) {
    throw DataError(
        fmt::format("{}: found the entry ({}, {}) twice; wanted each once (.sum_duplicates() before save_npz)", name,
                    conflict->entry.row, conflict->entry.column));
  }
  if (const std::optional<Conflict> conflict = find_asymmetry(sorted)) {
    const PlacedEntry& entry = conflict->entry;
    throw DataError(fmt::format(
        "{}: found {} at ({}, {}), but {} at ({}, {}); wanted a symmetric matrix (both triangles)", name, entry.value,
        entry.row, entry.column, conflict->other ? conflict->other->value : 0.0, entry.column, entry.row));
  }
}

}  // namespace

SparseMatrix parse_npz_matrix(std::string_view bytes, const std::string& name) {
  const Arrays arrays(bytes, name);
  const std::int64_t size = read_size(arrays);
  std::vector<PlacedEntry> entries = read_entries(arrays, size, name);
  sort_by_pair(entries);
  expect_symmetric(entries, name);
  return sparse_matrix(size, without_mirrored(entries));
}

}  // namespace ravine
