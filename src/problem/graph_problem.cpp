#include "problem/graph_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "problem/closed_forms.hpp"
#include "problem/edge_list.hpp"
#include "problem/graph_families.hpp"
#include "problem/operators.hpp"
#include "problem/picture.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// Ascending. \throws UsageError for one that is no vertex or is listed twice, or for none at all.
std::vector<std::int64_t> checked(std::vector<std::int64_t> distinguished, std::int64_t vertices) {
  if (distinguished.empty()) throw UsageError("distinguished: found no vertex; wanted at least one");
  std::sort(distinguished.begin(), distinguished.end());
  const auto is_no_vertex = [vertices](std::int64_t v) { return v < 0 || v >= vertices; };
  if (const auto wrong = std::find_if(distinguished.begin(), distinguished.end(), is_no_vertex);
      wrong != distinguished.end()) {
    throw UsageError(fmt::format("distinguished: found {}; wanted vertices from 0 to {}", *wrong, vertices - 1));
  }
  if (const auto twice = std::adjacent_find(distinguished.begin(), distinguished.end()); twice != distinguished.end()) {
    throw UsageError(fmt::format("distinguished: found {} twice; wanted each vertex once", *twice));
  }
  return distinguished;
}

/// What to know of the graph itself. \param components of it.
void append_notes(const Graph& graph, const Kernel& components, std::vector<std::string>& notes) {
  if (components.dimension > 1) {
    notes.push_back(fmt::format("the graph has {} connected components: 0 is an eigenvalue of its Laplacian {} times",
                                components.dimension, components.dimension));
  }
  const std::int64_t isolated = isolated_vertices_of(graph);
  if (isolated == 1 && graph.vertices > 1) notes.emplace_back("1 vertex has no edge");
  if (isolated > 1) notes.push_back(fmt::format("{} vertices have no edge", isolated));
}

/// The sum of b over each set of the kernel that differs from 0 by more than rounding: f falls without end along it.
void append_note_of_no_minimum(Quadratic& quadratic) {
  std::vector<double> sums(at(quadratic.kernel.dimension));
  std::vector<double> sizes(sums.size());
  for (std::size_t v = 0; v < quadratic.b.size(); ++v) {
    sums[at(quadratic.kernel.component[v])] += quadratic.b[v];
    sizes[at(quadratic.kernel.component[v])] += std::fabs(quadratic.b[v]);
  }
  constexpr double rounding = 0x1p-40;  // of a sum, relative to the sum of absolute values
  for (std::size_t k = 0; k < sums.size(); ++k) {
    if (std::fabs(sums[k]) <= rounding * sizes[k]) continue;
    quadratic.notes.push_back(fmt::format(
        "f has no minimum: b sums to {} over a connected component, and A is 0 on its constant vectors", sums[k]));
    return;
  }
}

void make_laplacian(const Weights& b, const std::filesystem::path& folder, Quadratic& quadratic) {
  quadratic.matrix = laplacian(*quadratic.graph);
  quadratic.kernel = components_of(*quadratic.graph);
  quadratic.b = read_weights(b, quadratic.graph->vertices, folder);
  append_notes(*quadratic.graph, quadratic.kernel, quadratic.notes);
  append_note_of_no_minimum(quadratic);
  const bool is_homogeneous = std::all_of(quadratic.b.begin(), quadratic.b.end(), [](double x) { return x == 0; });
  if (is_homogeneous) quadratic.solution.emplace(quadratic.b.size(), 0.0);
}

/// w* is 1 wherever a distinguished vertex can be reached (M45), and else 0, which is the shortest w*.
void make_colorization(std::vector<std::int64_t> distinguished, Quadratic& quadratic) {
  const Graph& graph = *quadratic.graph;
  quadratic.matrix = colorization(graph, distinguished);
  quadratic.b.assign(at(graph.vertices), 0.0);
  for (const std::int64_t v : distinguished) quadratic.b[at(v)] = 1;
  const Kernel components = components_of(graph);
  append_notes(graph, components, quadratic.notes);
  quadratic.kernel = components_without(components, distinguished);
  quadratic.solution.emplace(at(graph.vertices), 1.0);
  quadratic.distinguished = std::move(distinguished);
  if (quadratic.kernel.dimension == 0) return;
  quadratic.notes.push_back(
      fmt::format("{} of {} components have no distinguished vertex: the mean of their weights does not move, and A is "
                  "singular",
                  quadratic.kernel.dimension, components.dimension));
  for (std::size_t v = 0; v < quadratic.solution->size(); ++v) {
    if (quadratic.kernel.component[v] >= 0) (*quadratic.solution)[v] = 0;
  }
}

