#include "engine/tile_cells.hpp"

#include <algorithm>
#include <utility>

namespace ravine {
namespace {

std::size_t row_axis_of(const Index& tile_shape) {
  std::size_t axis = tile_shape.size() - 1;
  while (axis > 0 && tile_shape[axis] == 1) --axis;
  return axis;
}

Index up_to(std::size_t axis, const Index& shape) {
  return {shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1};
}

}  // namespace

template <class F>
TileCells<F>::TileCells(const Spec& spec, const Grid& grid)
    : grid_(grid),
      axes_(map_axes(spec)),
      row_axis_(row_axis_of(grid.tile_shape)),
      alpha_(axis_named("alpha")),
      beta_(axis_named("beta")),
      lambda_(axis_named("lambda")),
      stored_rows_(up_to(row_axis_, grid.tile_shape)),
      values_(axes_.size()) {}

template <class F>
void TileCells<F>::load(Box box) {
  box_ = std::move(box);
  rows_ = up_to(row_axis_, box_.shape);
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    std::vector<double> values(static_cast<std::size_t>(box_.shape[axis]));
    axes_[axis].fill(box_.first[axis], values);
    values_[axis].resize(values.size());
    std::transform(values.begin(), values.end(), values_[axis].begin(),
                   [](double value) { return static_cast<F>(value); });
  }
}

template <class F>
model::Along TileCells<F>::along() const {
  if (row_axis_ == alpha_) return model::Along::alpha;
  return row_axis_ == beta_ ? model::Along::beta : model::Along::lambda;
}

template <class F>
std::span<const F> TileCells<F>::values(std::string_view parameter) const {
  const AxisNumber axis = axis_named(parameter);
  return axis ? std::span<const F>(values_[*axis]) : std::span<const F>();
}

template <class F>
std::int64_t TileCells<F>::cell_number(const Run& run) const {
  Index index = box_.first;
  for (std::size_t axis = 0; axis <= row_axis_; ++axis) index[axis] += run.start[axis];
  return grid_.cell_number(index);
}

template <class F>
cpu::Stretch<F> TileCells<F>::stretch_of(const Run& run) const {
  const auto value = [&](AxisNumber axis) {
    return axis ? values_[*axis][static_cast<std::size_t>(index_along(axis, run))] : F(0);
  };
  const model::Cell<F> first = {value(alpha_), value(beta_), value(lambda_)};
  const F* const values = values_[row_axis_].data() + run.start[row_axis_];
  return {{first, along(), values, run.length}, position_of(run), index_along(beta_, run)};
}

template <class F>
auto TileCells<F>::axis_named(std::string_view name) const -> AxisNumber {
  const auto found = std::find_if(axes_.begin(), axes_.end(), [&](const Axis& axis) { return axis.name() == name; });
  if (found == axes_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - axes_.begin());
}

/// Axes after the rows' have one element.
template <class F>
std::int64_t TileCells<F>::index_along(AxisNumber axis, const Run& run) const {
  return axis && *axis <= row_axis_ ? run.start[*axis] : 0;
}

template class TileCells<double>;
template class TileCells<float>;

}  // namespace ravine
