#include "problem/graph_families.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "io/memory.hpp"
#include "problem/random_graphs.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

std::int32_t vertex(std::int64_t number) {
  return static_cast<std::int32_t>(number);
}

/// What a spec calls the sizes of a family (docs/spec.md).
std::string_view name_of_sizes(GraphFamily family) {
  switch (family) {
    case GraphFamily::grid:
    case GraphFamily::torus:
      return "sides";
    case GraphFamily::complete_bipartite:
      return "parts";
    case GraphFamily::hypercube:
      return "dimension";
    default:
      return "n";
  }
}

[[noreturn]] void refuse_sizes(const GeneratedGraph& graph, std::string_view wanted) {
  throw UsageError(fmt::format("{}: found {}; wanted {} ({})", name_of_sizes(graph.family),
                               fmt::join(graph.sizes, ", "), wanted, name_of(graph.family)));
}

/// The only size of a family that has one.
std::int64_t only_size(const GeneratedGraph& graph, std::int64_t least, std::int64_t most) {
  if (graph.sizes.size() != 1 || graph.sizes[0] < least || graph.sizes[0] > most) {
    refuse_sizes(graph, fmt::format("one number from {} to {}", least, most));
  }
  return graph.sizes[0];
}

/// A hypercube of more dimensions has more than most_edges edges.
constexpr std::int64_t most_dimensions = 29;

std::int64_t product_of_sides(const GeneratedGraph& graph) {
  if (graph.sizes.empty()) refuse_sizes(graph, "the vertices along each side");
  std::int64_t product = 1;
  for (const std::int64_t side : graph.sizes) {
    if (side < 1) refuse_sizes(graph, "sides of at least 1");
    if (side > most_vertices / product) refuse_sizes(graph, fmt::format("at most {} vertices", most_vertices));
    product *= side;
  }
  return product;
}

std::int64_t pairs_of(std::int64_t count) {
  return count * (count - 1) / 2;
}

/// Neighbours along a side of a grid, or of a torus.
std::int64_t edges_along(GraphFamily family, std::int64_t side) {
  return family == GraphFamily::torus && side >= 3 ? side : side - 1;
}

std::int64_t edges_of_sides(const GeneratedGraph& graph, std::int64_t vertices) {
  std::int64_t edges = 0;
  for (const std::int64_t side : graph.sizes) edges += vertices / side * edges_along(graph.family, side);
  return edges;
}

void check_probability(const GeneratedGraph& graph) {
  if (!(graph.probability >= 0 && graph.probability <= 1)) {
    throw UsageError(fmt::format("probability: found {}; wanted 0 to 1", graph.probability));
  }
}

void check_degree(const GeneratedGraph& graph, std::int64_t vertices) {
  if (graph.degree < 0 || graph.degree >= vertices) {
    throw UsageError(
        fmt::format("degree: found {}; wanted 0 to {}, less than the vertices", graph.degree, vertices - 1));
  }
  if (graph.family == GraphFamily::small_world && graph.degree % 2 != 0) {
    throw UsageError(
        fmt::format("degree: found {}; wanted an even number, half of it on either side in the ring", graph.degree));
  }
  if (graph.family == GraphFamily::random_regular && graph.degree % 2 != 0 && vertices % 2 != 0) {
    throw UsageError(fmt::format("degree: found {} for {} vertices; wanted one of the two even, or no graph has it",
                                 graph.degree, vertices));
  }
}

/// Exact, but for `random`: expected. Checks every member on the way, the sizes by vertices_of.
std::int64_t edges_of(const GeneratedGraph& graph, std::int64_t vertices) {
  switch (graph.family) {
    case GraphFamily::path:
    case GraphFamily::star:
      return vertices - 1;
    case GraphFamily::cycle:
      return vertices;
    case GraphFamily::grid:
    case GraphFamily::torus:
      return edges_of_sides(graph, vertices);
    case GraphFamily::complete:
      return pairs_of(vertices);
    case GraphFamily::complete_bipartite:
      return graph.sizes[0] * graph.sizes[1];
    case GraphFamily::hypercube:
      return vertices / 2 * graph.sizes[0];
    case GraphFamily::small_world:
      check_probability(graph);
      check_degree(graph, vertices);
      return vertices * graph.degree / 2;
    case GraphFamily::random_regular:
      check_degree(graph, vertices);
      return vertices * graph.degree / 2;
    case GraphFamily::random:
      check_probability(graph);
      return static_cast<std::int64_t>(std::ceil(graph.probability * static_cast<double>(pairs_of(vertices))));
  }
  return 0;
}

/// The neighbours of v in a grid or torus that have a larger number than v.
void append_larger_neighbours(const GeneratedGraph& graph, std::int64_t v, std::vector<std::int64_t>& neighbours) {
  std::int64_t stride = 1;
  for (auto side = graph.sizes.rbegin(); side != graph.sizes.rend(); ++side) {
    const std::int64_t coordinate = v / stride % *side;
    if (coordinate + 1 < *side) neighbours.push_back(v + stride);
    const bool closes = graph.family == GraphFamily::torus && *side >= 3;
    if (closes && coordinate == 0) neighbours.push_back(v + (*side - 1) * stride);
    stride *= *side;
  }
}