/// The distinguished pixels of a picture.
struct Mask {
  std::string name;
  std::vector<std::int64_t> sides;     ///< rows, columns
  std::vector<std::int64_t> vertices;  ///< ascending
};

Mask read_mask(const std::filesystem::path& path) {
  const Picture picture = read_pgm(path);
  Mask mask{path.string(), {picture.rows, picture.columns}, {}};
  for (std::size_t pixel = 0; pixel < picture.values.size(); ++pixel) {
    if (2 * std::int64_t{picture.values[pixel]} > picture.maximum) {
      mask.vertices.push_back(static_cast<std::int64_t>(pixel));
    }
  }
  if (mask.vertices.empty()) {
    throw DataError(fmt::format("{}: found no pixel above half of {}; wanted at least one distinguished vertex",
                                mask.name, picture.maximum));
  }
  return mask;
}

/// \returns nothing where the vertices are listed.
std::optional<Mask> mask_of(const GraphProblem& problem, const std::filesystem::path& folder) {
  const auto* const path = std::get_if<std::filesystem::path>(&problem.distinguished);
  return path == nullptr ? std::nullopt : std::optional(read_mask(folder / *path));
}

/// The graph with the mask's rows and columns for its sides, if it has none of its own.
GeneratedGraph on_pixels(const Mask& mask, GeneratedGraph graph) {
  if (graph.family != GraphFamily::grid && graph.family != GraphFamily::torus) {
    throw UsageError(
        fmt::format("mask: found a graph of the family {}; wanted a grid or torus, whose vertices are the "
                    "picture's pixels",
                    name_of(graph.family)));
  }
  if (graph.sizes.empty()) graph.sizes = mask.sides;
  if (graph.sizes == mask.sides) return graph;
  throw UsageError(fmt::format("mask: found {} with {} rows and {} columns; wanted the sides of the {}, {}", mask.name,
                               mask.sides[0], mask.sides[1], name_of(graph.family), fmt::join(graph.sizes, ", ")));
}

void check_pixels(const Mask& mask, const Graph& graph) {
  if (mask.sides[0] * mask.sides[1] == graph.vertices) return;
  throw UsageError(fmt::format("mask: found {} with {} rows and {} columns; wanted a pixel for each of {} vertices",
                               mask.name, mask.sides[0], mask.sides[1], graph.vertices));
}

std::vector<std::int64_t> distinguished_of(const GraphProblem& problem, const std::optional<Mask>& mask) {
  return mask ? mask->vertices : std::get<std::vector<std::int64_t>>(problem.distinguished);
}

/// What is known of a graph made by rule beyond its edges.
void add_closed_form(const GeneratedGraph& graph, Operator kind, Quadratic& quadratic) {
  if (graph.family == GraphFamily::grid || graph.family == GraphFamily::torus) quadratic.sides = graph.sizes;
  std::optional<ClosedForm> form = kind == Operator::laplacian
                                       ? laplacian_closed_form(graph)
                                       : colorization_closed_form(graph, quadratic.distinguished);
  if (!form) return;
  quadratic.eigenvalues = std::move(form->eigenvalues);
  quadratic.closed_form = std::move(form->name);
}

}  // namespace

Quadratic graph_quadratic(const GraphProblem& problem, const std::filesystem::path& folder) {
  const std::optional<Mask> mask = mask_of(problem, folder);
  std::optional<GeneratedGraph> made;
  if (const auto* const generated = std::get_if<GeneratedGraph>(&problem.graph)) {
    made = mask ? on_pixels(*mask, *generated) : *generated;
  }
  Quadratic quadratic;
  quadratic.graph = made ? generate(*made) : read_graph(folder / std::get<GraphFile>(problem.graph).path);
  if (mask) check_pixels(*mask, *quadratic.graph);
  if (problem.kind == Operator::laplacian) {
    make_laplacian(problem.b, folder, quadratic);
  } else {
    make_colorization(checked(distinguished_of(problem, mask), quadratic.graph->vertices), quadratic);
  }
  if (made) add_closed_form(*made, problem.kind, quadratic);
  return quadratic;
}

}  // namespace ravine
