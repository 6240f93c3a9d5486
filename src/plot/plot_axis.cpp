#include "plot/plot_axis.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "plot/words.hpp"
#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

/// Cell edges half-way between neighbours; the outermost cells are as wide beyond their value as before it.
std::vector<double> edges_between(const Axis& axis, const std::vector<double>& values) {
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] > values[i - 1]) continue;
    throw UsageError(fmt::format(
        "can't draw axis {}: value {} of its list, {}, is not above the one before it, {}; a plot draws values to "
        "scale: give them in increasing order, each once",
        axis.name(), i + 1, values[i], values[i - 1]));
  }
  std::vector<double> edges(values.size() + 1);
  for (std::size_t i = 1; i < values.size(); ++i) edges[i] = values[i - 1] / 2 + values[i] / 2;
  edges.front() = values.front() - (edges[1] - values.front());
  edges.back() = values.back() + (values.back() - edges[values.size() - 1]);
  return edges;
}

}  // namespace

RoundValues round_values(double low, double high, int at_most) {
  const double span = high / 2 - low / 2;  // half of it: the whole may overflow
  const int exponent = static_cast<int>(std::floor(std::log10(span * 2 / at_most)));
  double step = 0;
  for (const double factor : {1.0, 2.0, 5.0, 10.0, 20.0}) {
    step = factor * std::pow(10.0, exponent);
    if (span / step * 2 <= at_most) break;
  }
  RoundValues result{{}, 1};
  const double slack = span * 1e-9;  // keeps an end that is round but for the last bits
  for (double k = std::ceil((low - slack) / step); k * step <= high + slack; ++k) {
    if (result.values.size() > static_cast<std::size_t>(at_most) + 2) break;  // step below the values' resolution
    result.values.push_back(k * step);
  }
  const double largest = std::max(std::abs(low), std::abs(high));
  const double digits = std::floor(std::log10(largest)) - std::floor(std::log10(step) + 1e-9) + 1;
  result.digits = static_cast<int>(std::clamp(digits, 1.0, 17.0));
  return result;
}

PlotAxis::PlotAxis(Axis axis) : axis_(std::move(axis)) {
  if (const auto* listed = std::get_if<ListedValues>(&axis_.values())) edges_ = edges_between(axis_, listed->values);
}

bool PlotAxis::logarithmic() const {
  return std::holds_alternative<LogRange>(axis_.values());
}

double PlotAxis::edge(std::int64_t cell) const {
  if (edges_.empty()) return static_cast<double>(cell) / static_cast<double>(size());
  return position_of(edges_[static_cast<std::size_t>(cell)]);
}

double PlotAxis::centre(std::int64_t cell) const {
  if (edges_.empty()) return (static_cast<double>(cell) + 0.5) / static_cast<double>(size());
  return position_of(axis_.value(cell));
}

std::int64_t PlotAxis::cell_at(double position) const {
  if (edges_.empty()) {
    const auto cell = static_cast<std::int64_t>(position * static_cast<double>(size()));
    return std::clamp<std::int64_t>(cell, 0, size() - 1);
  }
  const double value = edges_.front() * (1 - position) + edges_.back() * position;
  const auto above = std::upper_bound(edges_.begin(), edges_.end(), value);
  return std::clamp<std::int64_t>(above - edges_.begin() - 1, 0, size() - 1);
}

double PlotAxis::position_of(double value) const {
  if (!edges_.empty()) return (value / 2 - edges_.front() / 2) / (edges_.back() / 2 - edges_.front() / 2);
  const double first = axis_.value(0);
  const double last = axis_.value(size() - 1);
  const auto count = static_cast<double>(size());
  const double fraction = logarithmic() ? (std::log(std::abs(value)) - std::log(std::abs(first))) /
                                              (std::log(std::abs(last)) - std::log(std::abs(first)))
                                        : (value / 2 - first / 2) / (last / 2 - first / 2);
  return (fraction * (count - 1) + 0.5) / count;
}

void PlotAxis::add_linear_ticks(int at_most, std::vector<Tick>& ticks) const {
  const RoundValues round = round_values(axis_.value(0), axis_.value(size() - 1), at_most);
  for (const double value : round.values) ticks.push_back({position_of(value), number(value, round.digits)});
}

void PlotAxis::add_decades(int at_most, std::vector<Tick>& ticks) const {
  const double first = std::log10(std::abs(axis_.value(0)));
  const double last = std::log10(std::abs(axis_.value(size() - 1)));
  const std::string sign = axis_.value(0) < 0 ? "−" : "";
  const int low = static_cast<int>(std::floor(std::min(first, last) - 1e-9));
  const int high = static_cast<int>(std::ceil(std::max(first, last) + 1e-9));
  const int stride = (high - low) / at_most + 1;
  const auto add = [&](int exponent, int digit) {
    const double at = exponent + std::log10(digit);
    if (at < std::min(first, last) - 1e-9 || at > std::max(first, last) + 1e-9) return;
    const double fraction = (at - first) / (last - first);
    const auto count = static_cast<double>(size());
    const bool labelled = digit == 1 && exponent % stride == 0;
    ticks.push_back({(fraction * (count - 1) + 0.5) / count, labelled ? sign + power_of_ten(exponent) : ""});
  };
  for (int exponent = low; exponent <= high; ++exponent) {
    add(exponent, 1);
    if (stride > 1) continue;
    for (int digit = 2; digit <= 9; ++digit) add(exponent, digit);
  }
}

std::vector<Tick> PlotAxis::ticks(int at_most) const {
  std::vector<Tick> ticks;
  if (logarithmic()) add_decades(at_most, ticks);
  const auto labelled = std::count_if(ticks.begin(), ticks.end(), [](const Tick& tick) { return !tick.label.empty(); });
  if (labelled < 2) {  // less than two decades: round values say more
    ticks.clear();
    add_linear_ticks(at_most, ticks);
  }
  return ticks;
}

}  // namespace ravine::detail
