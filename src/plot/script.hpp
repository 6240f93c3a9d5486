/// \file
/// gnuplot's language: quoting, and the few commands and plot elements that pictures are made of.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plot/colors.hpp"
#include "plot/contour.hpp"
#include "plot/plot_axis.hpp"
#include "plot/scan.hpp"

namespace ravine::detail {

/// The canvas, in pixels; y counts from the bottom.
inline constexpr int canvas_width = 1200;
inline constexpr int canvas_height = 900;

/// A rectangle on the canvas, in pixels.
struct Box {
  double left;
  double bottom;
  double right;
  double top;
  [[nodiscard]] double width() const { return right - left; }
  [[nodiscard]] double height() const { return top - bottom; }
};

/// `text` as a single-quoted string: nothing in it is a command, unlike backticks in double quotes.
[[nodiscard]] std::string single_quoted(std::string_view text);

enum class Align { left, centre, right };

/// How text looks. Sizes are points at 1:1.
struct TextStyle {
  int size = 13;
  Align align = Align::left;
  enum class Ground { none, white } ground = Ground::none;
  double angle = 0;  ///< degrees
};
[[nodiscard]] std::string label_command(std::string_view text, Point at, const TextStyle& style);
[[nodiscard]] std::string line_command(Point from, Point to, Rgb color, double width);
[[nodiscard]] std::string rectangle_command(Point low, Point high, Rgb color);
/// A disc, whole at the plot's edge too. `radius` is in units of the x axis, and it is round on any axes.
[[nodiscard]] std::string disc_command(Point centre, double radius, Rgb color);

/// The axes about a plot; positions within it run from 0 to 1.
struct Frame {
  Box box;
  std::vector<Tick> x_ticks;
  std::vector<Tick> y_ticks;
  std::string x_label;
  std::string y_label;
  enum class TickLabels { left, right } y_side = TickLabels::left;
  std::vector<std::string> commands;  ///< labels and the like, drawn with the plot
};

/// A file the script reads.
struct DataFile {
  std::string name;
  std::string bytes;
};

/// What a picture is made of: one script for every terminal, and its data.
class Figure {
 public:
  Figure();

  /// Plot elements: each registers its data and gives the text for add_plot.
  [[nodiscard]] std::string image(Pixels size, const std::vector<Rgb>& pixels);
  [[nodiscard]] std::string lines(const std::vector<Polyline>& lines, std::string_view color, double width);

  /// Filled dots of `size` points; those outside the plot are left out.
  [[nodiscard]] std::string dots(const std::vector<Point>& points, std::string_view color, double size);
  /// What a closed line goes round.
  [[nodiscard]] std::string area(const Polyline& outline, std::string_view color);

  /// Draws a plot with its frame. No elements: the frame and its commands alone.
  void add_plot(const Frame& frame, std::span<const std::string> elements);
  /// Text and shapes at canvas pixels, over everything drawn before.
  void add_notes(std::span<const std::string> commands);

  [[nodiscard]] const std::string& script() const { return script_; }
  [[nodiscard]] const std::vector<DataFile>& files() const { return files_; }

 private:
  const std::string& add_file(std::string_view kind, std::string bytes);
  void begin_plot(const Box& box);
  void end_plot(std::span<const std::string> commands, std::span<const std::string> elements);

  std::string script_;
  std::vector<DataFile> files_;
};

}  // namespace ravine::detail
