#include "plot/chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "plot/words.hpp"

namespace ravine::detail {
namespace {

constexpr double line_width = 2.2;
constexpr double bar_width = 1.4;
constexpr double half_cap = 0.004;      ///< of an error bar's end, in units of the plot's width
constexpr double half_dash = half_cap;  ///< of what a line is at a cell without neighbours

/// Room for labels of tick marks, in pixels: about as wide as a letter, and around them.
constexpr double letter_width = 9;
constexpr double label_margin = 16;
constexpr double title_room = 24;  ///< of the side's name

/// The points where they lie in the plot, in lines that break where there is none.
class Placed {
 public:
  explicit Placed(const ChartSides& sides) : sides_(sides) {}

  /// Far outside the plot is as good as just outside.
  [[nodiscard]] Point at(double x, double y) const {
    return {std::clamp(sides_.x.place(x), -1.0, 2.0), std::clamp(sides_.y.place(y), -1.0, 2.0)};
  }
  /// The same, at the plot's edge where it lies outside. What a logarithmic scale has no place for is below it.
  [[nodiscard]] Point inside(double x, double y) const {
    const double place = sides_.y.place(y);
    return {std::clamp(sides_.x.place(x), 0.0, 1.0), std::isnan(place) ? 0.0 : std::clamp(place, 0.0, 1.0)};
  }

  [[nodiscard]] std::vector<Polyline> lines(const std::vector<Point>& points) const {
    std::vector<Polyline> result;
    bool open = false;
    for (const Point& point : points) {
      const bool here = belongs_to_line(point);
      if (here && !open) result.emplace_back();
      if (here) result.back().push_back(at(point.x, point.y));
      open = here;
    }
    if (sides_.points == PointsAre::cells) {
      for (Polyline& line : result) {
        if (line.size() == 1) line = {{line[0].x - half_dash, line[0].y}, {line[0].x + half_dash, line[0].y}};
      }
    }
    return result;
  }

  /// Is there a point of it in the plot? What has a width may be seen from points beyond.
  [[nodiscard]] bool shows(const Series& series) const {
    const bool is_wide = series.look == Look::band || series.look == Look::area;
    return series.look == Look::none ||
           std::any_of(series.points.begin(), series.points.end(),
                       [&](const Point& point) { return is_wide ? std::isfinite(point.y) : is_inside(point); });
  }

  [[nodiscard]] std::vector<Point> dots(const std::vector<Point>& points) const {
    std::vector<Point> result;
    for (const Point& point : points) {
      if (has_place(point)) result.push_back(at(point.x, point.y));
    }
    return result;
  }

  [[nodiscard]] std::vector<Polyline> bars(const Series& series) const {
    std::vector<Polyline> result;
    for (std::size_t k = 0; k < series.points.size(); ++k) {
      const auto [x, y] = series.points[k];
      if (!std::isfinite(y) || !std::isfinite(series.spread[k])) continue;
      const Point low = inside(x, y - series.spread[k]);
      const Point high = inside(x, y + series.spread[k]);
      if (low.y == high.y && !is_inside(series.points[k])) continue;  // nothing of it is in the plot
      result.push_back({low, high});
      for (const Point& end : {low, high}) result.push_back({{end.x - half_cap, end.y}, {end.x + half_cap, end.y}});
    }
    return result;
  }

  /// The outlines between two curves: one for each run of points that are there.
  [[nodiscard]] std::vector<Polyline> between(const Series& series, double up) const {
    std::vector<Polyline> result;
    Polyline lower;
    const auto close = [&] {
      if (!lower.empty()) result.back().insert(result.back().end(), lower.rbegin(), lower.rend());
      lower.clear();
    };
    for (std::size_t k = 0; k < series.points.size(); ++k) {
      const auto [x, y] = series.points[k];
      if (!std::isfinite(y) || !std::isfinite(series.spread[k])) {
        close();
        continue;
      }
      if (lower.empty()) result.emplace_back();
      result.back().push_back(inside(x, y + up * series.spread[k]));
      lower.push_back(inside(x, y - series.spread[k]));
    }
    close();
    return result;
  }

 private:
  [[nodiscard]] bool has_place(const Point& point) const {
    return std::isfinite(point.y) && !std::isnan(sides_.x.place(point.x)) && !std::isnan(sides_.y.place(point.y));
  }
  [[nodiscard]] bool is_inside(const Point& point) const {
    const double place = sides_.y.place(point.y);
    return has_place(point) && place >= 0 && place <= 1;
  }
  [[nodiscard]] bool belongs_to_line(const Point& point) const {
    return sides_.points == PointsAre::cells ? is_inside(point) : has_place(point);
  }

