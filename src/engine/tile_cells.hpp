// The cells of the tile in hand: the values of its axes, and its rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cpu/row_pass.hpp"
#include "engine/box_walk.hpp"
#include "ravine/grid.hpp"
#include "ravine/spec.hpp"

namespace ravine {

/// Rows run along the last axis with more than one element in a tile: axes of one element that follow it make no
/// difference to where a value is stored.
template <class F>
class TileCells {
 public:
  TileCells(const Spec& spec, const Grid& grid);

  /// Makes `box` the tile in hand.
  void load(Box box);

  [[nodiscard]] const Box& box() const { return box_; }
  [[nodiscard]] std::int64_t cells() const { return box_.cells(); }
  /// The parameter along the rows, and its values.
  [[nodiscard]] model::Along along() const;
  [[nodiscard]] std::span<const F> row_values() const { return values_[row_axis_]; }
  /// The values of a parameter; none if it is no axis of the map.
  [[nodiscard]] std::span<const F> values(std::string_view parameter) const;

  /// Calls visit(Run) for the parts of rows that make up cells [first, first + count), in grid order. A run's start has
  /// no index for the axes after that of the rows.
  template <class Visit>
  void for_each_run(std::int64_t first, std::int64_t count, Visit visit) const {
    walk_box(rows_, first, count, visit);
  }
  /// Where the run's first value is in a chunk.
  [[nodiscard]] std::int64_t position_of(const Run& run) const { return offset_in(stored_rows_, run.start); }
  /// The number of its first cell in the grid.
  [[nodiscard]] std::int64_t cell_number(const Run& run) const;
  [[nodiscard]] cpu::Stretch<F> stretch_of(const Run& run) const;

 private:
  using AxisNumber = std::optional<std::size_t>;  // none: not in the map
  [[nodiscard]] AxisNumber axis_named(std::string_view name) const;
  [[nodiscard]] std::int64_t index_along(AxisNumber axis, const Run& run) const;

  Grid grid_;
  std::vector<Axis> axes_;
  std::size_t row_axis_;
  AxisNumber alpha_;
  AxisNumber beta_;
  AxisNumber lambda_;
  Index stored_rows_;  // the shape of a chunk, up to the rows' axis

  Box box_;
  Index rows_;                          // its shape, up to the rows' axis
  std::vector<std::vector<F>> values_;  // per axis
};

}  // namespace ravine
