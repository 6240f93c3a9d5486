/// \file
/// Matrices of graphs.
#pragma once

#include <cstdint>
#include <span>

#include "ravine/problem.hpp"

namespace ravine {

/// MATH: L (M44): the degrees on the diagonal, which is stored in every row, and -1 for each edge.
[[nodiscard]] SparseMatrix laplacian(const Graph& graph);

/// MATH: A = L + the sum of e_i e_i' over the distinguished vertices (M45).
/// Precondition: these are ascending, each once, vertices of the graph.
[[nodiscard]] SparseMatrix colorization(const Graph& graph, std::span<const std::int64_t> distinguished);

/// The connected components, numbered in the order of their first vertices: the kernel of the Laplacian.
[[nodiscard]] Kernel components_of(const Graph& graph);

/// The components without a distinguished vertex: the kernel of colorization. \param components of the graph.
[[nodiscard]] Kernel components_without(const Kernel& components, std::span<const std::int64_t> distinguished);

/// Vertices without an edge.
[[nodiscard]] std::int64_t isolated_vertices_of(const Graph& graph);

}  // namespace ravine
