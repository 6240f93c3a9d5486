#include "readers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>

#include "../problems/zip_of.hpp"
#include "io/data_files.hpp"
#include "io/spectrum_record.hpp"
#include "problem/edge_list.hpp"
#include "problem/matrix_files.hpp"
#include "problem/matrix_market.hpp"
#include "problem/npz_matrix.hpp"
#include "problem/picture.hpp"
#include "ravine/error.hpp"

namespace ravine::fuzz {
namespace {

void expect(bool promise, const char* what) {
  if (!promise) throw std::logic_error(what);
}

/// Does it, or sees it refused.
template <class Action>
void attempt(Action action) {
  try {
    action();
  } catch (const DataError&) {
  } catch (const UsageError&) {
  }
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

void check(const DenseMatrix& matrix) {
  const auto n = static_cast<std::size_t>(matrix.size);
  expect(n >= 1 && matrix.value.size() == n * n, "a dense matrix has size * size values");
  expect(all_finite(matrix.value), "a matrix is finite");
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      expect(same_bits(matrix.value[i * n + j], matrix.value[j * n + i]), "a dense matrix is symmetric");
    }
  }
}

void check(const SparseMatrix& matrix) {
  const auto n = static_cast<std::size_t>(matrix.size);
  expect(n >= 1 && matrix.row_begin.size() == n + 1, "a sparse matrix has size + 1 beginnings");
  expect(matrix.row_begin.front() == 0 && matrix.row_begin.back() == std::ssize(matrix.value), "rows hold all entries");
  expect(matrix.column.size() == matrix.value.size(), "every entry has a column");
  expect(all_finite(matrix.value), "a matrix is finite");
  const auto columns_of = [&matrix](std::size_t row) {
    const auto begin = static_cast<std::size_t>(matrix.row_begin[row]);
    return std::span(matrix.column).subspan(begin, static_cast<std::size_t>(matrix.row_begin[row + 1]) - begin);
  };
  for (std::size_t row = 0; row < n; ++row) {
    expect(matrix.row_begin[row] <= matrix.row_begin[row + 1], "rows follow each other");
    const std::span<const std::int32_t> columns = columns_of(row);
    expect(std::is_sorted(columns.begin(), columns.end(), std::less_equal<>()), "columns ascend, each once");
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const auto column = static_cast<std::size_t>(columns[k]);
      expect(columns[k] >= 0 && column < n, "columns are within the matrix");
      const std::span<const std::int32_t> mirrored = columns_of(column);
      const auto found = std::lower_bound(mirrored.begin(), mirrored.end(), static_cast<std::int32_t>(row));
      expect(found != mirrored.end() && *found == static_cast<std::int32_t>(row), "every entry has its mirrored one");
      const std::size_t here = static_cast<std::size_t>(matrix.row_begin[row]) + k;
      const std::size_t there =
          static_cast<std::size_t>(matrix.row_begin[column]) + static_cast<std::size_t>(found - mirrored.begin());
      expect(same_bits(matrix.value[here], matrix.value[there]), "a sparse matrix is symmetric");
    }
  }
}

void check(const SymmetricMatrix& matrix) {
  std::visit([](const auto& any) { check(any); }, matrix);
}

void check(const Graph& graph) {
  expect(std::is_sorted(graph.edges.begin(), graph.edges.end(), std::less_equal<>()), "edges ascend, each once");
  for (const auto& [a, b] : graph.edges) {
    expect(0 <= a && a < b && b < graph.vertices, "an edge is between two vertices");
  }
}

void check(const Picture& picture) {
  expect(picture.rows >= 1 && picture.columns >= 1, "a picture has pixels");
  expect(std::ssize(picture.values) == picture.rows * picture.columns, "a picture has all its values");
  expect(std::all_of(picture.values.begin(), picture.values.end(), [&](int value) { return value <= picture.maximum; }),
         "no value is above the maximum");
}

void check(const std::vector<double>& values) {
  expect(!values.empty() && all_finite(values), "a column has values, all finite");
}

void read_csv(std::string_view bytes) {
  attempt([&] { check(parse_column(bytes, "a.csv", std::nullopt)); });
  attempt([&] { check(parse_column(bytes, "a.csv", "x")); });
  attempt([&] {
    const CsvTable table = parse_csv_table(bytes, "a.csv", {"y", "x"});
    for (const std::vector<double>& column : table.columns) {
      expect(column.size() == table.rows.size() && all_finite(column), "every row has its numbers");
    }
  });
}

void read_edge_list(std::string_view bytes) {
  attempt([&] { check(parse_edge_list(bytes, "a.txt")); });
}

void read_matrix_market(std::string_view bytes) {
  attempt([&] { check(parse_matrix_market(bytes, "a.mtx")); });
}

void read_matrix_market_graph(std::string_view bytes) {
  attempt([&] { check(parse_graph_matrix_market(bytes, "a.mtx")); });
}

void read_npy(std::string_view bytes) {
  attempt([&] { check(parse_npy_matrix(bytes, "a.npy")); });
  attempt([&] { check(parse_column(bytes, "a.npy", std::nullopt)); });
}

void read_npz(std::string_view bytes) {
  attempt([&] { check(parse_npz_matrix(bytes, "a.npz")); });
}

/// The arrays behind the checksums of an archive, which hardly any change of bytes gets past: each is two bytes that
/// say how long it is, then so many bytes, as far as there are any.
void read_npz_arrays(std::string_view bytes) {
  ZipEntries entries;
  for (const char* name : {"format", "shape", "data", "indptr", "indices", "row", "col"}) {
    std::size_t length = 0;
    if (bytes.size() >= 2) {
      length = static_cast<unsigned char>(bytes[0]) + std::size_t{256} * static_cast<unsigned char>(bytes[1]);
      bytes.remove_prefix(2);
    }
    const std::string_view array = bytes.substr(0, length);
    bytes.remove_prefix(array.size());
    if (!array.empty()) entries.emplace_back(std::string(name) + ".npy", array);
  }
  if (!entries.empty()) read_npz(zip_of(entries, ZIP_CM_STORE));  // libzip writes no archive without entries
}

void read_pgm(std::string_view bytes) {
  attempt([&] { check(parse_pgm(bytes, "a.pgm")); });
}

void check(const detail::SpectrumRecord& record) {
  for (const detail::ArrayRecord& array : record.arrays) {
    expect(array.name.find_first_of("/.") == std::string::npos, "an array's name leads nowhere else");
    expect(std::all_of(array.shape.begin(), array.shape.end(), [](std::int64_t extent) { return extent >= 0; }),
           "no extent is negative");
  }
  const std::string text = detail::to_text(record);
  expect(detail::to_text(detail::parse_spectrum_record(text)) == text, "a record's text is read as that record");
}

/// The record of a spectrum with whatever checksum, too: hardly any change of bytes gets past it.
void read_spectrum_record(std::string_view bytes) {
  attempt([&] { check(detail::parse_spectrum_record(bytes)); });
  attempt([&] { check(detail::parse_unsealed_record(bytes)); });
}

constexpr std::array<Reader, 9> readers = {{{"csv", read_csv},
                                            {"edge_list", read_edge_list},
                                            {"matrix_market", read_matrix_market},
                                            {"matrix_market_graph", read_matrix_market_graph},
                                            {"npy", read_npy},
                                            {"npz", read_npz},
                                            {"npz_arrays", read_npz_arrays},
                                            {"pgm", read_pgm},
                                            {"spectrum_record", read_spectrum_record}}};

}  // namespace

std::span<const Reader> all_readers() {
  return readers;
}

}  // namespace ravine::fuzz
