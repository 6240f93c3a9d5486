/// \file
/// Whole pictures: what goes where on the page.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "plot/map_source.hpp"
#include "plot/scan.hpp"
#include "plot/script.hpp"

namespace ravine::detail {

/// The room for the map, or for its panels; right of it are the colour bar and the legend.
inline constexpr Box map_box = {100, 84, 892, 812};
inline constexpr double side_left = 930;  ///< of the colour bar and the legend
inline constexpr Box bar_box = {side_left, 520, side_left + 26, 790};

/// The key beside a map: rows from `top` down.
class Legend {
 public:
  explicit Legend(double top) : y_(top) {}
  void add_heading(std::string_view text);
  void add_text(std::string_view text);
  /// Lines drawn over each other, the widest first.
  struct Stroke {
    Rgb color;
    double width;
  };
  void add_line(std::span<const Stroke> strokes, std::string_view text);
  void add_swatch(Rgb color, std::string_view text);
  void add_dashes(Rgb color, std::string_view text);
  void add_dot(Rgb color, std::string_view text);
  void add_number(int number, std::string_view text);
  /// The sign of the best cell.
  void add_best(std::string_view text);

  void draw(Figure& figure, std::vector<std::string> more_commands) const;

 private:
  void next_row() { y_ -= row_height; }
  static constexpr double row_height = 25;
  double y_;
  std::vector<std::string> commands_;
};

/// How lines are drawn on the map and in its legend.
inline constexpr Legend::Stroke convergence_strokes[] = {{{0xff, 0xff, 0xff}, 4.5}, {{0, 0, 0}, 2.5}};
inline constexpr Legend::Stroke boundary_strokes[] = {{{0x40, 0x40, 0x40}, 2.2}, {{0xff, 0xff, 0xff}, 1.0}};

/// Elements that draw `lines` with each stroke in turn; none if there are no lines.
[[nodiscard]] std::vector<std::string> stroked(Figure& figure, const std::vector<Polyline>& lines,
                                               std::span<const Legend::Stroke> strokes);
/// Commands that mark a best cell in a plot whose x axis has `width` pixels a unit.
[[nodiscard]] std::vector<std::string> best_mark(Point at, double width);

/// Above a picture: its title, and remarks below it.
[[nodiscard]] std::vector<std::string> title_lines(std::string_view title, const std::vector<std::string>& remarks);

/// What the title says of a map: the commands for its lines.
struct TitleParts {
  Quantity quantity;
  std::int64_t cells = 0;         ///< drawn
  std::int64_t not_computed = 0;  ///< of them
  std::vector<std::string> remarks;
};
[[nodiscard]] std::vector<std::string> title_commands(const Spec& spec, const TitleParts& parts);

/// "2001 × 1001 cells"
[[nodiscard]] std::string cells_text(std::span<const Axis> axes);

/// The axes of the map that have more than one value, slowest first.
[[nodiscard]] std::vector<Axis> long_axes(const Spec& spec);

/// A line over the one axis that has more than one value.
[[nodiscard]] Figure line_figure(MapSource& source, Quantity quantity);
/// A heat map over two axes, or a panel of it per value of the slowest of three.
[[nodiscard]] Figure map_figure(MapSource& source, Quantity quantity);

/// The panels drawn of `count` values: all, or this many, evenly chosen with the first and the last.
inline constexpr std::int64_t most_panels = 12;
[[nodiscard]] std::vector<std::int64_t> chosen_panels(std::int64_t count);
/// Numbers below `count`: all, or `at_most` of them, evenly chosen with the first and the last.
[[nodiscard]] std::vector<std::int64_t> chosen(std::int64_t count, std::int64_t at_most);

}  // namespace ravine::detail
