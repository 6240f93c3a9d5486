#include "problem/operators.hpp"

#include <algorithm>

#include "problem/disjoint_sets.hpp"

namespace ravine {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// The place of row i's diagonal entry. It is stored (laplacian()).
std::size_t diagonal_of(const SparseMatrix& matrix, std::int64_t i) {
  const auto begin = matrix.column.begin() + matrix.row_begin[at(i)];
  const auto end = matrix.column.begin() + matrix.row_begin[at(i + 1)];
  return static_cast<std::size_t>(std::lower_bound(begin, end, i) - matrix.column.begin());
}

}  // namespace

SparseMatrix laplacian(const Graph& graph) {
  SparseMatrix matrix{graph.vertices, std::vector<std::int64_t>(at(graph.vertices + 1)), {}, {}};
  std::vector<std::int64_t> next(
      at(graph.vertices));  // of each row: first its neighbours below it, then its next entry
  for (const auto& [a, b] : graph.edges) {
    ++matrix.row_begin[at(a) + 1];
    ++matrix.row_begin[at(b) + 1];
    ++next[at(b)];
  }
  for (std::int64_t i = 0; i < graph.vertices; ++i) {
    const std::int64_t degree = matrix.row_begin[at(i + 1)];
    matrix.row_begin[at(i + 1)] = matrix.row_begin[at(i)] + degree + 1;
  }
  const std::size_t stored = at(matrix.row_begin.back());
  matrix.column.assign(stored, -1);
  matrix.value.assign(stored, -1.0);
  for (std::int64_t i = 0; i < graph.vertices; ++i) {
    const std::int64_t begin = matrix.row_begin[at(i)];
    const std::int64_t diagonal = begin + next[at(i)];
    matrix.column[at(diagonal)] = static_cast<std::int32_t>(i);
    matrix.value[at(diagonal)] = static_cast<double>(matrix.row_begin[at(i + 1)] - begin - 1);
    next[at(i)] = begin;
  }
  // The edges ascend, so that a row meets all its neighbours below it, ascending, before those above it.
  for (const auto& [a, b] : graph.edges) {
    std::int64_t& next_of_a = next[at(a)];
    if (matrix.column[at(next_of_a)] == a) ++next_of_a;
    matrix.column[at(next_of_a++)] = b;
    matrix.column[at(next[at(b)]++)] = a;
  }
  return matrix;
}

SparseMatrix colorization(const Graph& graph, std::span<const std::int64_t> distinguished) {
  SparseMatrix matrix = laplacian(graph);
  for (const std::int64_t i : distinguished) matrix.value[diagonal_of(matrix, i)] += 1;
  return matrix;
}

Kernel components_of(const Graph& graph) {
  DisjointSets sets(graph.vertices);
  for (const auto& [a, b] : graph.edges) sets.join(a, b);
  Kernel kernel{0, std::vector<std::int32_t>(at(graph.vertices))};
  for (std::int32_t v = 0; v < graph.vertices; ++v) {
    const std::int32_t first = sets.first_of(v);
    kernel.component[at(v)] = first == v ? static_cast<std::int32_t>(kernel.dimension++) : kernel.component[at(first)];
  }
  return kernel;
}

Kernel components_without(const Kernel& components, std::span<const std::int64_t> distinguished) {
  constexpr std::int32_t none = -1;
  std::vector<std::int32_t> number(at(components.dimension), 0);
  for (const std::int64_t i : distinguished) number[at(components.component[at(i)])] = none;
  Kernel kernel;
  for (std::int32_t& one : number) {
    if (one != none) one = static_cast<std::int32_t>(kernel.dimension++);
  }
  if (kernel.dimension == 0) return kernel;
  kernel.component.reserve(components.component.size());
  for (const std::int32_t component : components.component) kernel.component.push_back(number[at(component)]);
  return kernel;
}

std::int64_t isolated_vertices_of(const Graph& graph) {
  std::vector<bool> has_edge(at(graph.vertices));
  for (const auto& [a, b] : graph.edges) has_edge[at(a)] = has_edge[at(b)] = true;
  return std::count(has_edge.begin(), has_edge.end(), false);
}

}  // namespace ravine
