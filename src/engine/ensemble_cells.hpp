// The cells of the tile in hand, as ensembles take them: parameters, number in the grid, place in the chunks.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ravine/grid.hpp"
#include "ravine/model/heavy_ball_attempt.hpp"
#include "ravine/spec.hpp"
#include "ravine/store.hpp"

namespace ravine {

/// F is the spec's precision: values are rounded to it once.
template <class F>
class EnsembleCells {
 public:
  EnsembleCells(const Spec& spec, Grid grid);

  /// Makes tile `id` the one in hand, and sizes `data` for it.
  void load(std::int64_t id, TileData& data);

  [[nodiscard]] std::int64_t count() const { return cells_; }
  /// Eigenvalues of a cell.
  [[nodiscard]] std::size_t components() const { return components_; }

  /// One cell of the tile, by its number in it (grid order).
  struct Place {
    F alpha;
    F beta;
    F lambda;               ///< where the cells share no spectrum
    std::int64_t number;    ///< in the grid
    std::int64_t position;  ///< in a chunk, in cells
  };
  [[nodiscard]] Place at(std::int64_t cell) const;

  /// Eigenvalue `component` of a cell.
  [[nodiscard]] F lambda(const Place& place, std::size_t component) const {
    return spectrum_.empty() ? place.lambda : spectrum_[component];
  }
  /// The state that a component starts from.
  [[nodiscard]] F start_y(std::size_t component) const { return one_of(start_y_, component); }
  [[nodiscard]] F start_x(std::size_t component) const { return one_of(start_x_, component); }

  /// Of a list with one value for all components, or one each.
  [[nodiscard]] static F one_of(const std::vector<F>& values, std::size_t component) {
    return values[values.size() == 1 ? 0 : component];
  }

 private:
  using AxisNumber = std::optional<std::size_t>;
  [[nodiscard]] AxisNumber axis_named(std::string_view name) const;

  Grid grid_;
  std::vector<Axis> axes_;
  std::vector<Field> fields_;
  AxisNumber alpha_;
  AxisNumber beta_;
  AxisNumber lambda_;
  std::size_t components_;
  std::vector<F> spectrum_;  // where the cells share it
  std::vector<F> start_y_;
  std::vector<F> start_x_;

  Box box_;
  std::int64_t cells_ = 0;
  std::vector<std::vector<F>> values_;  // per axis
};

/// Where a quantity's values of a cell go in its chunk.
template <class T>
T* values_in(TileData& data, std::size_t quantity_index, std::int64_t position, std::int64_t values_per_cell) {
  return reinterpret_cast<T*>(data.chunks[quantity_index].data()) + position * values_per_cell;
}

}  // namespace ravine
