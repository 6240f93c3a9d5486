/// \file
/// Where the panels of a page go.
#pragma once

#include <vector>

#include "plot/scan.hpp"
#include "plot/script.hpp"

namespace ravine::detail {

struct PanelPlace {
  Box box;
  enum class Outer { no, yes } left_edge, bottom_edge;  ///< has it tick labels there?
};

/// Rows and columns of panels: as near to the page's shape as can be without much room left.
[[nodiscard]] Pixels panel_grid(int count);
/// The places of `count` panels, row by row; one has the whole room and no title above it.
[[nodiscard]] std::vector<PanelPlace> panel_places(int count);
[[nodiscard]] std::vector<PanelPlace> panel_places(int count, Pixels grid);
/// Takes the labels away from the ticks of a side where a neighbour has them.
void hide_inner_labels(const PanelPlace& place, Frame& frame);

/// alpha is horizontal, beta vertical; of two others the faster is vertical.
[[nodiscard]] RowsAre rows_are(const Axis& slow, const Axis& fast);

}  // namespace ravine::detail
