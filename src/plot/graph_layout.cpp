#include "plot/graph_layout.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace ravine::detail {
namespace {

/// Of the edges of a ring's graph, those between neighbours at least. A ring lattice with a fifth of its edges rewired
/// has more; a grid numbered by rows has half.
constexpr double part_near = 0.6;

bool is_path(const DrawnGraph& graph) {
  return static_cast<std::int64_t>(graph.edges.size()) == graph.vertices - 1 &&
         std::all_of(graph.edges.begin(), graph.edges.end(),
                     [](const auto& edge) { return std::abs(edge[1] - edge[0]) == 1; });
}

/// Do most edges join vertices that are near on a ring: no further than they would be if each vertex were joined to the
/// nearest ones?
bool is_ring(const DrawnGraph& graph) {
  const auto edges = static_cast<std::int64_t>(graph.edges.size());
  const std::int64_t reach = std::max<std::int64_t>(1, (edges + graph.vertices / 2) / graph.vertices);
  if (2 * reach + 1 >= graph.vertices) return true;
  const auto near = std::count_if(graph.edges.begin(), graph.edges.end(), [&](const auto& edge) {
    const std::int64_t distance = std::abs(edge[1] - edge[0]);
    return std::min(distance, graph.vertices - distance) <= reach;
  });
  return static_cast<double>(near) >= part_near * static_cast<double>(edges);
}

/// Does some vertex have several times as many edges as most?
bool has_hubs(const DrawnGraph& graph) {
  constexpr std::int64_t several = 3;
  std::vector<std::int64_t> degrees(static_cast<std::size_t>(graph.vertices));
  for (const auto& [a, b] : graph.edges) {
    ++degrees[static_cast<std::size_t>(a)];
    ++degrees[static_cast<std::size_t>(b)];
  }
  const auto ends = 2 * static_cast<std::int64_t>(graph.edges.size());
  return *std::max_element(degrees.begin(), degrees.end()) * graph.vertices > several * ends;
}

/// From `from` on clockwise, through `turn` of a whole circle.
std::vector<Point> on_circle(std::int64_t vertices, double from, double turn) {
  std::vector<Point> places;
  for (std::int64_t k = 0; k < vertices; ++k) {
    const double angle = 2 * std::numbers::pi * (from - turn * static_cast<double>(k) / static_cast<double>(vertices));
    places.push_back({std::cos(angle), std::sin(angle)});
  }
  return places;
}

/// The first side downwards, the second to the right; of three sides the first goes into the depth.
std::vector<Point> on_grid(const DrawnGraph& graph) {
  constexpr Point depth = {0.38, 0.27};  // the next layer, in steps of a layer's own
  const std::size_t dimensions = graph.sides.size();
  std::vector<Point> places;
  for (std::int64_t k = 0; k < graph.vertices; ++k) {
    const std::int64_t column = k % graph.sides[dimensions - 1];
    const std::int64_t rest = k / graph.sides[dimensions - 1];
    const std::int64_t row = dimensions > 1 ? rest % graph.sides[dimensions - 2] : 0;
    const std::int64_t layer = dimensions > 2 ? rest / graph.sides[dimensions - 2] : 0;
    places.push_back({static_cast<double>(column) + depth.x * static_cast<double>(layer),
                      -static_cast<double>(row) + depth.y * static_cast<double>(layer)});
  }
  return places;
}

/// Moved and stretched, the same in both directions, to the middle of the unit square.
std::vector<Point> fitted(std::vector<Point> places) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Point low = {infinity, infinity};
  Point high = {-infinity, -infinity};
  for (const Point& place : places) {
    low = {std::min(low.x, place.x), std::min(low.y, place.y)};
    high = {std::max(high.x, place.x), std::max(high.y, place.y)};
  }
  const double extent = std::max(high.x - low.x, high.y - low.y);
  const double stretch = extent > 0 ? 1 / extent : 0;
  for (Point& place : places) {
    place = {0.5 + (place.x - (low.x + high.x) / 2) * stretch, 0.5 + (place.y - (low.y + high.y) / 2) * stretch};
  }
  return places;
}

}  // namespace

GraphLayout lay_out(const DrawnGraph& graph, std::span<const Point> coordinates) {
  constexpr double top = 0.25;
  if (graph.sides.size() == 2 || graph.sides.size() == 3) return {Layout::grid, fitted(on_grid(graph))};
  if (is_path(graph)) return {Layout::arc, fitted(on_circle(graph.vertices, top + 0.4, 0.8))};
  if (coordinates.empty() || is_ring(graph) || has_hubs(graph)) {
    return {Layout::ring, fitted(on_circle(graph.vertices, top, 1))};
  }
  return {Layout::eigenvectors, fitted({coordinates.begin(), coordinates.end()})};
}

std::string_view words_of(Layout layout) {
  switch (layout) {
    case Layout::arc:
      return "vertices along an arc, as numbered";
    case Layout::ring:
      return "vertices on a ring, as numbered";
    case Layout::grid:
      return "vertices on their grid";
    case Layout::eigenvectors:
      break;
  }
  return "vertices at the components of the first two eigenvectors above zero";
}

}  // namespace ravine::detail
