// Pictures over the recorded steps, and of the bins at the last one.

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "plot/chart_page.hpp"
#include "plot/words.hpp"
#include "ravine/ensemble.hpp"
#include "ravine/field.hpp"

namespace ravine::detail {
namespace {

constexpr Rgb black = {0, 0, 0};
constexpr Rgb sample_color = {0x9a, 0x9a, 0x9a};
constexpr Rgb mean_color = {0x00, 0x72, 0xb2};
constexpr Rgb deterministic_color = {0xe6, 0x9f, 0x00};
constexpr Rgb stochastic_color = {0x00, 0x9e, 0x73};
constexpr Rgb stationary_color = {0xcc, 0x79, 0xa7};

/// The recorded steps as a side of a plot: logarithmic where they are spaced so.
Scale step_scale(const Spec& spec, const std::vector<double>& steps) {
  const bool spaced = std::holds_alternative<LogSpaced>(spec.ensemble->record.at) && steps.front() > 0;
  return {spaced ? Scale::Kind::logarithmic : Scale::Kind::linear, steps.front(), steps.back()};
}

class StepsFigure {
 public:
  StepsFigure(StoreSource& source, Quantity quantity)
      : source_(source),
        spec_(source.spec()),
        quantity_(quantity),
        members_(members_of(spec_, quantity)),
        chosen_(chosen(static_cast<std::int64_t>(members_.steps.size()), most_points)) {}

  Figure draw() {
    ChartPage page = {quantity_, {}, step_scale(spec_, members_.steps), "step", words_of(quantity_)};
    if (is_stacked()) page.heights = ChartPage::Heights::parts;
    if (chosen_.size() < members_.steps.size()) {
      page.remarks.push_back(fmt::format("{} of {} steps drawn, evenly chosen", chosen_.size(), members_.steps.size()));
    }
    const Members drawn = has_parts() ? members_of(spec_, Quantity::loss_parts) : members_;
    for (std::string& remark : member_remarks(drawn)) page.remarks.push_back(std::move(remark));
    page.cells = source_.cells();
    for (std::int64_t cell = 0; cell < page.cells; ++cell) {
      Chart chart = {cell_words(spec_, cell), series_of(cell), phases(cell)};
      if (std::isnan(chart.series.front().points.front().y)) ++page.not_computed;
      if (is_score(quantity_) && chart.series.front().points.back().y == no_value) ++page.without_value;
      page.charts.push_back(std::move(chart));
    }
    if (page.charts.size() > 1 && page.charts.front().series.size() == 1) join(page.charts);
    return draw_page(spec_, page);
  }

 private:
  /// Only the whole stack adds up, so of parts that are too many some are drawn as lines.
  [[nodiscard]] bool is_stacked() const {
    const auto count = static_cast<std::int64_t>(members_.names.size());
    return quantity_ == Quantity::loss_parts && count > 1 && count <= most_member_lines;
  }
  [[nodiscard]] bool has_parts() const {
    return quantity_ == Quantity::loss && has(spec_, Quantity::loss_parts) && components_of(spec_) > 1;
  }

  /// Charts of one line each: one chart with a line for each.
  static void join(std::vector<Chart>& charts) {
    Chart all;
    for (std::size_t k = 0; k < charts.size(); ++k) {
      Series series = std::move(charts[k].series.front());
      series.name = charts[k].title;
      series.color = series_color(k, charts.size());
      all.series.push_back(std::move(series));
    }
    charts = {std::move(all)};
  }

  [[nodiscard]] std::vector<Series> series_of(std::int64_t cell) {
    if (const auto family = family_of(spec_, quantity_)) return family_series(*family, cell);
    if (is_stacked()) return stacked(cell);
    std::vector<Series> all;
    if (has_parts()) {
      all = lines(Quantity::loss_parts, cell);
      all.push_back({"the whole loss", Look::dashed, black, points(quantity_, 0, cell), {}});
      return all;
    }
    return lines(quantity_, cell);
  }

  /// A line for each member.
  [[nodiscard]] std::vector<Series> lines(Quantity quantity, std::int64_t cell) {
    const std::vector<MemberLine> members = member_lines(members_of(spec_, quantity));
    std::vector<Series> all;
    for (std::size_t k = 0; k < members.size(); ++k) {
      all.push_back({members[k].name,
                     Look::line,
                     series_color(k, members.size()),
                     points(quantity, members[k].member, cell),
                     {}});
    }
    return all;
  }