  const ChartSides& sides_;
};

void add_elements(Figure& figure, const Series& series, const Placed& placed, std::vector<std::string>& elements) {
  const std::string color = hex(series.color);
  const auto add_lines = [&](const std::vector<Polyline>& lines, double width, std::string_view dashes) {
    if (!lines.empty()) elements.push_back(figure.lines(lines, color, width) + std::string(dashes));
  };
  switch (series.look) {
    case Look::line:
      add_lines(placed.lines(series.points), line_width, "");
      return;
    case Look::dashed:
      add_lines(placed.lines(series.points), line_width, " dt (12,6)");
      return;
    case Look::dots:
      elements.push_back(figure.dots(placed.dots(series.points), color, 0.55));
      return;
    case Look::bars:
      add_lines(placed.bars(series), bar_width, "");
      elements.push_back(figure.dots(placed.dots(series.points), color, 0.6));
      return;
    case Look::band:
      for (const Polyline& outline : placed.between(series, 1)) {
        elements.push_back(figure.area(outline, hex(paler(series.color))));
      }
      return;
    case Look::area:
      for (const Polyline& outline : placed.between(series, 0)) elements.push_back(figure.area(outline, color));
      return;
    case Look::none:
      return;
  }
}

void add_divide(Figure& figure, const Divide& divide, const Scale& x, Frame& frame,
                std::vector<std::string>& elements) {
  const double at = x.place(divide.x);
  elements.push_back(figure.lines({{{at, 0}, {at, 1}}}, "#808080", 1) + " dt 3");
  const double below_top = 1 - 16 / frame.box.height();
  const double beside = 8 / frame.box.width();
  frame.commands.push_back(label_command(divide.before, {at - beside, below_top}, {.align = Align::right}));
  frame.commands.push_back(label_command(divide.after, {at + beside, below_top}, {.align = Align::left}));
}

/// The width of the labels beyond the room that every plot has at its left.
double extra_room(const ChartSides& sides) {
  std::size_t longest = 0;
  for (const Tick& tick : sides.y_ticks) {
    longest = std::max(longest, letters_in(tick.label));
  }
  const double of_title = sides.y_label.empty() ? 0 : title_room;
  return std::max(0.0, letter_width * static_cast<double>(longest) + label_margin + of_title - map_box.left);
}

/// `box` after the left side of all plots moved by `room`.
Box narrowed(const Box& box, double room) {
  const auto moved = [room](double x) {
    return std::round(map_box.right - (map_box.right - x) * (1 - room / map_box.width()));
  };
  return {moved(box.left), box.bottom, moved(box.right), box.top};
}

}  // namespace

Rgb series_color(std::size_t number, std::size_t count) {
  // After Okabe and Ito: distinct for the colour-blind too.
  constexpr std::array<Rgb, 6> distinct = {{{0x00, 0x72, 0xb2},
                                            {0xe6, 0x9f, 0x00},
                                            {0x00, 0x9e, 0x73},
                                            {0xcc, 0x79, 0xa7},
                                            {0x56, 0xb4, 0xe9},
                                            {0xd5, 0x5e, 0x00}}};
  if (count <= distinct.size()) return distinct[number];
  return viridis_color(0.92 * static_cast<double>(number) / static_cast<double>(count - 1));  // the lightest are faint
}

void draw_charts(Figure& figure, const std::vector<Chart>& charts, const ChartSides& sides) {
  const std::vector<PanelPlace> places = panel_places(static_cast<int>(charts.size()));
  const Placed placed(sides);
  const double room = extra_room(sides);
  for (std::size_t k = 0; k < charts.size(); ++k) {
    Frame frame;
    frame.box = narrowed(places[k].box, room);
    frame.x_ticks = sides.x.ticks(static_cast<int>(frame.box.width() / 75));
    frame.y_ticks = sides.y_ticks.empty() ? sides.y.ticks(static_cast<int>(frame.box.height() / 50)) : sides.y_ticks;
    hide_inner_labels(places[k], frame);
    if (charts.size() > 1) {
      for (Tick& tick : frame.x_ticks) {
        if (tick.at > 0.97) tick.label.clear();  // it would run into the first one of the next panel
      }
      frame.commands.push_back(
          label_command(charts[k].title, {0.5, 1 + 14 / frame.box.height()}, {.size = 14, .align = Align::centre}));
    }
    std::vector<std::string> elements;
    for (const Series& series : charts[k].series) add_elements(figure, series, placed, elements);
    if (charts[k].divide) add_divide(figure, *charts[k].divide, sides.x, frame, elements);
    figure.add_plot(frame, elements);
  }
  const Point middle = {(map_box.left + map_box.right) / 2, (map_box.bottom + map_box.top) / 2};
  figure.add_notes(
      std::array{label_command(sides.x_label, {middle.x, 30}, {.size = 15, .align = Align::centre}),
                 label_command(sides.y_label, {20, middle.y}, {.size = 15, .align = Align::centre, .angle = 90})});
}

void add_series(Legend& legend, const std::vector<Chart>& charts, const ChartSides& sides) {
  const Placed placed(sides);
  std::set<std::string> known;
  std::set<std::string> unseen;
  for (const Chart& chart : charts) {
    for (const Series& series : chart.series) {
      if (series.name.empty() || known.contains(series.name)) continue;
      if (!placed.shows(series)) {
        unseen.insert(series.name);
        continue;
      }
      known.insert(series.name);
      switch (series.look) {
        case Look::line:
          legend.add_line(std::array{Legend::Stroke{series.color, line_width}}, series.name);
          break;
        case Look::dashed:
          legend.add_dashes(series.color, series.name);
          break;
        case Look::dots:
        case Look::bars:
          legend.add_dot(series.color, series.name);
          break;
        case Look::band:
          legend.add_swatch(paler(series.color), series.name);
          break;
        case Look::area:
          legend.add_swatch(series.color, series.name);
          break;
        case Look::none:
          legend.add_text(series.name);
          break;
      }
    }
  }
  const auto missing =
      std::count_if(unseen.begin(), unseen.end(), [&](const auto& name) { return !known.contains(name); });
  if (missing > 0) legend.add_text(fmt::format("{} more: no points here", missing));
}

}  // namespace ravine::detail
