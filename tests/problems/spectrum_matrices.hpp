// Matrices whose spectra are known, for the tests of solvers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <span>
#include <vector>

#include "ravine/problem.hpp"

namespace ravine {

struct Edge {
  std::int64_t from;
  std::int64_t to;
};

/// A graph's Laplacian as a problem, with the kernel of a connected graph.
inline Quadratic laplacian_of(std::int64_t vertices, std::span<const Edge> edges) {
  std::vector<Entry> entries;
  std::vector<double> degree(static_cast<std::size_t>(vertices));
  for (const Edge& edge : edges) {
    entries.push_back({static_cast<std::int32_t>(edge.from), static_cast<std::int32_t>(edge.to), -1});
    for (const std::int64_t end : {edge.from, edge.to}) degree[static_cast<std::size_t>(end)] += 1;
  }
  for (std::int32_t vertex = 0; vertex < vertices; ++vertex) {
    entries.push_back({vertex, vertex, degree[static_cast<std::size_t>(vertex)]});
  }
  Quadratic problem;
  problem.matrix = sparse_matrix(vertices, entries);
  problem.b.assign(static_cast<std::size_t>(vertices), 0);
  problem.kernel = {1, std::vector<std::int32_t>(static_cast<std::size_t>(vertices))};
  return problem;
}

/// Equal eigenvalues of K_n: n, n - 1 times.
inline Quadratic complete_laplacian(std::int64_t vertices) {
  std::vector<Edge> edges;
  for (std::int64_t to = 0; to < vertices; ++to) {
    for (std::int64_t from = 0; from < to; ++from) edges.push_back({from, to});
  }
  return laplacian_of(vertices, edges);
}

/// Rows of columns, each vertex tied to the next in both directions.
inline Quadratic grid_laplacian(std::int64_t rows, std::int64_t columns) {
  std::vector<Edge> edges;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) {
      const std::int64_t vertex = row * columns + column;
      if (column + 1 < columns) edges.push_back({vertex, vertex + 1});
      if (row + 1 < rows) edges.push_back({vertex, vertex + columns});
    }
  }
  return laplacian_of(rows * columns, edges);
}

/// M46: the sums of two paths' eigenvalues, which are 4 sin^2(pi k / 2n).
inline std::vector<double> grid_eigenvalues(std::int64_t rows, std::int64_t columns) {
  const auto of_path = [](std::int64_t k, std::int64_t n) {
    const double sine = std::sin(std::numbers::pi * static_cast<double>(k) / static_cast<double>(2 * n));
    return 4 * sine * sine;
  };
  std::vector<double> eigenvalues;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) eigenvalues.push_back(of_path(i, rows) + of_path(j, columns));
  }
  std::sort(eigenvalues.begin(), eigenvalues.end());
  return eigenvalues;
}

/// The same numbers on every machine, from -1 to 1.
inline DenseMatrix random_symmetric(std::int64_t size, unsigned seed) {
  std::mt19937_64 random(seed);
  const auto n = static_cast<std::size_t>(size);
  DenseMatrix matrix{size, std::vector<double>(n * n)};
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t column = 0; column <= row; ++column) {
      const double value = static_cast<double>(random() >> 11U) * 0x1p-52 - 1;
      matrix.value[row * n + column] = matrix.value[column * n + row] = value;
    }
  }
  return matrix;
}

}  // namespace ravine
