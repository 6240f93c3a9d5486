// Maps of an ensemble's quantities over two axes, with a panel for each value of a third.

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "plot/ensemble_figure.hpp"
#include "plot/value_colors.hpp"
#include "plot/words.hpp"
#include "ravine/field.hpp"

namespace ravine::detail {
namespace {

constexpr Pixels most_samples = {1200, 900};

/// One member of a quantity as a map, with what its values are like: scanning reads every cell.
class MemberMap final : public MapSource {
 public:
  MemberMap(StoreSource& source, const Member& member) : source_(source), member_(member) {}

  [[nodiscard]] const Spec& spec() const override { return source_.spec(); }
  void read(Quantity /*quantity*/, std::int64_t first, std::span<double> out) override {
    source_.read_member(member_, first, out);
    if (member_.quantity == Quantity::steps_to_tolerance) mark_diverged(first, out);
    for (std::size_t k = 0; k < out.size(); ++k) note(out[k], first + static_cast<std::int64_t>(k));
  }
  void read_regimes(std::int64_t first, std::span<std::uint8_t> out) override { source_.read_regimes(first, out); }

  /// The least value, the first cell with it, and whether there are others.
  struct Least {
    double value;
    std::int64_t cell;
    bool shared;
  };
  [[nodiscard]] const std::optional<Least>& least() const { return least_; }
  [[nodiscard]] const Extent& extent() const { return extent_; }
  [[nodiscard]] bool has_infinite() const { return infinite_; }
  [[nodiscard]] bool has_peaks_at_start() const { return peaks_at_start_; }

 private:
  /// Of the cells that never get there, those that diverge are infinite, where the store tells them apart.
  void mark_diverged(std::int64_t first, std::span<double> out) {
    const bool by_status = has(spec(), Quantity::status);
    if (!by_status && !has(spec(), Quantity::peak_loss)) return;
    const auto names = code_names(Quantity::status);
    const auto diverged_code = static_cast<double>(std::find(names.begin(), names.end(), "diverged") - names.begin());
    fates_.resize(out.size());
    source_.read_member({by_status ? Quantity::status : Quantity::peak_loss, 0}, first, fates_);
    for (std::size_t k = 0; k < out.size(); ++k) {
      const bool diverged = by_status ? fates_[k] == diverged_code : std::isinf(fates_[k]);
      if (out[k] == no_value && diverged) out[k] = std::numeric_limits<double>::infinity();
    }
  }

  void note(double value, std::int64_t cell) {
    if (std::isnan(value)) return;
    if (value == 0 && member_.quantity == Quantity::peak_step) {
      peaks_at_start_ = true;
      return;
    }
    infinite_ = infinite_ || value == std::numeric_limits<double>::infinity();
    if (!std::isfinite(value)) return;
    extent_.take(value);
    if (!least_ || value < least_->value) {
      least_ = Least{value, cell, false};
    } else if (value == least_->value && cell != least_->cell) {  // strips of a long row have a cell in common
      least_ = Least{value, std::min(cell, least_->cell), true};
    }
  }

  StoreSource& source_;
  Member member_;
  Extent extent_;
  std::optional<Least> least_;
  bool infinite_ = false;
  bool peaks_at_start_ = false;  ///< which has a colour beside the bar
  std::vector<double> fates_;
};

struct MapPanel {
  std::string title;
  Picture picture;
  PanelPlace place;
};

class ValueMapFigure {
 public:
  ValueMapFigure(StoreSource& source, Quantity quantity)
      : spec_(source.spec()),
        quantity_(quantity),
        axes_(long_axes(spec_)),
        slow_(axes_[axes_.size() - 2]),
        fast_(axes_.back()),
        source_(source, last_member(spec_, quantity)) {}

  Figure draw() {
    scan_panels();
    const Extent shown = without_divergence(source_.extent(), natural_size(spec_, quantity_));
    const ValueColors colors(quantity_, shown, least_shown(spec_, quantity_, shown));
    for (const MapPanel& panel : panels_) draw_panel(panel, colors);
    if (colors.scale()) draw_bar(colors);
    draw_notes(colors);
    return std::move(figure_);
  }

