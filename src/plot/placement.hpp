/// \file
/// Where labels go: inside the region they name, where they fit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "plot/contour.hpp"
#include "plot/scan.hpp"

namespace ravine::detail {

/// A rectangle about `centre`, in units of the plot.
struct LabelBox {
  Point centre;
  double width;
  double height;
  [[nodiscard]] bool overlaps(const LabelBox& other) const;
  /// Where the line from its centre to `target` leaves it.
  [[nodiscard]] Point edge_towards(Point target) const;
  /// Is it wholly inside the plot?
  [[nodiscard]] bool fits() const;
};

/// The middle of the roomiest place where every pixel under a box of width x height (in units of the plot) has
/// `regime`, clear of the `taken` boxes; nothing if there is none.
[[nodiscard]] std::optional<Point> place_inside(const Picture& picture, std::uint8_t regime, const LabelBox& size,
                                                std::span<const LabelBox> taken);

/// A place near `target` for a label with a line to it, inside the plot and clear of the `taken` boxes: towards the
/// middle of the plot if it can be.
[[nodiscard]] Point place_near(Point target, const LabelBox& size, std::span<const LabelBox> taken);

/// A pixel of `regime` that stands for all of them: the middle one in the image's order; nothing if no pixel shows it.
[[nodiscard]] std::optional<Point> middle_pixel(const Picture& picture, std::uint8_t regime);

}  // namespace ravine::detail
