/// \file
/// Colours of values whose range is not known beforehand, and of codes.
#pragma once

#include <optional>

#include "plot/colors.hpp"
#include "plot/scale.hpp"
#include "ravine/quantity.hpp"

namespace ravine::detail {

inline constexpr Rgb too_slow_color = {0xd6, 0xd6, 0xd6};       ///< lighter than that of what diverges
inline constexpr Rgb peak_at_start_color = {0xcc, 0xe6, 0xf5};  ///< a blue far from those of viridis

/// viridis for values that are never below zero, dark for the least, over their logarithm where they want it; blue and
/// red about 0 for others; plain colours for codes. Infinite values are grey, no_value too, in a paler grey where that
/// means that the steps were too few; NaN is not computed. A peak at step 0 has a colour of its own.
class ValueColors {
 public:
  /// A logarithmic bar does not go below `least`.
  ValueColors(Quantity quantity, const Extent& extent, double least);

  /// What the colour bar shows; none for codes.
  [[nodiscard]] const std::optional<Scale>& scale() const { return scale_; }
  [[nodiscard]] Rgb color(double value) const;

 private:
  std::optional<Scale> scale_;
  Quantity quantity_;
  enum class Palette { sequential, about_zero, codes } palette_ = Palette::sequential;
};

}  // namespace ravine::detail
