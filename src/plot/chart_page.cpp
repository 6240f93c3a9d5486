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
        const bool both_sides = series.look == Look::bars || series.look == Look::band;
        if (both_sides) extent.take(series.points[k].y + series.spread[k]);
      }
    }
  }
  return extent;
}

/// Of the size that a logarithmic scale goes up to: what diverges leaves the rest of a linear one flat much earlier.
/// Losses are as the squares of x.
constexpr double linear_part_of_loss = 1e-3;
constexpr double linear_part_of_x = 0.1;

/// The names of a code's values as tick marks.
std::vector<Tick> code_ticks(Quantity quantity, const Scale& y) {
  std::vector<Tick> ticks;
  const auto names = code_names(quantity);
  for (std::size_t code = 1; code < names.size(); ++code) {
    ticks.push_back({y.place(static_cast<double>(code)), code_words(names[code])});
  }
  return ticks;
}

/// Does it count something?
bool is_count(const ChartPage& page) {
  return page.heights == ChartPage::Heights::numbers && info_of(page.quantity).storage == Storage::int64;
}

/// What z-scores are to be seen against: where the theory is right, they are 0 on average, and 19 of 20 within 2.
constexpr double usual_score = 2;

std::vector<Chart> with_usual_scores(std::vector<Chart> charts, const Scale& x) {
  constexpr Rgb grey = {0x80, 0x80, 0x80};
  const std::vector<Point> zero = {{x.low(), 0}, {x.high(), 0}};
  for (Chart& chart : charts) {
    chart.series.insert(chart.series.begin(), {Series{"within ± 2", Look::band, grey, zero, {usual_score, usual_score}},
                                               Series{"", Look::line, grey, zero, {}}});
  }
  return charts;
}

/// Is there something that the scale does not show?
bool is_cut(const Extent& extent, const Scale& y) {
  if (extent.empty()) return false;
  return extent.highest > y.high() || extent.lowest < y.low();
}

Scale y_scale(const Spec& spec, const ChartPage& page, const Extent& extent) {
  const double size = natural_size(spec, page.quantity);
  switch (page.heights) {
    case ChartPage::Heights::codes:
      return {Scale::Kind::linear, 0.5, static_cast<double>(code_names(page.quantity).size()) - 0.5};
    case ChartPage::Heights::parts:
      return linear_scale(without_divergence(extent, size * linear_part_of_loss));
    case ChartPage::Heights::numbers:
      break;
  }
  if (is_count(page) && extent.highest == 0) return {Scale::Kind::linear, 0, 1};
  if (extent.lowest < 0) return linear_scale(without_divergence(extent, size * linear_part_of_x));
  const Extent shown = without_divergence(extent, size);
  return scale_for(shown, least_shown(spec, page.quantity, shown));
}

}  // namespace

Figure draw_page(const Spec& spec, const ChartPage& page) {
  const std::vector<Chart> charts = is_score(page.quantity) ? with_usual_scores(page.charts, page.x) : page.charts;
  Extent extent = extent_of(charts);
  if (is_score(page.quantity)) extent.take(-usual_score);
  const Scale y = y_scale(spec, page, extent);
  ChartSides sides = {page.x, y, page.x_label, page.y_label, {}, page.points};
  if (page.heights == ChartPage::Heights::codes) {
    sides.y_ticks = code_ticks(page.quantity, y);
    sides.y_label.clear();  // the names take its room
  }
  if (is_count(page)) sides.y_ticks = whole_ticks(y, static_cast<int>(map_box.height() / 50));
  Figure figure;
  draw_charts(figure, charts, sides);

  Legend legend(map_box.top - 12);
  add_series(legend, charts, sides);
  if (is_cut(extent, y)) legend.add_text("cut off beyond the plot");
  if (page.without_value > 0) {
    legend.add_text(none_words(spec, page.quantity));
    legend.add_text(cells_in_brackets(page.without_value));
  }
  TitleParts title = {page.quantity, page.cells, page.not_computed, study_remarks(spec)};
  title.remarks.insert(title.remarks.end(), page.remarks.begin(), page.remarks.end());
  legend.draw(figure, title_commands(spec, title));
  return figure;
}

}  // namespace ravine::detail
