/// \file
/// Where the vertices of a drawn graph go.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "plot/contour.hpp"

namespace ravine::detail {

struct DrawnGraph {
  std::int64_t vertices = 0;
  std::vector<std::array<std::int64_t, 2>> edges;
  std::vector<std::int64_t> sides;  ///< of a grid or torus, the last varies fastest; else empty
};

enum class Layout { arc, ring, grid, eigenvectors };

struct GraphLayout {
  Layout layout;
  std::vector<Point> places;  ///< one for each vertex; both coordinates from 0 to 1, one of them over all of it
};

/// A path along an arc, a grid as one (of three sides seen at an angle), graphs whose edges join mostly near numbers on
/// a ring; others at `coordinates`, or on a ring too where there are none, or where a few vertices have most of the
/// edges: low eigenvectors are then large at the tips alone, and all the rest would lie in one spot.
[[nodiscard]] GraphLayout lay_out(const DrawnGraph& graph, std::span<const Point> coordinates);

/// "vertices on a ring, as numbered", ...
[[nodiscard]] std::string_view words_of(Layout layout);

}  // namespace ravine::detail
