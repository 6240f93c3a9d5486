#include "plot/scale.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "plot/words.hpp"

namespace ravine::detail {
namespace {

/// Of the highest value to the lowest above 0: beyond this the low ones lie flat on a linear scale; colours tell even
/// fewer of them apart.
constexpr double ratio_of_logarithm = 100;
constexpr double ratio_of_logarithmic_bar = 10;

/// Beyond the values at each end, as a part of the scale.
constexpr double air = 0.03;

/// Are values that are never below zero so unlike in size that only their logarithm shows them all?
bool wants_logarithm(const Extent& extent, double ratio) {
  return !extent.empty() && extent.lowest >= 0 && extent.highest / ratio > extent.least_positive;
}

}  // namespace

Scale::Scale(Kind kind, double low, double high) : kind_(kind), low_(low), high_(high) {}

double Scale::place(double value) const {
  if (kind_ == Kind::linear) return (value / 2 - low_ / 2) / (high_ / 2 - low_ / 2);  // halves: the whole may overflow
  if (!(value > 0)) return std::numeric_limits<double>::quiet_NaN();
  return (std::log(value) - std::log(low_)) / (std::log(high_) - std::log(low_));
}

double Scale::value(double place) const {
  if (kind_ == Kind::linear) return low_ + place * (high_ - low_);
  return std::exp(std::log(low_) + place * (std::log(high_) - std::log(low_)));
}

std::vector<Tick> Scale::decades(int at_most) const {
  const double first = std::log10(low_);
  const double last = std::log10(high_);
  const int low = static_cast<int>(std::ceil(first - 1e-9));
  const int high = static_cast<int>(std::floor(last + 1e-9));
  const int stride = std::max(high - low, 0) / at_most + 1;
  std::vector<Tick> ticks;
  for (int exponent = low - 1; exponent <= high; ++exponent) {
    for (int digit = 1; digit <= (stride > 1 ? 1 : 9); ++digit) {
      const double at = (exponent + std::log10(digit) - first) / (last - first);
      if (at < -1e-9 || at > 1 + 1e-9) continue;
      const bool labelled = digit == 1 && exponent % stride == 0;
      ticks.push_back({at, labelled ? power_of_ten(exponent) : ""});
    }
  }
  return ticks;
}

std::vector<Tick> Scale::ticks(int at_most) const {
  if (kind_ == Kind::logarithmic) {
    std::vector<Tick> ticks = decades(at_most);
    const auto labelled =
        std::count_if(ticks.begin(), ticks.end(), [](const Tick& tick) { return !tick.label.empty(); });
    if (labelled >= 2) return ticks;
  }
  std::vector<Tick> ticks;
  const RoundValues round = round_values(low_, high_, at_most);
  const double largest = std::max(std::abs(low_), std::abs(high_));
  const bool in_full = largest < 1e5 && largest >= 10;  // 150, not 1.5 x 10^2
  const int digits = in_full ? std::max(round.digits, static_cast<int>(std::log10(largest)) + 1) : round.digits;
  for (const double value : round.values) {
    if (kind_ == Kind::linear || value > 0) ticks.push_back({place(value), number(value, digits)});
  }
  return ticks;
}

std::vector<Tick> whole_ticks(const Scale& scale, int at_most) {
  std::vector<Tick> ticks = scale.ticks(at_most);
  std::erase_if(ticks, [&scale](const Tick& tick) {
    constexpr double rounding = 1e-6;  // of a place, and with it of its value
    const double value = scale.value(tick.at);
    return std::abs(value - std::round(value)) > rounding * std::max(1.0, std::abs(value));
  });
  return ticks;
}

void Extent::take(double value) {
  if (!std::isfinite(value)) return;
  lowest = std::min(lowest, value);
  highest = std::max(highest, value);
  if (value > 0) least_positive = std::min(least_positive, value);
}

Scale linear_scale(const Extent& extent) {
  if (extent.empty()) return {Scale::Kind::linear, 0, 1};
  const double low = std::min(extent.lowest, 0.0);
  const double high = std::max(extent.highest, 0.0);
  if (low == high) return {Scale::Kind::linear, -1, 1};
  const double margin = air * (high - low);
  return {Scale::Kind::linear, low < 0 ? low - margin : 0, high > 0 ? high + margin : 0};
}

Scale bar_scale(const Extent& extent, double least) {
  if (extent.empty()) return {Scale::Kind::linear, 0, 1};
  if (wants_logarithm(extent, ratio_of_logarithmic_bar)) {
    return {Scale::Kind::logarithmic, std::max({extent.least_positive, least, 1e-300}), extent.highest};
  }
  if (extent.lowest < extent.highest) return {Scale::Kind::linear, extent.lowest, extent.highest};
  return {Scale::Kind::linear, extent.lowest, extent.lowest == 0 ? 1 : 2 * extent.lowest};
}

Scale scale_for(const Extent& extent, double least) {
  if (!wants_logarithm(extent, ratio_of_logarithm)) return linear_scale(extent);
  const double low = std::max({extent.least_positive, least, 1e-300});
  const double margin = air * std::log(extent.highest / low);
  return {Scale::Kind::logarithmic, low * std::exp(-margin),
          std::min(extent.highest * std::exp(margin), std::numeric_limits<double>::max())};
}

}  // namespace ravine::detail
