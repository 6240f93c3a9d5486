/// \file
/// A side of a chart: numbers to places along it.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "plot/plot_axis.hpp"

namespace ravine::detail {

/// From `low` (place 0) to `high` (place 1), evenly in the value or in its logarithm.
class Scale {
 public:
  enum class Kind { linear, logarithmic };
  /// Precondition: low < high; both above 0 where logarithmic.
  Scale(Kind kind, double low, double high);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] double low() const { return low_; }
  [[nodiscard]] double high() const { return high_; }
  /// Beyond [0, 1] for numbers outside. At or below zero a logarithmic scale has no place: NaN.
  [[nodiscard]] double place(double value) const;
  /// The number at a place.
  [[nodiscard]] double value(double place) const;
  /// Round values, labelled ones at most about `at_most`; a logarithmic scale of less than two decades has them as a
  /// linear one has.
  [[nodiscard]] std::vector<Tick> ticks(int at_most) const;

 private:
  [[nodiscard]] std::vector<Tick> decades(int at_most) const;

  Kind kind_;
  double low_;
  double high_;
};

/// The ticks of a scale of counts: those at whole numbers.
[[nodiscard]] std::vector<Tick> whole_ticks(const Scale& scale, int at_most);

/// What is known of the values that a scale is for.
struct Extent {
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -std::numeric_limits<double>::infinity();
  double least_positive = std::numeric_limits<double>::infinity();

  /// Values that are not finite leave it as it is.
  void take(double value);
  [[nodiscard]] bool empty() const { return !(lowest <= highest); }
};

/// A linear scale that shows all of `extent`, and 0, with some air where values are.
[[nodiscard]] Scale linear_scale(const Extent& extent);

/// The same, or a logarithmic one where the values want it, which does not go below `least`.
[[nodiscard]] Scale scale_for(const Extent& extent, double least);

/// The scale of a colour bar: from the lowest value to the highest, without air.
[[nodiscard]] Scale bar_scale(const Extent& extent, double least);

}  // namespace ravine::detail
