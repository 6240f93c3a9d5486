// Maps over one axis: a line, on a ground of the regimes' colours.

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "plot/colors.hpp"
#include "plot/figure.hpp"
#include "plot/words.hpp"
#include "ravine/summary.hpp"

namespace ravine::detail {
namespace {

/// Columns of the picture. Of more cells than this, each column shows its least and its greatest value.
constexpr int columns = 1200;
constexpr std::int64_t strip_cells = std::int64_t{1} << 19;
/// The plot ends here: what diverges goes on, but would flatten the rest.
constexpr double highest_rate_shown = 2;

struct Column {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
};

class LineFigure {
 public:
  LineFigure(MapSource& source, Quantity quantity)
      : source_(source), axis_(long_axes(source.spec()).front()), layers_(layers_of(source.spec(), quantity)) {}

  Figure draw() {
    sampled_ = axis_.size() > columns;
    if (sampled_) columns_.resize(columns);
    ground_.resize(columns, regime_not_computed);
    for (std::int64_t first = 0; first < axis_.size(); first += strip_cells) {
      read_strip(first, std::min(strip_cells, axis_.size() - first));
    }
    if (sampled_) trace_columns();
    set_range();
    draw_plot();
    draw_notes();
    return std::move(figure_);
  }

 private:
  [[nodiscard]] bool has_values() const { return layers_.drawn != Quantity::regime; }

  void read_strip(std::int64_t first, std::int64_t count) {
    values_.assign(static_cast<std::size_t>(count), 0);
    regimes_.assign(static_cast<std::size_t>(count), 1);
    if (has_values()) source_.read(layers_.drawn, first, values_);
    if (layers_.regimes) source_.read_regimes(first, regimes_);
    for (std::size_t k = 0; k < values_.size(); ++k) take_cell(first + static_cast<std::int64_t>(k), k);
  }

  void take_cell(std::int64_t cell, std::size_t k) {
    const bool computed = has_values() ? !std::isnan(values_[k]) : regimes_[k] != regime_not_computed;
    paint(cell, computed ? regimes_[k] : regime_not_computed, computed);
    if (!computed) {
      ++not_computed_;
      line_open_ = false;
      return;
    }
    if (layers_.regimes && regimes_[k] < regime_count) occurs_[regimes_[k]] = true;
    if (!has_values()) return;
    const double value = values_[k];
    lowest_ = std::min(lowest_, value);
    highest_ = std::max(highest_, value);
    if (layers_.boundary == layers_.drawn) consider_best(cell, value);
    if (sampled_) {
      Column& column = columns_[column_of(axis_.centre(cell))];
      column.low = std::min(column.low, value);
      column.high = std::max(column.high, value);
    } else {
      if (!line_open_) lines_.emplace_back();
      lines_.back().push_back({axis_.centre(cell), value});
      line_open_ = true;
    }
  }

  static std::size_t column_of(double position) {
    return static_cast<std::size_t>(std::clamp(static_cast<int>(position * columns), 0, columns - 1));
  }

  void paint(std::int64_t cell, std::uint8_t regime, bool computed) {
    const std::size_t from = column_of(axis_.edge(cell) + 1e-9);
    const std::size_t to = std::max(from, column_of(axis_.edge(cell + 1) - 1e-9));
    for (std::size_t column = from; column <= to; ++column) {
      if (blank_[column]) continue;
      ground_[column] = regime;
      blank_[column] = !computed;
    }
  }

  void consider_best(std::int64_t cell, double value) {
    const bool better = !best_ || (layers_.drawn == Quantity::gap ? value > best_->y : value < best_->y);
    if (!better) return;
    best_ = Point{axis_.centre(cell), value};
    best_cell_ = cell;
  }

  void trace_columns() {
    bool open = false;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const Column& column = columns_[c];
      if (column.low > column.high || blank_[c]) {
        open = false;
        continue;
      }
      if (!open) lines_.emplace_back();
      open = true;
      const double x = (static_cast<double>(c) + 0.5) / columns;
      lines_.back().push_back({x, column.low});
      if (column.high > column.low) lines_.back().push_back({x, column.high});
    }
  }

  void set_range() {
    if (!(lowest_ <= highest_)) {  // nothing computed
      lowest_ = 0;
      highest_ = 1;
    }
    double low = lowest_;
    double high = highest_;
    if (layers_.drawn == Quantity::rate) high = std::clamp(high, 1.0, std::max(highest_rate_shown, 1.1 * low));
    if (layers_.drawn == Quantity::gap) low = std::clamp(low, std::min(1 - highest_rate_shown, 1.1 * high), 0.0);
    cut_ = low > lowest_ || high < highest_;
    const double margin = high > low ? 0.04 * (high - low) : 0.5 * std::max(std::abs(high), 1e-300);
    low_ = low - margin;
    high_ = high + margin;
  }

  [[nodiscard]] double y_of(double value) const { return (value - low_) / (high_ - low_); }

