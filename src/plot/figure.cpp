#include "plot/figure.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "plot/words.hpp"

namespace ravine::detail {
namespace {

constexpr double sample_left = side_left;
constexpr double sample_right = side_left + 26;
constexpr double text_left = side_left + 36;

/// Axes of one value, and what was folded away.
std::vector<std::string> fixed_parts(const Spec& spec) {
  std::vector<std::string> parts;
  if (spec.lambda_reduction != Reduction::none) {
    const auto lambda =
        std::find_if(spec.axes.begin(), spec.axes.end(), [](const Axis& a) { return a.name() == "lambda"; });
    if (lambda != spec.axes.end()) {
      std::pair<double, double> range = {lambda->value(0), lambda->value(lambda->size() - 1)};
      if (const auto* listed = std::get_if<ListedValues>(&lambda->values())) {
        const auto ends = std::minmax_element(listed->values.begin(), listed->values.end());
        range = {*ends.first, *ends.second};
      }
      const std::string_view how = spec.lambda_reduction == Reduction::worst ? "worst" : "sum";
      parts.push_back(fmt::format("{} over {} values of λ from {} to {}", how, lambda->size(), number(range.first),
                                  number(range.second)));
    }
  }
  for (const Axis& axis : map_axes(spec)) {
    if (axis.size() == 1) parts.push_back(fmt::format("{} = {}", symbol_of(axis.name()), number(axis.value(0))));
  }
  return parts;
}

std::string percent(std::int64_t part, std::int64_t whole) {
  const double value = 100 * static_cast<double>(part) / static_cast<double>(whole);
  return number(part < whole ? std::min(value, 99.9) : value, 3) + " %";
}

}  // namespace

void Legend::add_heading(std::string_view text) {
  y_ -= 8;
  commands_.push_back(label_command(text, {sample_left, y_}, {.size = 14}));
  next_row();
}

void Legend::add_text(std::string_view text) {
  commands_.push_back(label_command(text, {text_left, y_}, {}));
  next_row();
}

void Legend::add_line(std::span<const Stroke> strokes, std::string_view text) {
  for (const Stroke& stroke : strokes) {
    commands_.push_back(line_command({sample_left, y_}, {sample_right, y_}, stroke.color, stroke.width));
  }
  add_text(text);
}

void Legend::add_swatch(Rgb color, std::string_view text) {
  commands_.push_back(rectangle_command({sample_left, y_ - 8}, {sample_right, y_ + 8}, color));
  add_text(text);
}

void Legend::add_dashes(Rgb color, std::string_view text) {
  for (const double from : {sample_left, sample_left + 16}) {
    commands_.push_back(line_command({from, y_}, {from + 10, y_}, color, 2.2));
  }
  add_text(text);
}

void Legend::add_dot(Rgb color, std::string_view text) {
  commands_.push_back(disc_command({(sample_left + sample_right) / 2, y_}, 4, color));
  add_text(text);
}

void Legend::add_number(int number, std::string_view text) {
  commands_.push_back(
      label_command(std::to_string(number), {(sample_left + sample_right) / 2, y_}, {.align = Align::centre}));
  add_text(text);
}

void Legend::add_best(std::string_view text) {
  for (std::string& command : best_mark({(sample_left + sample_right) / 2, y_}, 1)) commands_.push_back(command);
  add_text(text);
}

void Legend::draw(Figure& figure, std::vector<std::string> more_commands) const {
  more_commands.insert(more_commands.end(), commands_.begin(), commands_.end());
  figure.add_notes(more_commands);
}

std::vector<std::string> stroked(Figure& figure, const std::vector<Polyline>& lines,
                                 std::span<const Legend::Stroke> strokes) {
  std::vector<std::string> elements;
  if (lines.empty()) return elements;
  for (const auto& stroke : strokes) elements.push_back(figure.lines(lines, hex(stroke.color), stroke.width));
  return elements;
}

std::vector<std::string> best_mark(Point at, double width) {
  return {disc_command(at, 7.5 / width, {0, 0, 0}), disc_command(at, 6.3 / width, {0xff, 0xff, 0xff}),
          disc_command(at, 3.6 / width, {0xd0, 0, 0})};
}

std::vector<std::string> title_lines(std::string_view title, const std::vector<std::string>& remarks) {
  return {label_command(title, {map_box.left, canvas_height - 32}, {.size = 18}),
          label_command(fmt::format("{}", fmt::join(remarks, "  ·  ")), {map_box.left, canvas_height - 62}, {})};
}

std::vector<std::string> title_commands(const Spec& spec, const TitleParts& parts) {
  std::string title = fmt::format("{}: {}", words_of(spec.method), words_of(parts.quantity));
  if (parts.not_computed > 0) {
    title += fmt::format("   (incomplete: {} of the cells not computed)", percent(parts.not_computed, parts.cells));
  }
  std::vector<std::string> remarks = fixed_parts(spec);
  if (spec.precision == Precision::float32) remarks.emplace_back("float32");
  remarks.insert(remarks.end(), parts.remarks.begin(), parts.remarks.end());
  return title_lines(title, remarks);
}

std::string cells_text(std::span<const Axis> axes) {
  std::vector<std::string> sizes;
  std::vector<std::string> symbols;
  for (const Axis& axis : axes) {
    sizes.push_back(std::to_string(axis.size()));
    symbols.push_back(symbol_of(axis.name()));
  }
  return fmt::format("{} cells ({})", fmt::join(sizes, " × "), fmt::join(symbols, " × "));
}

std::vector<Axis> long_axes(const Spec& spec) {
  std::vector<Axis> axes = map_axes(spec);
  std::erase_if(axes, [](const Axis& axis) { return axis.size() == 1; });
  return axes;
}

std::vector<std::int64_t> chosen(std::int64_t count, std::int64_t at_most) {
  std::vector<std::int64_t> numbers;
  const std::int64_t drawn = std::min(count, at_most);
  for (std::int64_t k = 0; k < drawn; ++k) {
    // (count - 1) k / (drawn - 1), without its overflow
    const std::int64_t last = std::max<std::int64_t>(drawn - 1, 1);
    numbers.push_back((count - 1) / last * k + ((count - 1) % last * k + last / 2) / last);
  }
  return numbers;
}

std::vector<std::int64_t> chosen_panels(std::int64_t count) {
  return chosen(count, most_panels);
}

}  // namespace ravine::detail
