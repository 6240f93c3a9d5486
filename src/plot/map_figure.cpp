// Heat maps: one panel, or one per value of the slowest of three axes.

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "plot/colors.hpp"
#include "plot/figure.hpp"
#include "plot/panels.hpp"
#include "plot/placement.hpp"
#include "plot/words.hpp"

namespace ravine::detail {
namespace {

/// Samples of the whole page's maps.
constexpr Pixels most_samples = {1200, 900};

struct Panel {
  std::string title;
  Picture picture;
  PanelPlace place;
};

void lay_out(std::vector<Panel>& panels) {
  const std::vector<PanelPlace> places = panel_places(static_cast<int>(panels.size()));
  for (std::size_t k = 0; k < panels.size(); ++k) panels[k].place = places[k];
}

Pixels samples_of(std::size_t panels) {
  const Pixels grid = panel_grid(static_cast<int>(panels));
  return {most_samples.width / grid.width, most_samples.height / grid.height};
}

std::string name_of_regime(std::uint8_t regime) {
  return fmt::format("{} {}", regime, regime_words(regime));
}

/// Puts labels on one panel, each clear of the others.
class RegimeLabels {
 public:
  RegimeLabels(const Box& panel, std::vector<std::string>& commands) : panel_(panel), commands_(commands) {}

  void keep_clear(Point point) { taken_.push_back({point, 36 / panel_.width(), 28 / panel_.height()}); }

  /// False if there is no room.
  bool add_inside(const Picture& picture, std::uint8_t regime, const std::string& text) {
    const LabelBox size = size_of(text);
    const auto at = place_inside(picture, regime, size, taken_);
    if (at) add(text, {*at, size.width, size.height});
    return at.has_value();
  }

  void add_beside(const Picture& picture, std::uint8_t regime, const std::string& text) {
    const Point target = middle_pixel(picture, regime).value_or(picture.by_regime[regime].example);
    LabelBox box = size_of(text);
    box.centre = place_near(target, box, taken_);
    const Point from = box.edge_towards(target);
    commands_.push_back(line_command(from, target, {0xff, 0xff, 0xff}, 3.5));
    commands_.push_back(line_command(from, target, {0, 0, 0}, 1.4));
    add(text, box);
  }

 private:
  /// About the room that `text` takes, with some air.
  [[nodiscard]] LabelBox size_of(const std::string& text) const {
    return {{0, 0}, 9 * static_cast<double>(text.size() + 2) / panel_.width(), 28 / panel_.height()};
  }
  void add(const std::string& text, const LabelBox& box) {
    commands_.push_back(label_command(text, box.centre, {.align = Align::centre, .ground = TextStyle::Ground::white}));
    taken_.push_back(box);
  }

  Box panel_;
  std::vector<std::string>& commands_;
  std::vector<LabelBox> taken_;
};

/// Everything that the panels share.
class MapFigure {
 public:
  MapFigure(MapSource& source, Quantity quantity)
      : source_(source), axes_(long_axes(source.spec())), layers_(layers_of(source.spec(), quantity)) {}

  Figure draw() {
    scan_panels();
    const ColorScale scale(layers_.drawn, lowest(), highest());
    for (const Panel& panel : panels_) draw_panel(panel, scale);
    if (layers_.drawn != Quantity::regime) draw_bar(scale);
    draw_notes(scale);
    return std::move(figure_);
  }

 private:
  void scan_panels() {
    const Axis& slow = axes_[axes_.size() - 2];
    const Axis& fast = axes_.back();
    slow_.emplace(slow);
    fast_.emplace(fast);
    const RowsAre rows = rows_are(slow, fast);
    const bool several = axes_.size() == 3;
    const std::vector<std::int64_t> chosen = chosen_panels(several ? axes_.front().size() : 1);
    for (const std::int64_t k : chosen) {
      plane_ = {&*slow_, &*fast_, rows, k * slow.size() * fast.size()};
      Panel panel = {};
      panel.picture = scan(source_, *plane_, layers_, samples_of(chosen.size()));
      if (several) {
        panel.title = fmt::format("{} = {}", symbol_of(axes_.front().name()), number(axes_.front().value(k), 4));
      }
      panels_.push_back(std::move(panel));
    }
    lay_out(panels_);
  }

  [[nodiscard]] double lowest() const {
    double result = panels_.front().picture.lowest;
    for (const Panel& panel : panels_) result = std::min(result, panel.picture.lowest);
    return result;
  }
  [[nodiscard]] double highest() const {
    double result = panels_.front().picture.highest;
    for (const Panel& panel : panels_) result = std::max(result, panel.picture.highest);
    return result;
  }

