// A regression through its eigenvalues: eigenfeatures, fits on the way, and what is kept of each mode.

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "plot/chart.hpp"
#include "plot/spectrum_figure.hpp"
#include "plot/words.hpp"

namespace ravine::detail {
namespace {

constexpr Rgb sample_color = {0x30, 0x30, 0x30};

template <class T>
std::int64_t size_of(const std::vector<T>& values) {
  return static_cast<std::int64_t>(values.size());
}

/// As many values as those beside them.
template <class T>
std::vector<double> beside(const std::vector<T>& others, const SpectrumStore& store, std::string_view array) {
  return store.numbers(array, {size_of(others)});
}

/// An array of two dimensions, row by row.
class Rows {
 public:
  Rows(const SpectrumStore& store, std::string_view array, std::int64_t count, std::int64_t length)
      : values_(store.numbers(array, {count, length})), length_(static_cast<std::size_t>(length)) {}
  [[nodiscard]] double at(std::size_t row, std::size_t column) const { return values_[row * length_ + column]; }
  [[nodiscard]] std::vector<Point> over(const std::vector<double>& x, std::size_t row, double unit) const {
    std::vector<Point> points;
    for (std::size_t k = 0; k < x.size(); ++k) points.push_back({x[k], at(row, k) / unit});
    return points;
  }

 private:
  std::vector<double> values_;
  std::size_t length_;
};

std::vector<Point> curve(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<Point> points;
  for (std::size_t k = 0; k < x.size(); ++k) points.push_back({x[k], y[k]});
  return points;
}

Scale around(const std::vector<double>& values) {
  Extent extent;
  for (const double value : values) extent.take(value);
  const double width = extent.highest > extent.lowest ? extent.highest - extent.lowest : 1;
  return {Scale::Kind::linear, extent.lowest - 0.03 * width, extent.highest + 0.03 * width};
}

/// Samples, curves and what they reach, but no further from the samples than they are from each other: a polynomial
/// may go anywhere between them.
Scale fit_scale(const std::vector<Series>& series, const std::vector<double>& observation) {
  Extent seen;
  for (const double value : observation) seen.take(value);
  const double room = seen.highest > seen.lowest ? seen.highest - seen.lowest : 1;
  Extent extent = seen;
  for (const Series& one : series) {
    for (const Point& point : one.points) {
      extent.take(std::clamp(point.y, seen.lowest - room, seen.highest + room));
    }
  }
  const double air = 0.04 * (extent.highest > extent.lowest ? extent.highest - extent.lowest : 1);
  return {Scale::Kind::linear, extent.lowest - air, extent.highest + air};
}

bool is_cut(const std::vector<Series>& series, const Scale& y) {
  return std::any_of(series.begin(), series.end(), [&](const Series& one) {
    return std::any_of(one.points.begin(), one.points.end(),
                       [&](const Point& point) { return point.y < y.low() || point.y > y.high(); });
  });
}

/// "1", "10", "1.5×10⁶": a number of steps.
std::string step_words(std::int64_t step) {
  return number(static_cast<double>(step), 6);
}

}  // namespace

Figure eigenfeature_figure(const DrawnSpectrum& spectrum) {
  const SpectrumStore& store = spectrum.store();
  const std::vector<double> points = store.numbers("point");
  const std::vector<double> input = store.numbers("input");
  const auto modes = static_cast<std::int64_t>(spectrum.count());
  const Rows curves(store, "eigenfeature_curve", modes, size_of(points));
  const Rows samples(store, "eigenfeature", modes, size_of(input));
  std::vector<Chart> charts;
  for (const std::int64_t k : chosen_panels(modes)) {
    const auto mode = static_cast<std::size_t>(modes - 1 - k);  // the largest eigenvalue first
    double greatest = 0;
    for (std::size_t point = 0; point < points.size(); ++point) {
      greatest = std::max(greatest, std::abs(curves.at(mode, point)));
    }
    if (greatest == 0) greatest = 1;
    const std::string title = fmt::format("λ = {}", number(spectrum.eigenvalue(mode), 3));
    charts.push_back({title,
                      {{"eigenfeature", Look::line, series_color(0, 1), curves.over(points, mode, greatest), {}},
                       {"at the samples", Look::dots, sample_color, samples.over(input, mode, greatest), {}}}});
  }
  const std::size_t drawn = charts.size();
  const ChartSides sides = {around(points),
                            Scale(Scale::Kind::linear, -1.08, 1.08),
                            "input ξ",
                            "eigenfeature, each to its largest value",
                            {}};
  Figure figure;
  draw_charts(figure, charts, sides);
  Legend legend(map_box.top - 12);
  add_series(legend, charts, sides);
  add_paragraph(legend, "λ is the sum of its squares at the samples");
  add_paragraph(legend, "its sign is arbitrary");
  std::vector<std::string> remarks = spectrum_remarks(spectrum);
  remarks.push_back(fmt::format("{} samples", input.size()));
  if (drawn < spectrum.count()) {
    remarks.push_back(fmt::format("{} of {} eigenfeatures drawn, evenly chosen", drawn, modes));
  }
  legend.draw(figure, title_lines(shortened("eigenfeatures: " + spectrum.title(), title_letters), remarks));
  return figure;
}

Figure fit_figure(const DrawnSpectrum& spectrum) {
  const SpectrumStore& store = spectrum.store();
  const std::vector<double> points = store.numbers("point");
  const std::vector<double> input = store.numbers("input");
  const std::vector<double> observation = beside(input, store, "observation");
  const std::vector<std::int64_t> steps = store.integers("step");
  const Rows curves(store, "gradient_descent_curve", size_of(steps), size_of(points));
  const std::vector<double> losses = beside(steps, store, "gradient_descent_loss");
  Chart chart;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    chart.series.push_back({fmt::format("k = {}: loss {}", step_words(steps[k]), number(losses[k], 3)),
                            Look::line,
                            series_color(k, std::max<std::size_t>(steps.size(), 7)),
                            curves.over(points, k, 1),
                            {}});
  }
  chart.series.push_back(
      {"least squares", Look::dashed, {0, 0, 0}, curve(points, beside(points, store, "least_squares_curve")), {}});
  chart.series.push_back({"samples", Look::dots, sample_color, curve(input, observation), {}});
  const ChartSides sides = {around(points), fit_scale(chart.series, observation), "input ξ", "output", {}};
  Figure figure;
  draw_charts(figure, {chart}, sides);
  Legend legend(map_box.top - 12);
  add_series(legend, {chart}, sides);
  add_paragraph(legend, "k: steps of gradient descent from w = 0, α = 1/λₙ");
  if (is_cut(chart.series, sides.y)) add_paragraph(legend, "cut off beyond the plot");
  std::vector<std::string> remarks = spectrum_remarks(spectrum);
  remarks.push_back(fmt::format("{} samples", input.size()));
  legend.draw(figure, title_lines(shortened(spectrum.title(), title_letters), remarks));
  return figure;
}