  /// The lines in the plot, cut at its upper and lower edge.
  [[nodiscard]] std::vector<Polyline> visible_lines() const {
    std::vector<Polyline> result;
    for (const Polyline& line : lines_) {
      Polyline part;
      for (const Point& point : line) part.push_back({point.x, std::clamp(y_of(point.y), -1.0, 2.0)});
      if (part.size() == 1) part.push_back({part.front().x + 1.0 / columns, part.front().y});
      result.push_back(std::move(part));
    }
    return result;
  }

  void draw_plot() {
    std::vector<Rgb> ground;
    for (int row = 0; row < 2; ++row) {
      for (const std::uint8_t regime : ground_) {
        const Rgb plain = {0xff, 0xff, 0xff};
        const Rgb color = regime == regime_not_computed ? not_computed_color
                          : !layers_.regimes            ? plain
                          : has_values()                ? paler(regime_color(regime))
                                                        : regime_color(regime);
        ground.push_back(color);
      }
    }
    std::vector<std::string> elements = {figure_.image({columns, 2}, ground)};
    Frame frame;
    frame.box = map_box;
    frame.x_ticks = axis_.ticks(10);
    frame.x_label = axis_label(axis_.axis().name());
    if (has_values()) {
      const RoundValues round = round_values(low_, high_, 10);
      for (const double value : round.values) frame.y_ticks.push_back({y_of(value), number(value, round.digits)});
      frame.y_label = words_of(layers_.drawn);
      add_lines(elements);
      if (best_) frame.commands = best_mark({best_->x, y_of(best_->y)}, map_box.width());
    }
    figure_.add_plot(frame, elements);
  }

  void add_lines(std::vector<std::string>& elements) {
    if (const auto level = convergence_level()) {
      elements.push_back(figure_.lines({{{0, y_of(*level)}, {1, y_of(*level)}}}, "#000000", 1.5) + " dt 2");
    }
    if (!lines_.empty()) elements.push_back(figure_.lines(visible_lines(), "#3b0f70", 2.5));
  }

  /// The value between convergence and divergence, if the plot shows it.
  [[nodiscard]] std::optional<double> convergence_level() const {
    if (layers_.drawn != Quantity::rate && layers_.drawn != Quantity::gap) return std::nullopt;
    const double level = layers_.drawn == Quantity::rate ? 1 : 0;
    if (level < low_ || level > high_) return std::nullopt;
    return level;
  }

  void draw_notes() {
    TitleParts title = {layers_.drawn, axis_.size(), not_computed_, {}};
    title.remarks.push_back(fmt::format("{} values of {}", axis_.size(), symbol_of(axis_.axis().name())));
    if (sampled_) title.remarks.emplace_back("each column from its least to its greatest value");
    Legend legend(bar_box.top);
    if (has_values())
      legend.add_line(std::array{Legend::Stroke{{0x3b, 0x0f, 0x70}, 2.5}}, short_words_of(layers_.drawn));
    if (convergence_level()) {
      legend.add_line(std::array{Legend::Stroke{{0, 0, 0}, 1.5}},
                      layers_.drawn == Quantity::rate ? "rate = 1 (dashed)" : "gap = 0 (dashed)");
    }
    if (cut_) legend.add_text("cut off beyond the plot");
    if (not_computed_ > 0) legend.add_swatch(not_computed_color, "not computed");
    if (best_) {
      legend.add_best("best cell:");
      legend.add_text(fmt::format("{} = {}", short_words_of(layers_.drawn), number(best_->y)));
      legend.add_text(fmt::format("{} = {}", symbol_of(axis_.axis().name()), number(axis_.axis().value(best_cell_))));
    }
    if (layers_.regimes) legend.add_heading("regimes");
    for (std::uint8_t regime = 1; regime < regime_count; ++regime) {
      if (!occurs_[regime]) continue;
      const Rgb color = regime_color(regime);
      legend.add_swatch(has_values() ? paler(color) : color, fmt::format("{} {}", regime, regime_words(regime)));
    }
    legend.draw(figure_, title_commands(source_.spec(), title));
  }

  MapSource& source_;
  PlotAxis axis_;
  Layers layers_;
  bool sampled_ = false;
  std::vector<double> values_;  ///< of the strip at hand
  std::vector<std::uint8_t> regimes_;
  std::vector<Column> columns_;
  std::vector<std::uint8_t> ground_;
  std::array<bool, columns> blank_ = {};  ///< columns with a cell not computed
  std::array<bool, regime_count> occurs_ = {};
  std::vector<Polyline> lines_;
  bool line_open_ = false;  ///< does the next cell go on with the last line?
  std::int64_t not_computed_ = 0;
  std::optional<Point> best_;
  std::int64_t best_cell_ = 0;
  double lowest_ = std::numeric_limits<double>::infinity();
  double highest_ = -std::numeric_limits<double>::infinity();
  double low_ = 0;
  double high_ = 1;
  bool cut_ = false;
  Figure figure_;
};

}  // namespace

Figure line_figure(MapSource& source, Quantity quantity) {
  return LineFigure(source, quantity).draw();
}

}  // namespace ravine::detail