void append_grid(const GeneratedGraph& graph, Graph& made) {
  std::vector<std::int64_t> neighbours;
  for (std::int64_t v = 0; v < made.vertices; ++v) {
    neighbours.clear();
    append_larger_neighbours(graph, v, neighbours);
    std::sort(neighbours.begin(), neighbours.end());
    for (const std::int64_t neighbour : neighbours) made.edges.push_back({vertex(v), vertex(neighbour)});
  }
}

/// Joins every vertex before `until` to every later one from `first_other` on.
void append_joins(std::int64_t until, std::int64_t first_other, Graph& made) {
  for (std::int64_t v = 0; v < until; ++v) {
    for (std::int64_t other = std::max(v + 1, first_other); other < made.vertices; ++other) {
      made.edges.push_back({vertex(v), vertex(other)});
    }
  }
}

void append_hypercube(std::int64_t dimension, Graph& made) {
  for (std::int64_t v = 0; v < made.vertices; ++v) {
    for (std::int64_t k = 0; k < dimension; ++k) {
      const std::int64_t neighbour = v ^ (std::int64_t{1} << k);
      if (v < neighbour) made.edges.push_back({vertex(v), vertex(neighbour)});
    }
  }
}

/// A grid or torus of one side.
GeneratedGraph of_one_side(GraphFamily family, std::int64_t side) {
  return {.family = family, .sizes = {side}};
}

}  // namespace

std::int64_t vertices_of(const GeneratedGraph& graph) {
  switch (graph.family) {
    case GraphFamily::cycle:
      return only_size(graph, 3, most_vertices);
    case GraphFamily::path:
    case GraphFamily::complete:
    case GraphFamily::star:
    case GraphFamily::small_world:
    case GraphFamily::random_regular:
    case GraphFamily::random:
      return only_size(graph, 1, most_vertices);
    case GraphFamily::grid:
    case GraphFamily::torus:
      return product_of_sides(graph);
    case GraphFamily::complete_bipartite:
      if (graph.sizes.size() != 2 || std::min(graph.sizes[0], graph.sizes[1]) < 1) {
        refuse_sizes(graph, "two numbers of at least 1");
      }
      if (graph.sizes[0] > most_vertices - graph.sizes[1]) {
        refuse_sizes(graph, fmt::format("at most {} vertices", most_vertices));
      }
      return graph.sizes[0] + graph.sizes[1];
    case GraphFamily::hypercube:
      return std::int64_t{1} << only_size(graph, 1, most_dimensions);
  }
  return 0;
}

std::optional<std::vector<std::int64_t>> grid_sides_of(const GeneratedGraph& graph) {
  const bool is_product_of_paths = graph.family == GraphFamily::path || graph.family == GraphFamily::grid;
  return is_product_of_paths ? std::optional(graph.sizes) : std::nullopt;
}

Graph generate(const GeneratedGraph& graph) {
  Graph made{vertices_of(graph), {}};
  const std::int64_t edges = edges_of(graph, made.vertices);
  if (edges > most_edges) {
    refuse_sizes(graph, fmt::format("at most {} edges, not {}", most_edges, edges));
  }
  constexpr double bytes = 64;  // of a vertex, and of an edge: here, and in the matrix as it is made
  require_memory(bytes * static_cast<double>(made.vertices + edges),
                 fmt::format("{}: found {}, a {} graph with {} vertices and {} edges", name_of_sizes(graph.family),
                             fmt::join(graph.sizes, ", "), name_of(graph.family), made.vertices, edges),
                 "a graph that fits");
  made.edges.reserve(static_cast<std::size_t>(edges));
  switch (graph.family) {
    case GraphFamily::path:
      append_grid(of_one_side(GraphFamily::grid, made.vertices), made);
      break;
    case GraphFamily::cycle:
      append_grid(of_one_side(GraphFamily::torus, made.vertices), made);
      break;
    case GraphFamily::grid:
    case GraphFamily::torus:
      append_grid(graph, made);
      break;
    case GraphFamily::complete:
      append_joins(made.vertices, 0, made);
      break;
    case GraphFamily::star:
      append_joins(1, 1, made);
      break;
    case GraphFamily::complete_bipartite:
      append_joins(graph.sizes[0], graph.sizes[0], made);
      break;
    case GraphFamily::hypercube:
      append_hypercube(graph.sizes[0], made);
      break;
    case GraphFamily::small_world:
      return small_world(made.vertices, graph);
    case GraphFamily::random_regular:
      return random_regular(made.vertices, graph);
    case GraphFamily::random:
      return random_graph(made.vertices, graph);
  }
  return made;
}

}  // namespace ravine