 private:
  static Member last_member(const Spec& spec, Quantity quantity) {
    const Members members = members_of(spec, quantity);
    return {quantity, members.number(members.steps.size() - 1, 0)};
  }

  [[nodiscard]] bool several() const { return axes_.size() == 3; }
  [[nodiscard]] std::int64_t plane_cells() const { return slow_.size() * fast_.size(); }
  [[nodiscard]] RowsAre rows() const { return rows_are(slow_.axis(), fast_.axis()); }
  [[nodiscard]] const PlotAxis& horizontal() const { return rows() == RowsAre::vertical ? slow_ : fast_; }
  [[nodiscard]] const PlotAxis& vertical() const { return rows() == RowsAre::vertical ? fast_ : slow_; }

  void scan_panels() {
    const std::vector<std::int64_t> chosen = chosen_panels(several() ? axes_.front().size() : 1);
    const Pixels grid = panel_grid(static_cast<int>(chosen.size()));
    const Pixels samples = {most_samples.width / grid.width, most_samples.height / grid.height};
    const std::vector<PanelPlace> places = panel_places(static_cast<int>(chosen.size()));
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      const Plane plane = {&slow_, &fast_, rows(), chosen[k] * plane_cells()};
      MapPanel panel = {"", scan(source_, plane, {quantity_, std::nullopt, false}, samples), places[k]};
      if (several()) {
        panel.title =
            fmt::format("{} = {}", symbol_of(axes_.front().name()), number(axes_.front().value(chosen[k]), 4));
      }
      panels_.push_back(std::move(panel));
    }
  }

  [[nodiscard]] std::int64_t without_value() const {
    std::int64_t cells = 0;
    for (const MapPanel& panel : panels_) cells += panel.picture.without_value;
    return cells;
  }

  /// Of a map of steps to the tolerance that is one panel: the cell with the fewest.
  [[nodiscard]] bool marks_fewest() const {
    return quantity_ == Quantity::steps_to_tolerance && !several() && source_.least();
  }
  [[nodiscard]] Point fewest_place() const {
    const std::int64_t cell = source_.least()->cell;
    return place(rows(), slow_.centre(cell / fast_.size()), fast_.centre(cell % fast_.size()));
  }

  void draw_panel(const MapPanel& panel, const ValueColors& colors) {
    Frame frame;
    frame.box = panel.place.box;
    frame.x_ticks = horizontal().ticks(static_cast<int>(frame.box.width() / 75));
    frame.y_ticks = vertical().ticks(static_cast<int>(frame.box.height() / 50));
    hide_inner_labels(panel.place, frame);
    if (several()) {
      frame.commands.push_back(
          label_command(panel.title, {0.5, 1 + 14 / frame.box.height()}, {.size = 14, .align = Align::centre}));
    }
    if (marks_fewest()) {
      for (std::string& command : best_mark(fewest_place(), frame.box.width())) frame.commands.push_back(command);
    }
    std::vector<Rgb> pixels;
    for (const double value : panel.picture.values) pixels.push_back(colors.color(value));
    const std::vector<std::string> elements = {figure_.image(panel.picture.size, pixels)};
    figure_.add_plot(frame, elements);
  }

  void draw_bar(const ValueColors& colors) {
    constexpr int steps = 512;
    std::vector<Rgb> bar;
    for (int k = 0; k < steps; ++k) {
      bar.insert(bar.end(), 2, colors.color(colors.scale()->value((k + 0.5) / steps)));
    }
    Frame frame;
    frame.box = bar_box;
    frame.y_side = Frame::TickLabels::right;
    const bool is_count = info_of(quantity_).storage == Storage::int64;
    frame.y_ticks = is_count ? whole_ticks(*colors.scale(), 8) : colors.scale()->ticks(8);
    const std::vector<std::string> elements = {figure_.image({2, steps}, bar)};
    figure_.add_plot(frame, elements);
  }

