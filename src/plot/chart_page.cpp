#include "plot/chart_page.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "plot/words.hpp"

namespace ravine::detail {
namespace {

/// What the points reach. Of what lies to both sides of them only the upper end counts: the lower may be below zero,
/// where a logarithmic scale ends.
Extent extent_of(const std::vector<Chart>& charts) {
  Extent extent;
  for (const Chart& chart : charts) {
    for (const Series& series : chart.series) {
      for (std::size_t k = 0; k < series.points.size(); ++k) {
        extent.take(series.points[k].y);
        if (series.look == Look::bars) extent.take(series.points[k].y + series.spread[k]);
      }
    }
  }
  return extent;
}

/// Areas lie on each other, so their heights must add up: no logarithm for them.
bool has_areas(const std::vector<Chart>& charts) {
  return std::any_of(charts.begin(), charts.end(), [](const Chart& chart) {
    return std::any_of(chart.series.begin(), chart.series.end(),
                       [](const Series& series) { return series.look == Look::area; });
  });
}

double code_count(Quantity quantity) {
  return static_cast<double>(code_names(quantity).size());
}

/// The names of a code's values as tick marks.
std::vector<Tick> code_ticks(Quantity quantity, const Scale& y) {
  std::vector<Tick> ticks;
  const auto names = code_names(quantity);
  for (std::size_t code = 1; code < names.size(); ++code) {
    ticks.push_back({y.place(static_cast<double>(code)), code_words(names[code])});
  }
  return ticks;
}

/// Is there something that the scale does not show?
bool is_cut(const Extent& extent, const Scale& y) {
  if (extent.empty()) return false;
  return extent.highest > y.high() || extent.lowest < y.low();
}

}  // namespace

Figure draw_page(const Spec& spec, const ChartPage& page) {
  const Extent extent = extent_of(page.charts);
  const Extent shown = without_divergence(extent, natural_size(spec, page.quantity));
  const bool is_code = !code_names(page.quantity).empty();
  const Scale y = is_code                  ? Scale(Scale::Kind::linear, 0.5, code_count(page.quantity) - 0.5)
                  : has_areas(page.charts) ? linear_scale(shown)
                                           : scale_for(shown, least_shown(spec));
  ChartSides sides = {page.x, y, page.x_label, page.y_label, {}};
  if (is_code) sides.y_ticks = code_ticks(page.quantity, y);
  Figure figure;
  draw_charts(figure, page.charts, sides);

  Legend legend(map_box.top - 12);
  add_series(legend, page.charts);
  if (is_cut(extent, y)) legend.add_text("cut off beyond the plot");
  TitleParts title = {page.quantity, page.cells, page.not_computed, study_remarks(spec)};
  title.remarks.insert(title.remarks.end(), page.remarks.begin(), page.remarks.end());
  legend.draw(figure, title_commands(spec, title));
  return figure;
}

}  // namespace ravine::detail
