/// \file
/// An axis as drawn: cells are boxes along [0, 1], true to scale, with tick marks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ravine/axis.hpp"

namespace ravine::detail {

struct Tick {
  double at;          ///< position along the axis, 0 to 1
  std::string label;  ///< empty for a minor tick
};

/// Positions run from 0 (the first cell's lower edge) to 1 (the last cell's upper edge). Cell edges lie half-way
/// between the values: in the logarithm for a log range.
class PlotAxis {
 public:
  /// \throws UsageError if a listed axis is not strictly increasing. Precondition: axis.size() > 1.
  explicit PlotAxis(Axis axis);

  [[nodiscard]] const Axis& axis() const { return axis_; }
  [[nodiscard]] std::int64_t size() const { return axis_.size(); }
  /// Are all cells drawn equally wide?
  [[nodiscard]] bool uniform() const { return edges_.empty(); }
  /// The lower edge of cell `cell`, 0 <= cell <= size().
  [[nodiscard]] double edge(std::int64_t cell) const;
  /// Where cell `cell`'s value lies: its middle, but for listed values.
  [[nodiscard]] double centre(std::int64_t cell) const;
  /// The cell whose box holds `position`.
  [[nodiscard]] std::int64_t cell_at(double position) const;
  /// Round values, labelled ones at most about `at_most`.
  [[nodiscard]] std::vector<Tick> ticks(int at_most) const;

 private:
  [[nodiscard]] bool logarithmic() const;
  [[nodiscard]] double position_of(double value) const;
  void add_linear_ticks(int at_most, std::vector<Tick>& ticks) const;
  void add_decades(int at_most, std::vector<Tick>& ticks) const;

  Axis axis_;
  std::vector<double> edges_;  ///< of a listed axis, in units of its values
};

/// Round values within [low, high], about at most `at_most`, and the significant digits that tell them apart.
struct RoundValues {
  std::vector<double> values;
  int digits;
};
[[nodiscard]] RoundValues round_values(double low, double high, int at_most);

}  // namespace ravine::detail
