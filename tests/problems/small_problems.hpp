// Small problems that tests of solvers share.
#pragma once

#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ravine/problem.hpp"

namespace ravine {

/// A file of tests/data/oracle: its numbers are strings.
inline nlohmann::json oracle_json(const std::string& name) {
  std::ifstream file(std::string(RAVINE_TEST_DATA) + "/oracle/" + name);
  return nlohmann::json::parse(file);
}

inline std::vector<double> numbers_of(const nlohmann::json& strings) {
  std::vector<double> numbers;
  for (const auto& text : strings) numbers.push_back(std::strtod(text.get<std::string>().c_str(), nullptr));
  return numbers;
}

inline Quadratic quadratic(SymmetricMatrix matrix) {
  Quadratic problem;
  problem.b.assign(static_cast<std::size_t>(size_of(matrix)), 0.0);
  problem.matrix = std::move(matrix);
  return problem;
}

/// L of the edges, plus 1 on the diagonal at each distinguished vertex.
inline SparseMatrix operator_of(std::int64_t size, const std::vector<std::array<std::int32_t, 2>>& edges,
                                const std::vector<std::int32_t>& distinguished) {
  std::vector<double> diagonal(static_cast<std::size_t>(size));
  std::vector<Entry> entries;
  for (const auto& [a, b] : edges) {
    ++diagonal[static_cast<std::size_t>(a)];
    ++diagonal[static_cast<std::size_t>(b)];
    entries.push_back({a, b, -1});
  }
  for (const std::int32_t vertex : distinguished) ++diagonal[static_cast<std::size_t>(vertex)];
  for (std::int32_t i = 0; i < size; ++i) {
    if (diagonal[static_cast<std::size_t>(i)] != 0) entries.push_back({i, i, diagonal[static_cast<std::size_t>(i)]});
  }
  return sparse_matrix(size, entries);
}

/// The components of a graph, by spreading the smallest number of each along its edges.
inline Kernel kernel_of(std::int64_t size, const std::vector<std::array<std::int32_t, 2>>& edges) {
  std::vector<std::int32_t> smallest(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < smallest.size(); ++i) smallest[i] = static_cast<std::int32_t>(i);
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [a, b] : edges) {
      std::int32_t& first = smallest[static_cast<std::size_t>(a)];
      std::int32_t& second = smallest[static_cast<std::size_t>(b)];
      if (first == second) continue;
      first = second = std::min(first, second);
      changed = true;
    }
  }
  Kernel kernel;
  std::vector<std::int32_t> number(smallest.size());
  for (std::size_t i = 0; i < smallest.size(); ++i) {
    const auto first = static_cast<std::size_t>(smallest[i]);
    if (first == i) number[i] = static_cast<std::int32_t>(kernel.dimension++);
    kernel.component.push_back(number[first]);
  }
  return kernel;
}

inline Quadratic laplacian(std::int64_t size, const std::vector<std::array<std::int32_t, 2>>& edges) {
  Quadratic problem = quadratic(operator_of(size, edges, {}));
  problem.kernel = kernel_of(size, edges);
  return problem;
}

inline Quadratic star(std::int32_t size) {
  std::vector<std::array<std::int32_t, 2>> edges;
  for (std::int32_t i = 1; i < size; ++i) edges.push_back({0, i});
  return laplacian(size, edges);
}

inline Quadratic path(std::int32_t size) {
  std::vector<std::array<std::int32_t, 2>> edges;
  for (std::int32_t i = 1; i < size; ++i) edges.push_back({i - 1, i});
  return laplacian(size, edges);
}

/// Entries from a fixed sequence, between -scale and scale.
inline DenseMatrix scattered_matrix(std::int64_t size, double scale) {
  DenseMatrix matrix{size, std::vector<double>(static_cast<std::size_t>(size * size))};
  std::uint64_t state = 1;
  for (std::int64_t i = 0; i < size; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      const double value = scale * (static_cast<double>(state >> 11U) * 0x1p-52 - 1);
      matrix.value[static_cast<std::size_t>(i * size + j)] = value;
      matrix.value[static_cast<std::size_t>(j * size + i)] = value;
    }
  }
  return matrix;
}

}  // namespace ravine