  [[nodiscard]] std::vector<std::string> remarks() const {
    std::vector<std::string> remarks = study_remarks(spec_);
    for (std::string& remark : value_remarks(spec_, quantity_)) remarks.push_back(std::move(remark));
    remarks.push_back(cells_text(axes_));
    if (several() && axes_.front().size() > most_panels) {
      remarks.push_back(fmt::format("{} of {} values of {} drawn, evenly chosen", panels_.size(), axes_.front().size(),
                                    symbol_of(axes_.front().name())));
    }
    const Pixels size = panels_.front().picture.size;
    if (size.width < horizontal().size() || size.height < vertical().size()) {
      remarks.push_back(fmt::format("image sampled at {} × {}", size.width, size.height));
    }
    return remarks;
  }

  void draw_notes(const ValueColors& colors) {
    TitleParts title = {quantity_, 0, 0, remarks()};
    for (const MapPanel& panel : panels_) {
      title.cells += plane_cells();
      title.not_computed += panel.picture.not_computed;
    }
    std::vector<std::string> commands = title_commands(spec_, title);
    const Point middle = {(map_box.left + map_box.right) / 2, (map_box.bottom + map_box.top) / 2};
    commands.push_back(
        label_command(axis_label(horizontal().axis().name()), {middle.x, 30}, {.size = 15, .align = Align::centre}));
    commands.push_back(label_command(axis_label(vertical().axis().name()), {20, middle.y},
                                     {.size = 15, .align = Align::centre, .angle = 90}));
    if (colors.scale()) {
      commands.push_back(label_command(short_words_of(quantity_), {side_left, bar_box.top + 20}, {.size = 15}));
    }
    Legend legend(colors.scale() ? bar_box.bottom - 40 : bar_box.top);
    fill_legend(legend, colors, title.not_computed > 0);
    legend.draw(figure_, commands);
  }

  void fill_legend(Legend& legend, const ValueColors& colors, bool incomplete) const {
    const auto names = code_names(quantity_);
    for (std::size_t code = 1; code < names.size(); ++code) {
      legend.add_swatch(colors.color(static_cast<double>(code)), code_words(names[code]));
    }
    if (colors.scale() && !source_.extent().empty()) {
      if (source_.extent().highest > colors.scale()->high()) legend.add_text("above the bar: as its end");
      if (source_.extent().lowest < colors.scale()->low()) legend.add_text("below the bar: as its end");
    }
    if (without_value() > 0) {
      legend.add_swatch(colors.color(no_value), none_words(spec_, quantity_));
      legend.add_text(cells_in_brackets(without_value()));
    }
    if (source_.has_infinite()) {
      legend.add_swatch(colors.color(std::numeric_limits<double>::infinity()),
                        quantity_ == Quantity::steps_to_tolerance ? "diverged" : "infinite: diverged");
    }
    if (source_.has_peaks_at_start()) legend.add_swatch(colors.color(0), "0: highest at the start");
    if (incomplete) legend.add_swatch(not_computed_color, "not computed");
    if (!marks_fewest()) return;
    const std::int64_t cell = source_.least()->cell;
    legend.add_best("fewest:");
    legend.add_text(fmt::format("{} steps", number(source_.least()->value, 15)));
    for (const PlotAxis* axis : {&horizontal(), &vertical()}) {
      const std::int64_t place = axis == &slow_ ? cell / fast_.size() : cell % fast_.size();
      legend.add_text(fmt::format("{} = {}", symbol_of(axis->axis().name()), number(axis->axis().value(place))));
    }
    if (source_.least()->shared) legend.add_text("(first of several cells)");
  }

  const Spec& spec_;
  Quantity quantity_;
  std::vector<Axis> axes_;
  PlotAxis slow_;
  PlotAxis fast_;
  MemberMap source_;
  std::vector<MapPanel> panels_;
  Figure figure_;
};

}  // namespace

Figure value_map_figure(StoreSource& source, Quantity quantity) {
  return ValueMapFigure(source, quantity).draw();
}

}  // namespace ravine::detail
