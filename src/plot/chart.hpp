/// \file
/// Charts: lines, dots and areas over two scales.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plot/colors.hpp"
#include "plot/figure.hpp"
#include "plot/panels.hpp"
#include "plot/scale.hpp"

namespace ravine::detail {

enum class Look {
  line,
  dashed,
  dots,
  band,  ///< `spread` to both sides of the points, in a paler shade
  bars,  ///< dots, with `spread` to both sides
  area,  ///< from `spread` below each point up to it
  none   ///< a remark in the legend
};

/// Points that belong together, in the units of the scales. Where y is not finite there is none, and lines break.
struct Series {
  std::string name;  ///< in the legend; empty for none
  Look look = Look::line;
  Rgb color = {0, 0, 0};
  std::vector<Point> points;
  std::vector<double> spread;  ///< one for each point, where the look has it
};

/// A line across the chart, with what lies before and after it.
struct Divide {
  double x;
  std::string before;
  std::string after;
};

struct Chart {
  std::string title;  ///< above it, where it is a panel among others
  std::vector<Series> series;
  std::optional<Divide> divide = std::nullopt;
};

/// What the points of a line are: a course, which may be followed out of the plot, or cells of a map, each of which
/// stands for itself: between one within the plot and one beyond it nothing is known.
enum class PointsAre { course, cells };

/// What the charts of a page share.
struct ChartSides {
  Scale x;
  Scale y;
  std::string x_label;
  std::string y_label;
  std::vector<Tick> y_ticks;  ///< instead of the scale's, where there are any; the charts leave room for their labels
  PointsAre points = PointsAre::course;
};

/// The colour of series number `number` of `count`: distinct ones for a few, else in their order from dark to light.
[[nodiscard]] Rgb series_color(std::size_t number, std::size_t count);

/// Draws each chart in a panel of its own.
void draw_charts(Figure& figure, const std::vector<Chart>& charts, const ChartSides& sides);
/// A row for each name, once, with its look. Of series without a point to see there is but their number.
void add_series(Legend& legend, const std::vector<Chart>& charts, const ChartSides& sides);

}  // namespace ravine::detail
