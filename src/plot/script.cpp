#include "plot/script.hpp"

#include <fmt/format.h>

namespace ravine::detail {
namespace {

std::string ticks_command(std::string_view axis, const std::vector<Tick>& ticks) {
  std::string list;
  for (const Tick& tick : ticks) {
    list += fmt::format("{}{} {:.6f} {}", list.empty() ? "" : ", ", single_quoted(tick.label), tick.at,
                        tick.label.empty() ? 1 : 0);
  }
  if (list.empty()) return fmt::format("unset {}tics\n", axis);
  return fmt::format("set {}tics out nomirror ({})\n", axis, list);
}

}  // namespace

std::string single_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\n') continue;  // ends a command, even in quotes
    result += c;
    if (c == '\'') result += c;
  }
  return result + "'";
}

std::string label_command(std::string_view text, Point at, const TextStyle& style) {
  const std::string_view align = style.align == Align::left     ? "left"
                                 : style.align == Align::centre ? "center"
                                                                : "right";
  return fmt::format("set label {} at first {:.5f},{:.5f} {} front font ',{}' rotate by {}{}\n", single_quoted(text),
                     at.x, at.y, align, style.size, style.angle,
                     style.ground == TextStyle::Ground::white ? " boxed" : "");
}

std::string line_command(Point from, Point to, Rgb color, double width) {
  return fmt::format("set arrow from first {:.5f},{:.5f} to first {:.5f},{:.5f} nohead front lc rgb '{}' lw {}\n",
                     from.x, from.y, to.x, to.y, hex(color), width);
}

std::string rectangle_command(Point low, Point high, Rgb color) {
  return fmt::format(
      "set object rectangle from first {:.5f},{:.5f} to first {:.5f},{:.5f} front fillstyle solid 1 border lc rgb "
      "'#404040' fillcolor rgb '{}'\n",
      low.x, low.y, high.x, high.y, hex(color));
}

std::string disc_command(Point centre, double radius, Rgb color) {
  return fmt::format(
      "set object circle at first {:.5f},{:.5f} size first {:.6f} front noclip fillstyle solid 1 noborder "
      "fillcolor rgb '{}'\n",
      centre.x, centre.y, radius, hex(color));
}

Figure::Figure()
    : script_(
          "set encoding utf8\n"
          "unset key\n"
          "set style textbox opaque fillcolor rgb '#20ffffff' noborder margins 0.6,0.4\n"
          "set style line 1 lc rgb '#202020' lw 1\n"
          "set border 15 front ls 1\n"
          "set multiplot\n") {
  // The canvas itself, so that transparent viewers show white as well.
  script_ +=
      "set object 1 rectangle from screen 0,0 to screen 1,1 behind fillcolor rgb '#ffffff' fillstyle solid 1 "
      "noborder\n";
  begin_plot({0, 0, canvas_width, canvas_height});
  script_ += "unset border\nunset xtics\nunset ytics\nplot NaN\nunset object 1\n";
}

const std::string& Figure::add_file(std::string_view kind, std::string bytes) {
  files_.push_back({fmt::format("data{}.{}", files_.size(), kind), std::move(bytes)});
  return files_.back().name;
}

std::string Figure::image(Pixels size, const std::vector<Rgb>& pixels) {
  std::string bytes;
  bytes.reserve(pixels.size() * 3);
  for (const Rgb pixel : pixels) {
    for (const std::uint8_t part : {pixel.red, pixel.green, pixel.blue}) bytes += static_cast<char>(part);
  }
  const double dx = 1.0 / size.width;
  const double dy = 1.0 / size.height;
  return fmt::format(
      "{} binary array=({},{}) dx={:.12g} dy={:.12g} origin=({:.12g},{:.12g}) format='%uchar%uchar%uchar' using 1:2:3 "
      "with rgbimage",
      single_quoted(add_file("rgb", std::move(bytes))), size.width, size.height, dx, dy, dx / 2, dy / 2);
}

std::string Figure::lines(const std::vector<Polyline>& lines, std::string_view color, double width) {
  std::string text;
  for (const Polyline& line : lines) {
    for (const Point& point : line) text += fmt::format("{:.5f} {:.5f}\n", point.x, point.y);
    text += '\n';
  }
  return fmt::format("{} using 1:2 with lines lc rgb {} lw {}", single_quoted(add_file("xy", std::move(text))),
                     single_quoted(color), width);
}

std::string Figure::dots(const std::vector<Point>& points, std::string_view color, double size) {
  std::string text;
  for (const Point& point : points) {
    if (point.x < 0 || point.x > 1 || point.y < 0 || point.y > 1) continue;
    text += fmt::format("{:.5f} {:.5f}\n", point.x, point.y);
  }
  if (text.empty()) text = "NaN NaN\n";  // gnuplot takes a file without points for an error
  return fmt::format("{} using 1:2 with points pt 7 ps {} lc rgb {}", single_quoted(add_file("xy", std::move(text))),
                     size, single_quoted(color));
}

std::string Figure::area(const Polyline& outline, std::string_view color) {
  std::string text;
  for (const Point& point : outline) text += fmt::format("{:.5f} {:.5f}\n", point.x, point.y);
  return fmt::format("{} using 1:2 with filledcurves closed fillcolor rgb {} fillstyle solid 1 noborder",
                     single_quoted(add_file("xy", std::move(text))), single_quoted(color));
}

void Figure::begin_plot(const Box& box) {
  script_ += fmt::format(
      "set lmargin at screen {:.6f}\nset rmargin at screen {:.6f}\nset bmargin at screen {:.6f}\n"
      "set tmargin at screen {:.6f}\nset xrange [0:1]\nset yrange [0:1]\nunset y2tics\nunset xlabel\nunset ylabel\n",
      box.left / canvas_width, box.right / canvas_width, box.bottom / canvas_height, box.top / canvas_height);
}

void Figure::end_plot(std::span<const std::string> commands, std::span<const std::string> elements) {
  for (const std::string& command : commands) script_ += command;
  script_ += "plot ";
  for (std::size_t k = 0; k < elements.size(); ++k) script_ += (k == 0 ? "" : ", \\\n  ") + elements[k];
  script_ += elements.empty() ? "NaN\n" : "\n";
  script_ += "unset label\nunset arrow\nunset object\n";
}

void Figure::add_plot(const Frame& frame, std::span<const std::string> elements) {
  begin_plot(frame.box);
  script_ += "set border 15 front ls 1\n";
  script_ += ticks_command("x", frame.x_ticks);
  if (frame.y_side == Frame::TickLabels::right) {
    script_ += "unset ytics\nset y2range [0:1]\n" + ticks_command("y2", frame.y_ticks);
  } else {
    script_ += ticks_command("y", frame.y_ticks);
  }
  if (!frame.x_label.empty()) script_ += fmt::format("set xlabel {} font ',15'\n", single_quoted(frame.x_label));
  if (!frame.y_label.empty()) script_ += fmt::format("set ylabel {} font ',15'\n", single_quoted(frame.y_label));
  end_plot(frame.commands, elements);
}

void Figure::add_notes(std::span<const std::string> commands) {
  begin_plot({0, 0, canvas_width, canvas_height});
  script_ += fmt::format("unset border\nunset xtics\nunset ytics\nset xrange [0:{}]\nset yrange [0:{}]\n", canvas_width,
                         canvas_height);
  end_plot(commands, {});
}

}  // namespace ravine::detail