  [[nodiscard]] std::vector<Rgb> pixels(const Picture& picture, const ColorScale& scale) const {
    std::vector<Rgb> colors;
    for (const double value : picture.values) colors.push_back(scale.color(value));
    if (!picture.values.empty()) return colors;
    for (const std::uint8_t regime : picture.regimes) colors.push_back(regime_color(regime));
    return colors;
  }

  [[nodiscard]] Point best_place(const Best& best) const {
    return place(plane_->rows, slow_->centre(best.slow), fast_->centre(best.fast));
  }

  void draw_panel(const Panel& panel, const ColorScale& scale) {
    Frame frame;
    frame.box = panel.place.box;
    frame.x_ticks = plane_->horizontal().ticks(static_cast<int>(panel.place.box.width() / 75));
    frame.y_ticks = plane_->vertical().ticks(static_cast<int>(panel.place.box.height() / 50));
    hide_inner_labels(panel.place, frame);
    if (!panel.title.empty()) {
      frame.commands.push_back(
          label_command(panel.title, {0.5, 1 + 14 / panel.place.box.height()}, {.size = 14, .align = Align::centre}));
    }
    add_regime_labels(panel, frame);
    if (panel.picture.best) {
      const auto mark = best_mark(best_place(*panel.picture.best), panel.place.box.width());
      frame.commands.insert(frame.commands.end(), mark.begin(), mark.end());
    }
    std::vector<std::string> elements = {figure_.image(panel.picture.size, pixels(panel.picture, scale))};
    const auto append = [&](const std::vector<std::string>& more) {
      elements.insert(elements.end(), more.begin(), more.end());
    };
    append(stroked(figure_, panel.picture.boundaries, boundary_strokes));
    append(stroked(figure_, panel.picture.convergence, convergence_strokes));
    figure_.add_plot(frame, elements);
  }

  /// A number inside each region, with its name where there is room. On a map that is not a panel among others, thin
  /// regions get theirs beside them, with a line.
  void add_regime_labels(const Panel& panel, Frame& frame) const {
    const Picture& picture = panel.picture;
    if (picture.regimes.empty()) return;
    RegimeLabels labels(panel.place.box, frame.commands);
    if (picture.best) labels.keep_clear(best_place(*picture.best));
    std::vector<std::uint8_t> thin;
    for (std::uint8_t regime = 1; regime < regime_count; ++regime) {
      if (picture.by_regime[regime].cells == 0) continue;
      const bool placed = (panels_.size() == 1 && labels.add_inside(picture, regime, name_of_regime(regime))) ||
                          labels.add_inside(picture, regime, std::to_string(regime));
      if (!placed) thin.push_back(regime);
    }
    if (panels_.size() > 1) return;
    for (const std::uint8_t regime : thin) labels.add_beside(picture, regime, name_of_regime(regime));
  }

  void draw_bar(const ColorScale& scale) {
    constexpr int steps = 512;
    constexpr double beyond = 0.12;  // of the bar's range, for the divergent colour
    const double span = scale.high() - scale.low();
    const bool above = scale.divergent() == ColorScale::Beyond::above;
    const bool below = scale.divergent() == ColorScale::Beyond::below;
    const double low = scale.low() - (below ? beyond * span : 0);
    const double high = scale.high() + (above ? beyond * span : 0);
    std::vector<Rgb> bar;
    for (int k = 0; k < steps; ++k) {
      const Rgb color = scale.color(low + (high - low) * (k + 0.5) / steps);
      bar.insert(bar.end(), 2, color);
    }
    Frame frame;
    frame.box = bar_box;
    frame.y_side = Frame::TickLabels::right;
    const RoundValues ticks = round_values(scale.low(), scale.high(), 8);
    for (const double value : ticks.values) {
      frame.y_ticks.push_back({(value - low) / (high - low), number(value, ticks.digits)});
    }
    const double margin = beyond / (1 + beyond) * 0.4;
    if (above) frame.y_ticks.push_back({1 - margin, "> 1, diverges"});
    if (below) frame.y_ticks.push_back({margin, "< 0, diverges"});
    const std::vector<std::string> elements = {figure_.image({2, steps}, bar)};
    figure_.add_plot(frame, elements);
  }

