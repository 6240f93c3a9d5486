// The eigenvalues of one spectrum, or of several over each other.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "plot/chart.hpp"
#include "plot/spectrum_figure.hpp"
#include "plot/words.hpp"

namespace ravine::detail {
namespace {

constexpr std::int64_t most_drawn = 20000;    ///< eigenvalues of a spectrum
constexpr std::size_t most_dots = 150;        ///< of a spectrum; more are a line
constexpr double unlike = 10;                 ///< largest eigenvalues that differ by more are no longer on one scale
constexpr double decades_of_logarithm = 100;  ///< of the eigenvalues above zero

/// What the numbers along the sides are.
struct Units {
  enum class Positions { number, fraction } positions;  ///< k, or k/n
  enum class Values { lambda, ratio } values;           ///< lambda, or lambda/lambda_n
};

bool are_unlike(const std::vector<DrawnSpectrum>& spectra) {
  Extent extent;
  for (const DrawnSpectrum& spectrum : spectra) {
    if (!spectrum.largest()) return false;
    extent.take(*spectrum.largest());
  }
  return extent.lowest > 0 && extent.highest > unlike * extent.lowest;
}

/// Which eigenvalues are drawn: on a logarithmic scale only those above zero.
std::vector<Point> points_of(const DrawnSpectrum& spectrum, const Units& units, Scale::Kind kind) {
  std::vector<Point> all;
  const double n = units.positions == Units::Positions::fraction ? static_cast<double>(spectrum.size()) : 1;
  const double unit = units.values == Units::Values::ratio ? *spectrum.largest() : 1;
  for (std::size_t k = 0; k < spectrum.count(); ++k) {
    const double value = spectrum.eigenvalue(k);
    if (kind == Scale::Kind::logarithmic && (spectrum.may_be_zero(k) || value <= 0)) continue;
    all.push_back({static_cast<double>(spectrum.position(k)) / n, value / unit});
  }
  std::vector<Point> points;
  for (const std::int64_t k : chosen(static_cast<std::int64_t>(all.size()), most_drawn)) {
    points.push_back(all[static_cast<std::size_t>(k)]);
  }
  return points;
}

/// Where some positions are not stored, a line would join what is not next to each other.
Look look_of(const DrawnSpectrum& spectrum) {
  return spectrum.count() > most_dots && spectrum.whole() ? Look::line : Look::dots;
}

Scale::Kind kind_of(const std::vector<DrawnSpectrum>& spectra, const Units& units) {
  Extent extent;
  for (const DrawnSpectrum& spectrum : spectra) {
    for (std::size_t k = 0; k < spectrum.count(); ++k) {
      if (spectrum.may_be_zero(k)) continue;
      const double value = spectrum.eigenvalue(k);
      extent.take(units.values == Units::Values::ratio ? value / *spectrum.largest() : value);
    }
  }
  const bool positive = !extent.empty() && extent.lowest > 0;
  return positive && extent.highest > decades_of_logarithm * extent.lowest ? Scale::Kind::logarithmic
                                                                           : Scale::Kind::linear;
}

Scale value_scale(const std::vector<Series>& series, Scale::Kind kind) {
  Extent extent;
  for (const Series& one : series) {
    for (const Point& point : one.points) extent.take(point.y);
  }
  if (kind == Scale::Kind::linear) return linear_scale(extent);
  constexpr double air = 0.03;
  const double margin = std::exp(air * std::log(extent.highest / extent.lowest));
  return {kind, extent.lowest / margin, extent.highest * margin};
}

/// Many positions are logarithmic beside logarithmic values: the small eigenvalues are what matters, and a power law is
/// then a straight line.
Scale position_scale(const std::vector<DrawnSpectrum>& spectra, const Units& units, Scale::Kind values) {
  std::size_t most = 0;
  double last = 1;
  double first = std::numeric_limits<double>::infinity();
  for (const DrawnSpectrum& spectrum : spectra) {
    most = std::max(most, spectrum.count());
    const double n = units.positions == Units::Positions::fraction ? static_cast<double>(spectrum.size()) : 1;
    last = std::max(last, static_cast<double>(spectrum.size()) / n);
    first = std::min(first, 1 / n);
  }
  if (values == Scale::Kind::logarithmic && most > most_dots) {
    return {Scale::Kind::logarithmic, first / 1.1, last * 1.1};
  }
  return {Scale::Kind::linear, 0, last * 1.02};
}

/// What the picture does not show of a spectrum, and what is not in the store.
std::vector<std::string> not_shown(const DrawnSpectrum& spectrum, Scale::Kind kind) {
  std::vector<std::string> remarks;
  const std::int64_t zeros = spectrum.zeros();
  const bool drawn = kind == Scale::Kind::linear && spectrum.position(0) == 1;
  if (zeros > 0) {
    remarks.push_back(fmt::format("{} zero{}{}", zeros, zeros == 1 ? "" : "s", drawn ? "" : ", not drawn"));
  }
  if (!spectrum.whole()) {
    remarks.push_back(fmt::format("only {} of {} eigenvalues are stored", spectrum.count(), spectrum.size()));
  }
  if (static_cast<std::int64_t>(spectrum.count()) > most_drawn) {
    remarks.push_back(fmt::format("{} of {} drawn, evenly chosen", most_drawn, spectrum.count()));
  }
  return remarks;
}

std::string kappa_words(const DrawnSpectrum& spectrum) {
  if (!spectrum.kappa()) return "κ is not known";
  const char* const smallest = spectrum.zeros() > 0 ? "smallest λ > 0" : "λ₁";
  return fmt::format("λₙ / {} = {}", smallest, number(*spectrum.kappa(), 4));
}

}  // namespace

void add_paragraph(Legend& legend, std::string_view text) {
  for (const std::string& row : wrapped(text, legend_letters)) legend.add_text(row);
}

Figure eigenvalue_figure(const std::vector<DrawnSpectrum>& spectra) {
  const bool alone = spectra.size() == 1;
  const Units units = {alone ? Units::Positions::number : Units::Positions::fraction,
                       are_unlike(spectra) ? Units::Values::ratio : Units::Values::lambda};
  const Scale::Kind kind = kind_of(spectra, units);
  Chart chart;
  for (std::size_t k = 0; k < spectra.size(); ++k) {
    chart.series.push_back(
        {"", look_of(spectra[k]), series_color(k, spectra.size()), points_of(spectra[k], units, kind), {}});
  }
  const ChartSides sides = {position_scale(spectra, units, kind),
                            value_scale(chart.series, kind),
                            alone ? "position in the ascending spectrum" : "position in the ascending spectrum / n",
                            units.values == Units::Values::ratio ? "eigenvalue λ / λₙ" : "eigenvalue λ (curvature)",
                            {}};
  Figure figure;
  draw_charts(figure, {chart}, sides);

  Legend legend(map_box.top - 12);
  for (std::size_t k = 0; k < spectra.size(); ++k) {
    const std::vector<std::string> title = wrapped(spectra[k].title(), legend_letters);
    std::vector<std::string> rows = alone ? std::vector<std::string>{"eigenvalues"} : title;
    if (chart.series[k].look == Look::dots) {
      legend.add_dot(chart.series[k].color, rows.front());
    } else {
      legend.add_line(std::array{Legend::Stroke{chart.series[k].color, 2.2}}, rows.front());
    }
    for (std::size_t row = 1; row < rows.size(); ++row) legend.add_text(rows[row]);
    add_paragraph(legend, fmt::format("n = {}", spectra[k].size()));
    add_paragraph(legend, kappa_words(spectra[k]));
    for (const std::string& remark : not_shown(spectra[k], kind)) add_paragraph(legend, remark);
  }
  const std::string title = alone ? spectra.front().title() : fmt::format("eigenvalues of {} problems", spectra.size());
  std::vector<std::string> remarks;
  if (alone && spectra.front().first_above_zero()) {
    const DrawnSpectrum& spectrum = spectra.front();
    remarks.push_back(
        fmt::format("smallest λ > 0 stored {}", number(spectrum.eigenvalue(*spectrum.first_above_zero()), 5)));
    remarks.push_back(fmt::format("largest stored {}", number(spectrum.eigenvalue(spectrum.count() - 1), 5)));
  }
  if (kind == Scale::Kind::logarithmic) remarks.emplace_back("logarithmic");
  legend.draw(figure, title_lines(shortened(title, title_letters), remarks));
  return figure;
}

}  // namespace ravine::detail
