#include "plot/colors.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

namespace ravine::detail {
namespace {

constexpr Rgb rgb(std::uint32_t hex) {
  return {static_cast<std::uint8_t>(hex >> 16), static_cast<std::uint8_t>(hex >> 8), static_cast<std::uint8_t>(hex)};
}

/// viridis (S. van der Walt and N. Smith, CC0) at 33 even steps: linear between them, within 2/255 of the whole table.
constexpr std::array viridis = {
    rgb(0x440154), rgb(0x460b5e), rgb(0x481769), rgb(0x482173), rgb(0x472c7a), rgb(0x453581), rgb(0x423f85),
    rgb(0x3f4889), rgb(0x3b518b), rgb(0x375a8c), rgb(0x33628d), rgb(0x306a8e), rgb(0x2c718e), rgb(0x29798e),
    rgb(0x26818e), rgb(0x23888e), rgb(0x21908d), rgb(0x1f978b), rgb(0x1f9f88), rgb(0x21a685), rgb(0x27ad81),
    rgb(0x31b57b), rgb(0x3dbc74), rgb(0x4cc26c), rgb(0x5cc863), rgb(0x6ece58), rgb(0x81d34d), rgb(0x95d840),
    rgb(0xaadc32), rgb(0xc0df25), rgb(0xd5e21a), rgb(0xeae51a), rgb(0xfde725)};

/// ColorBrewer's RdBu (C. Brewer, Apache-2.0), blue for negative.
constexpr std::array red_blue = {rgb(0x053061), rgb(0x175290), rgb(0x2a71b2), rgb(0x3f8ec0), rgb(0x6bacd1),
                                 rgb(0x9bc9e0), rgb(0xc2ddec), rgb(0xe0ecf3), rgb(0xf7f6f6), rgb(0xfbe5d8),
                                 rgb(0xfbccb4), rgb(0xf5aa89), rgb(0xe48066), rgb(0xd05548), rgb(0xba2832),
                                 rgb(0x930e26), rgb(0x67001f)};

std::uint8_t blend(std::uint8_t a, std::uint8_t b, double t) {
  return static_cast<std::uint8_t>(std::lround(a + t * (b - a)));
}

Rgb blend(Rgb a, Rgb b, double t) {
  return {blend(a.red, b.red, t), blend(a.green, b.green, t), blend(a.blue, b.blue, t)};
}

Rgb from(std::span<const Rgb> palette, double fraction) {
  const double place = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(palette.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), palette.size() - 2);
  return blend(palette[below], palette[below + 1], place - static_cast<double>(below));
}

/// The smallest m * 10^e >= value with m = 1 ... 10.
double rounded_up(double value) {
  const double step = std::pow(10.0, std::floor(std::log10(value)));
  return std::ceil(value / step - 1e-9) * step;
}

/// The bar of eigenvalues ends here at most: divergent corners would wash out the rest.
constexpr double largest_eigenvalue_shown = 4;

}  // namespace

std::string hex(Rgb color) {
  return fmt::format("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue);
}

Rgb regime_color(std::uint8_t regime) {
  constexpr std::array<Rgb, regime_count> colors = {not_computed_color, rgb(0x0072b2), rgb(0xe69f00), rgb(0x000000),
                                                    rgb(0x009e73),      rgb(0x56b4e9), rgb(0xd55e00), divergent_color};
  return colors[regime];
}

Rgb paler(Rgb color) {
  return blend(color, {0xff, 0xff, 0xff}, 0.65);
}

Rgb viridis_color(double fraction) {
  return from(viridis, fraction);
}

Rgb red_blue_color(double fraction) {
  return from(red_blue, fraction);
}

ColorScale::ColorScale(Quantity quantity, double lowest, double highest) : quantity_(quantity) {
  if (quantity == Quantity::rate) {
    if (lowest < 1) low_ = 1 - std::min(1.0, rounded_up(1 - lowest));
    if (highest > 1) divergent_ = Beyond::above;
  } else if (quantity == Quantity::gap) {
    if (highest > 0) high_ = std::min(1.0, rounded_up(highest));
    if (lowest < 0) divergent_ = Beyond::below;
  } else if (quantity != Quantity::regime) {
    const double largest = std::max(std::abs(lowest), std::abs(highest));
    if (largest > 0) high_ = largest < largest_eigenvalue_shown ? rounded_up(largest) : largest_eigenvalue_shown;
    low_ = -high_;
    clipped_ = largest > high_ * (1 + 1e-9);  // not for the last bits
  }
}

Rgb ColorScale::color(double value) const {
  if (std::isnan(value)) return not_computed_color;
  if (quantity_ == Quantity::rate) {
    return value > 1 ? divergent_color : from(viridis, (value - low_) / (high_ - low_));
  }
  // A small gap is a slow rate: the same colour for both.
  if (quantity_ == Quantity::gap) return value < 0 ? divergent_color : from(viridis, 1 - value / high_);
  return from(red_blue, (value - low_) / (high_ - low_));
}

}  // namespace ravine::detail
