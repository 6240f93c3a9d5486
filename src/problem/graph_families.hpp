/// \file
/// Graphs made by rule, numbered from 0.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ravine/problem.hpp"

namespace ravine {

constexpr std::int64_t most_vertices = (std::int64_t{1} << 31) - 1;
constexpr std::int64_t most_edges = std::int64_t{1} << 33;

/// The graph, edges ascending; O(vertices + edges) time and memory.
///
/// Grids and tori number their vertices row after row, the last coordinate fastest, and so do path and cycle (of one
/// side). A side of a torus closes on itself only from 3 on: of 2 its ends are neighbours already, and one vertex has
/// no neighbour. Bit k of a vertex's number is its coordinate k in a hypercube. A star's centre is vertex 0. The first
/// part of a complete bipartite graph has the first numbers.
/// \throws UsageError, naming the member as a spec does, where the family has no such graph; before anything is
/// allocated, for more than most_vertices, or more than most_edges (of `random`: expected).
[[nodiscard]] Graph generate(const GeneratedGraph& graph);

/// How many vertices generate() gives. \throws UsageError as generate().
[[nodiscard]] std::int64_t vertices_of(const GeneratedGraph& graph);

/// The sides of a path ({n}) or grid: of the families that are products of paths. None for any other.
[[nodiscard]] std::optional<std::vector<std::int64_t>> grid_sides_of(const GeneratedGraph& graph);

}  // namespace ravine
