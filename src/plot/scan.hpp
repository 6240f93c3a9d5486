/// \file
/// One pass over a plane of the map: samples for the image; lines, counts and extremes from every cell.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "plot/contour.hpp"
#include "plot/map_source.hpp"
#include "plot/plot_axis.hpp"
#include "ravine/summary.hpp"

namespace ravine::detail {

/// What a plane's picture shows.
struct Layers {
  Quantity drawn;                    ///< what the colours mean
  std::optional<Quantity> boundary;  ///< rate or gap: what the line between convergence and divergence comes from
  bool regimes;                      ///< is there a regime to draw?
};
/// The layers a picture of `drawn` has in a map with `spec`'s quantities.
[[nodiscard]] Layers layers_of(const Spec& spec, Quantity drawn);

/// A plane of the map: two axes, consecutive cells.
struct Plane {
  const PlotAxis* slow;
  const PlotAxis* fast;
  RowsAre rows;
  std::int64_t first_cell;

  [[nodiscard]] const PlotAxis& horizontal() const { return rows == RowsAre::vertical ? *slow : *fast; }
  [[nodiscard]] const PlotAxis& vertical() const { return rows == RowsAre::vertical ? *fast : *slow; }
};

/// An image's size.
struct Pixels {
  int width;
  int height;
};
/// Samples along an axis in at most `at_most` pixels: as many for each cell where there is room for all and they are
/// equally wide, else all the pixels.
[[nodiscard]] int samples_for(const PlotAxis& axis, int at_most);

/// The cell with the fastest rate.
struct Best {
  double value;
  std::int64_t slow;
  std::int64_t fast;
};

/// A place where a regime occurs, and how often it does.
struct RegimeCells {
  std::int64_t cells = 0;
  Point example = {0, 0};
};

struct Picture {
  Pixels size = {0, 0};
  std::vector<double> values;         ///< rows from the bottom, NaN where not computed; empty for a map of regimes
  std::vector<std::uint8_t> regimes;  ///< the same, by identifier; empty if there are none
  std::vector<Polyline> convergence;  ///< where rate = 1
  std::vector<Polyline> boundaries;   ///< between regimes
  std::array<RegimeCells, regime_count> by_regime;
  std::optional<Best> best;
  double lowest = std::numeric_limits<double>::infinity();  ///< of the drawn quantity
  double highest = -std::numeric_limits<double>::infinity();
  std::int64_t not_computed = 0;   ///< cells
  std::int64_t without_value = 0;  ///< cells whose value is no_value
};

/// Reads every cell of `plane` once, in strips short enough for memory to stay bounded. A pixel that covers several
/// cells shows the middle one, or "not computed" if any of them is.
[[nodiscard]] Picture scan(MapSource& source, const Plane& plane, const Layers& layers, Pixels at_most);

}  // namespace ravine::detail
