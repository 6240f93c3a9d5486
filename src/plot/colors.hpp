/// \file
/// From values to colours.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ravine/spec.hpp"
#include "ravine/summary.hpp"

namespace ravine::detail {

struct Rgb {
  std::uint8_t red;
  std::uint8_t green;
  std::uint8_t blue;
  bool operator==(const Rgb&) const = default;
};

/// "#rrggbb"
[[nodiscard]] std::string hex(Rgb color);

inline constexpr Rgb divergent_color = {0x8c, 0x8c, 0x8c};     ///< a grey that viridis does not have
inline constexpr Rgb not_computed_color = {0xf4, 0xa6, 0xc4};  ///< a pink that no palette here has
/// By regime identifier, distinct for the colour-blind too (after Okabe and Ito).
[[nodiscard]] Rgb regime_color(std::uint8_t regime);
/// A paler shade, for a background.
[[nodiscard]] Rgb paler(Rgb color);

/// viridis, from 0 (dark) to 1 (light); beyond them its ends.
[[nodiscard]] Rgb viridis_color(double fraction);
/// From blue at 0 over white to red at 1.
[[nodiscard]] Rgb red_blue_color(double fraction);

/// Colours of a quantity between two values.
class ColorScale {
 public:
  /// For a quantity whose finite values run from `lowest` to `highest`. rate: viridis from a round value up to 1, what
  /// diverges in grey; gap: the same colours, 0 to a round value; eigenvalues: a diverging palette about 0.
  /// A regime has no scale.
  ColorScale(Quantity quantity, double lowest, double highest);

  [[nodiscard]] double low() const { return low_; }
  [[nodiscard]] double high() const { return high_; }
  /// NaN is not computed.
  [[nodiscard]] Rgb color(double value) const;
  /// Does the picture need the grey of divergent cells, at the bar's upper or lower end?
  enum class Beyond { nothing, above, below };
  [[nodiscard]] Beyond divergent() const { return divergent_; }
  /// Are there values outside the bar that take the colour of its end?
  [[nodiscard]] bool clipped() const { return clipped_; }

 private:
  Quantity quantity_;
  double low_ = 0;
  double high_ = 1;
  Beyond divergent_ = Beyond::nothing;
  bool clipped_ = false;
};

}  // namespace ravine::detail