  /// The members on each other, the first one lowest: the upper edge is their sum.
  [[nodiscard]] std::vector<Series> stacked(std::int64_t cell) {
    std::vector<Series> all = lines(quantity_, cell);
    for (std::size_t k = 0; k < all.size(); ++k) {
      Series& series = all[k];
      series.look = Look::area;
      for (std::size_t i = 0; i < series.points.size(); ++i) {
        series.spread.push_back(series.points[i].y);
        if (k > 0) series.points[i].y += all[k - 1].points[i].y;
      }
    }
    std::reverse(all.begin(), all.end());  // the legend in the order of the picture
    return all;
  }

  [[nodiscard]] std::vector<Series> family_series(const Family& family, std::int64_t cell) {
    std::vector<Series> all;
    const auto add = [&](Quantity quantity, std::string name, Look look, Rgb color) {
      if (has(spec_, quantity)) all.push_back({std::move(name), look, color, points(quantity, 0, cell), {}});
    };
    add_band(family, cell, all);
    add(family.sample, fmt::format("one run, replicate {}", spec_.ensemble->noise->first_replicate), Look::dots,
        sample_color);
    add(family.mean, fmt::format("mean of {} runs", spec_.ensemble->noise->replicates), Look::line, mean_color);
    if (family.deterministic) add(*family.deterministic, "deterministic part", Look::line, deterministic_color);
    if (family.stochastic) add(*family.stochastic, "stochastic part", Look::line, stochastic_color);
    add(family.expected, "expected", Look::dashed, black);
    if (family.stationary && has(spec_, *family.stationary)) {
      const double value = read(*family.stationary, 0, cell);
      all.push_back({"stationary state",
                     Look::dashed,
                     stationary_color,
                     {{members_.steps.front(), value}, {members_.steps.back(), value}},
                     {}});
    }
    return all;
  }

  /// Where the deterministic part falls below the stochastic one for good: the run forgets where it came from.
  [[nodiscard]] std::optional<Divide> phases(std::int64_t cell) {
    const auto family = family_of(spec_, quantity_);
    if (!family || !family->deterministic || !has(spec_, *family->deterministic) || !has(spec_, *family->stochastic)) {
      return std::nullopt;
    }
    const std::vector<Point> deterministic = points(*family->deterministic, 0, cell);
    const std::vector<Point> stochastic = points(*family->stochastic, 0, cell);
    std::size_t after = deterministic.size();
    while (after > 0 && deterministic[after - 1].y < stochastic[after - 1].y) --after;
    if (after == 0 || after == deterministic.size()) return std::nullopt;
    return Divide{deterministic[after].x, "transient", "fine-tuning"};
  }

  void add_band(const Family& family, std::int64_t cell, std::vector<Series>& all) {
    if (!has(spec_, family.mean) || !has(spec_, family.error)) return;
    Series band = {"± 2 standard errors", Look::band, mean_color, points(family.mean, 0, cell), {}};
    for (const Point& error : points(family.error, 0, cell)) band.spread.push_back(2 * error.y);
    all.push_back(std::move(band));
  }

  [[nodiscard]] std::vector<Point> points(Quantity quantity, std::size_t member, std::int64_t cell) {
    const Members members = members_of(spec_, quantity);
    std::vector<Point> result;
    for (const std::int64_t k : chosen_) {
      const auto step = static_cast<std::size_t>(k);
      result.push_back({members.steps[step], read(quantity, members.number(step, member), cell)});
    }
    return result;
  }

  [[nodiscard]] double read(Quantity quantity, std::int64_t number, std::int64_t cell) {
    double value = 0;
    source_.read_member({quantity, number}, cell, {&value, 1});
    return value;
  }

  StoreSource& source_;
  const Spec& spec_;
  Quantity quantity_;
  Members members_;
  std::vector<std::int64_t> chosen_;  ///< recorded steps, by number
};

}  // namespace

Figure steps_figure(StoreSource& source, Quantity quantity) {
  return StepsFigure(source, quantity).draw();
}

}  // namespace ravine::detail
