/// \file
/// Colours of values whose range is not known beforehand, and of codes.
#pragma once

#include <optional>

#include "plot/colors.hpp"
#include "plot/scale.hpp"
#include "ravine/quantity.hpp"

namespace ravine::detail {

/// viridis for values that are never below zero, dark for the least, over their logarithm where they want it; blue and
/// red about 0 for others; plain colours for codes. Infinite values and no_value are grey, NaN is not computed.
class ValueColors {
 public:
  /// A logarithmic bar does not go below `least`.
  ValueColors(Quantity quantity, const Extent& extent, double least);

  /// What the colour bar shows; none for codes.
  [[nodiscard]] const std::optional<Scale>& scale() const { return scale_; }
  [[nodiscard]] Rgb color(double value) const;

 private:
  std::optional<Scale> scale_;
  enum class Palette { sequential, about_zero, codes } palette_ = Palette::sequential;
};

}  // namespace ravine::detail
