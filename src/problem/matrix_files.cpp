#include "problem/matrix_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/data_files.hpp"
#include "io/messages.hpp"
#include "io/npy.hpp"
#include "problem/matrix_market.hpp"
#include "problem/npz_matrix.hpp"
#include "problem/source_text.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

constexpr std::int64_t tile_side = 32;

/// The square from here to tile_side rows and columns on, as far as it lies in the matrix.
struct Tile {
  std::int64_t row;
  std::int64_t column;
};

/// Compares a tile below the diagonal with its mirrored one, and keeps one of 0 and -0, which are equal.
void match_tile(DenseMatrix& matrix, Tile tile, const std::string& name) {
  const std::int64_t n = matrix.size;
  for (std::int64_t row = tile.row; row < std::min(tile.row + tile_side, n); ++row) {
    for (std::int64_t column = tile.column; column < std::min(tile.column + tile_side, row); ++column) {
      const double lower = matrix.value[at(row * n + column)];
      double& upper = matrix.value[at(column * n + row)];
      if (lower != upper) {
        throw DataError(
            fmt::format("{}: found {} at ({}, {}), but {} at ({}, {}); wanted a symmetric matrix, to the last "
                        "bit ((A + A.T) / 2 before numpy.save)",
                        name, lower, row, column, upper, column, row));
      }
      upper = lower;
    }
  }
}

/// By tiles, since the neighbours in a row are a row's length apart in the mirrored one.
void match_triangles(DenseMatrix& matrix, const std::string& name) {
  for (std::int64_t row = 0; row < matrix.size; row += tile_side) {
    for (std::int64_t column = 0; column <= row; column += tile_side) match_tile(matrix, {row, column}, name);
  }
}

}  // namespace

DenseMatrix parse_npy_matrix(std::string_view bytes, const std::string& name) {
  const detail::NpyArray array = detail::open_npy(bytes, name);
  const std::vector<std::int64_t>& shape = array.shape;
  const bool square = shape.size() == 2 && shape[0] == shape[1] && shape[0] >= 1 && shape[0] <= most_rows;
  if (!square) {
    throw DataError(fmt::format("{}: found an array of shape ({}); wanted a square matrix, (n, n) with n from 1 to {}",
                                name, fmt::join(shape, ", "), most_rows));
  }
  DenseMatrix matrix{shape[0], detail::finite_values_of(array, name)};
  match_triangles(matrix, name);
  return matrix;
}

SymmetricMatrix parse_matrix(std::string_view bytes, const std::filesystem::path& path) {
  const std::filesystem::path extension = path.extension();
  if (extension == ".mtx") return parse_matrix_market(bytes, path.string());
  if (extension == ".npy") return parse_npy_matrix(bytes, path.string());
  if (extension == ".npz") return parse_npz_matrix(bytes, path.string());
  throw UsageError(fmt::format("{}: found the name of no matrix; wanted one that ends with {}", path.string(),
                               one_of({".mtx", ".npy", ".npz"})));
}

SymmetricMatrix read_matrix(const std::filesystem::path& path) {
  return parse_matrix(read_data_file(path), path);
}

}  // namespace ravine