Figure filter_figure(const DrawnSpectrum& spectrum) {
  const SpectrumStore& store = spectrum.store();
  const std::vector<std::int64_t> steps = store.integers("step");
  const std::vector<double> etas = beside(steps, store, "eta");
  std::vector<double> eigenvalues;
  Extent over;
  for (std::size_t k = 0; k < spectrum.count(); ++k) {
    eigenvalues.push_back(spectrum.eigenvalue(k));
    if (eigenvalues.back() > 0) over.take(eigenvalues.back());
  }
  const auto panel = [&](const char* title, const char* array) {
    const Rows filters(store, array, size_of(steps), size_of(eigenvalues));
    Chart chart{title, {}};
    for (std::size_t k = 0; k < steps.size(); ++k) {
      const Rgb color = series_color(k, std::max<std::size_t>(steps.size(), 7));
      const std::vector<Point> line = filters.over(eigenvalues, k, 1);
      chart.series.push_back(
          {fmt::format("k = {}, η = {}", step_words(steps[k]), number(etas[k], 3)), Look::line, color, line, {}});
      chart.series.push_back({"", Look::dots, color, line, {}});
    }
    return chart;
  };
  const std::vector<Chart> charts = {panel("early stopping: 1 − (1 − αλ)ᵏ", "gradient_descent_filter"),
                                     panel("ridge: λ/(λ + η), η = 1/(αk)", "ridge_filter")};
  Extent kept;
  kept.take(1);
  for (const Chart& chart : charts) {
    for (const Series& series : chart.series) {
      for (const Point& point : series.points) kept.take(point.y);
    }
  }
  const double margin = std::pow(over.highest / over.lowest, 0.03) * 1.05;
  const ChartSides sides = {Scale(Scale::Kind::logarithmic, over.lowest / margin, over.highest * margin),
                            linear_scale(kept),
                            "eigenvalue λ",
                            "filter φ: the part of a mode that is kept",
                            {}};
  Figure figure;
  draw_charts(figure, charts, sides);
  Legend legend(map_box.top - 12);
  add_series(legend, charts, sides);
  add_paragraph(legend, "dots: at the eigenvalues; lines only join them");
  add_paragraph(legend, "same colour: k and the η that goes with it");
  legend.draw(figure,
              title_lines(shortened("filters: " + spectrum.title(), title_letters),
                          {fmt::format("α = 1/λₙ = {}", number(1 / (etas[0] * static_cast<double>(steps[0])), 4)),
                           fmt::format("n = {}", spectrum.size())}));
  return figure;
}

}  // namespace ravine::detail
