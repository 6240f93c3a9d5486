#include "plot/value_colors.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "plot/map_source.hpp"

namespace ravine::detail {
namespace {

/// By code: of the status running, converged, diverged; of the moments exist, do not exist.
Rgb code_color(double code) {
  constexpr std::array<Rgb, 4> colors = {{not_computed_color, {0xe6, 0x9f, 0x00}, {0x00, 0x72, 0xb2}, divergent_color}};
  return colors[static_cast<std::size_t>(std::clamp(code, 0.0, 3.0))];
}

}  // namespace

ValueColors::ValueColors(Quantity quantity, const Extent& extent, double least) : quantity_(quantity) {
  if (!code_names(quantity).empty()) {
    palette_ = Palette::codes;
  } else if (extent.lowest < 0) {
    const double largest = std::max(-extent.lowest, extent.highest);
    palette_ = Palette::about_zero;
    scale_ = Scale(Scale::Kind::linear, -largest, largest);
  } else {
    scale_ = bar_scale(extent, least);
  }
}

Rgb ValueColors::color(double value) const {
  if (std::isnan(value)) return not_computed_color;
  if (palette_ == Palette::codes) return code_color(value);
  if (value == no_value && quantity_ == Quantity::steps_to_tolerance) return too_slow_color;
  if (std::isinf(value)) return divergent_color;
  if (value == 0 && quantity_ == Quantity::peak_step) return peak_at_start_color;
  const double place = scale_->place(value);
  if (palette_ == Palette::about_zero) return red_blue_color(place);
  return viridis_color(std::isnan(place) ? 0 : place);  // 0 on a logarithmic bar: its lower end
}

}  // namespace ravine::detail
