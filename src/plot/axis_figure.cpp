// Pictures over one axis of the map, with a line for each value of another.

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "plot/chart_page.hpp"
#include "plot/words.hpp"

namespace ravine::detail {
namespace {

Scale scale_of(const Axis& axis) {
  const double first = axis.value(0);
  const double last = axis.value(axis.size() - 1);
  const bool is_log = std::holds_alternative<LogRange>(axis.values()) && first > 0;
  constexpr double air = 0.02;  // keeps the outermost dots off the border
  if (is_log) {
    const double factor = std::pow(last / first, air);
    return {Scale::Kind::logarithmic, first / factor, last * factor};
  }
  return {Scale::Kind::linear, first - air * (last - first), last + air * (last - first)};
}

class AxisFigure {
 public:
  AxisFigure(StoreSource& source, Quantity quantity)
      : source_(source),
        spec_(source.spec()),
        quantity_(quantity),
        axes_(*lines_over_axis(spec_)),
        chosen_(chosen(axes_.along.size(), most_points)) {}

  Figure draw() {
    static_cast<void>(PlotAxis(axes_.along));  // refuses a list that does not increase
    ChartPage page = {quantity_, {Chart{}}, scale_of(axes_.along), axis_label(axes_.along.name()), words_of(quantity_)};
    for (std::int64_t line = 0; line < line_count(); ++line) add_line(line, page.charts.front().series);
    if (is_code()) page.heights = ChartPage::Heights::codes;
    page.remarks = remarks();
    page.cells = line_count() * static_cast<std::int64_t>(chosen_.size());
    page.not_computed = not_computed_;
    page.without_value = without_value_;
    page.points = PointsAre::cells;
    return draw_page(spec_, page);
  }

 private:
  [[nodiscard]] std::int64_t line_count() const { return axes_.lines ? axes_.lines->size() : 1; }

  [[nodiscard]] std::vector<std::string> remarks() const {
    std::vector<std::string> remarks = value_remarks(spec_, at_last_step());
    for (std::string& remark : member_remarks(members_of(spec_, quantity_))) remarks.push_back(std::move(remark));
    const std::string symbol = symbol_of(axes_.along.name());
    const std::int64_t size = axes_.along.size();
    remarks.push_back(static_cast<std::int64_t>(chosen_.size()) < size
                          ? fmt::format("{} of {} values of {} drawn, evenly chosen", chosen_.size(), size, symbol)
                          : fmt::format("{} values of {}", size, symbol));
    return remarks;
  }

  /// The quantity, or one of its family that is taken at the last step.
  [[nodiscard]] Quantity at_last_step() const {
    const auto family = family_of(spec_, quantity_);
    return family && has(spec_, family->mean) ? family->mean : quantity_;
  }

  void add_line(std::int64_t line, std::vector<Series>& all) {
    const std::size_t first = all.size();
    if (const auto family = family_of(spec_, quantity_)) {
      add_family(*family, line, all);
    } else {
      add_members(line, all);
    }
    for (const Point& point : all[first].points) {
      not_computed_ += std::isnan(point.y) ? 1 : 0;
      without_value_ += is_score(quantity_) && point.y == no_value ? 1 : 0;
    }
  }

  void add_members(std::int64_t line, std::vector<Series>& all) {
    const std::vector<MemberLine> members = member_lines(members_of(spec_, quantity_));
    const bool one = members.size() == 1;
    for (std::size_t k = 0; k < members.size(); ++k) {
      all.push_back({one ? words_of_line(line, short_words_of(quantity_)) : members[k].name,
                     is_code() || is_estimate(quantity_) ? Look::dots : Look::line,
                     one ? color_of_line(line) : series_color(k, members.size()),
                     points(quantity_, members[k].member, line),
                     {}});
    }
    if (is_code()) set_apart(line, all.back().points);
  }

  [[nodiscard]] bool is_code() const { return !code_names(quantity_).empty(); }

  /// Dots of different lines at one code lie beside each other.
  void set_apart(std::int64_t line, std::vector<Point>& points) const {
    constexpr double apart = 0.05;  // of the way from a code to the next
    for (Point& point : points)
      point.y += apart * (static_cast<double>(line) - 0.5 * static_cast<double>(line_count() - 1));
  }

  void add_family(const Family& family, std::int64_t line, std::vector<Series>& all) {
    const auto add = [&](std::optional<Quantity> quantity, std::string_view words, Look look) {
      if (quantity && has(spec_, *quantity)) {
        all.push_back({words_of_line(line, words), look, color_of_line(line), points(*quantity, 0, line), {}});
      }
    };
    add(family.stationary, "stationary", Look::line);
    add(family.expected, "expected", Look::dashed);
    if (quantity_ != family.mean && quantity_ != family.expected && quantity_ != family.stationary) {
      add(quantity_, short_words_of(quantity_), is_estimate(quantity_) ? Look::dots : Look::line);
    }
    if (!has(spec_, family.mean)) return;
    const bool with_errors = has(spec_, family.error);
    add(family.mean, "mean of the runs", with_errors ? Look::bars : Look::dots);
    if (!with_errors) return;
    for (const Point& error : points(family.error, 0, line)) all.back().spread.push_back(2 * error.y);
    if (line + 1 == line_count()) all.push_back({"(bars: ± 2 standard errors)", Look::none, {}, {}, {}});
  }

  [[nodiscard]] std::string words_of_line(std::int64_t line, std::string_view words) const {
    if (!axes_.lines) return std::string(words);
    return fmt::format("{} = {}: {}", symbol_of(axes_.lines->name()), number(axes_.lines->value(line), 4), words);
  }
  [[nodiscard]] Rgb color_of_line(std::int64_t line) const {
    return series_color(static_cast<std::size_t>(line), static_cast<std::size_t>(line_count()));
  }

  [[nodiscard]] std::vector<Point> points(Quantity quantity, std::size_t member, std::int64_t line) {
    const Members members = members_of(spec_, quantity);
    const std::int64_t number = members.number(members.steps.size() - 1, member);
    std::vector<Point> result;
    for (const std::int64_t k : chosen_) {
      const std::int64_t cell =
          axes_.slow == LinesOverAxis::Slow::lines ? line * axes_.along.size() + k : k * line_count() + line;
      double value = 0;
      source_.read_member({quantity, number}, cell, {&value, 1});
      result.push_back({axes_.along.value(k), value});
    }
    return result;
  }

  StoreSource& source_;
  const Spec& spec_;
  Quantity quantity_;
  LinesOverAxis axes_;
  std::vector<std::int64_t> chosen_;
  std::int64_t not_computed_ = 0;
  std::int64_t without_value_ = 0;  ///< z-scores: of others a gap in the line says the same
};

}  // namespace

Figure axis_figure(StoreSource& source, Quantity quantity) {
  return AxisFigure(source, quantity).draw();
}

}  // namespace ravine::detail