  void draw_notes(const ColorScale& scale) {
    const bool regimes_only = layers_.drawn == Quantity::regime;
    TitleParts title = {layers_.drawn, 0, 0, {}};
    for (const Panel& panel : panels_) {
      title.cells += slow_->size() * fast_->size();
      title.not_computed += panel.picture.not_computed;
    }
    title.remarks.push_back(cells_text(axes_));
    if (axes_.size() == 3 && axes_.front().size() > most_panels) {
      title.remarks.push_back(fmt::format("{} of {} values of {} drawn, evenly chosen", panels_.size(),
                                          axes_.front().size(), symbol_of(axes_.front().name())));
    }
    const Pixels size = panels_.front().picture.size;
    if (size.width < plane_->horizontal().size() || size.height < plane_->vertical().size()) {
      title.remarks.push_back(fmt::format("image sampled at {} × {}, lines from every cell", size.width, size.height));
    }
    std::vector<std::string> commands = title_commands(source_.spec(), title);
    const Point middle = {(map_box.left + map_box.right) / 2, (map_box.bottom + map_box.top) / 2};
    commands.push_back(label_command(axis_label(plane_->horizontal().axis().name()), {middle.x, 30},
                                     {.size = 15, .align = Align::centre}));
    commands.push_back(label_command(axis_label(plane_->vertical().axis().name()), {20, middle.y},
                                     {.size = 15, .align = Align::centre, .angle = 90}));
    if (!regimes_only) {
      commands.push_back(label_command(bar_words_of(layers_.drawn), {side_left, bar_box.top + 20}, {.size = 15}));
    }
    Legend legend(regimes_only ? bar_box.top : bar_box.bottom - 40);
    fill_legend(legend, scale, title.not_computed > 0);
    legend.draw(figure_, commands);
  }

  [[nodiscard]] bool any(const std::vector<Polyline> Picture::*lines) const {
    return std::any_of(panels_.begin(), panels_.end(),
                       [&](const Panel& panel) { return !(panel.picture.*lines).empty(); });
  }

  void fill_legend(Legend& legend, const ColorScale& scale, bool incomplete) const {
    if (scale.clipped()) {
      legend.add_text(fmt::format("colours end at ±{}", number(scale.high())));
    }
    if (any(&Picture::convergence)) {
      legend.add_line(convergence_strokes, *layers_.boundary == Quantity::gap ? "gap = 0" : "rate = 1");
    }
    if (any(&Picture::boundaries)) legend.add_line(boundary_strokes, "regime boundary");
    if (incomplete) legend.add_swatch(not_computed_color, "not computed");
    add_best(legend);
    add_regimes(legend);
  }

  void add_best(Legend& legend) const {
    if (panels_.size() > 1) {
      if (panels_.front().picture.best) legend.add_best("best cell of the panel");
    } else if (const auto& best = panels_.front().picture.best) {
      legend.add_best("best cell:");
      legend.add_text(fmt::format("{} = {}", short_words_of(*layers_.boundary), number(best->value)));
      for (const PlotAxis* axis : {&plane_->horizontal(), &plane_->vertical()}) {
        const std::int64_t cell = axis == plane_->slow ? best->slow : best->fast;
        legend.add_text(fmt::format("{} = {}", symbol_of(axis->axis().name()), number(axis->axis().value(cell))));
      }
    }
  }

  void add_regimes(Legend& legend) const {
    if (!layers_.regimes) return;
    legend.add_heading(layers_.drawn == Quantity::regime ? "regimes" : "regimes, as numbered");
    if (panels_.size() > 1) legend.add_text("(where there is room)");
    for (std::uint8_t regime = 1; regime < regime_count; ++regime) {
      const bool occurs = std::any_of(panels_.begin(), panels_.end(),
                                      [&](const Panel& panel) { return panel.picture.by_regime[regime].cells > 0; });
      if (!occurs) continue;
      if (layers_.drawn == Quantity::regime) {
        legend.add_swatch(regime_color(regime), name_of_regime(regime));
      } else {
        legend.add_number(regime, regime_words(regime));
      }
    }
  }

  MapSource& source_;
  std::vector<Axis> axes_;
  Layers layers_;
  std::optional<PlotAxis> slow_;
  std::optional<PlotAxis> fast_;
  std::optional<Plane> plane_;  ///< of the last panel; all have the same axes
  std::vector<Panel> panels_;
  Figure figure_;
};

}  // namespace

Figure map_figure(MapSource& source, Quantity quantity) {
  return MapFigure(source, quantity).draw();
}

}  // namespace ravine::detail
