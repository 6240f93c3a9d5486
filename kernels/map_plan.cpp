#include "kernels/map_plan.hpp"

#include <algorithm>
#include <numeric>

namespace ravine::cuda {

MapPlan::MapPlan(const Spec& spec, const Grid& grid, const SweepOptions& options)
    : spec_(spec), grid_(grid), options_(options), axes_(map_axes(spec)) {
  std::vector<std::size_t> order(axes_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  auto after_row_axis = order.end();
  while (after_row_axis - order.begin() > 1 && grid.tile_shape[*(after_row_axis - 1)] == 1) --after_row_axis;
  std::rotate(order.begin(), after_row_axis, order.end());
  std::copy(order.begin(), order.end(), map_axis_.end() - static_cast<std::ptrdiff_t>(order.size()));
  stored_ = lifted(grid.tile_shape, 1);
}

const Axis* MapPlan::axis(std::size_t kernel_axis) const {
  return map_axis_[kernel_axis] ? &axes_[*map_axis_[kernel_axis]] : nullptr;
}

std::optional<std::size_t> MapPlan::axis_named(std::string_view name) const {
  for (std::size_t k = 0; k < kernel_axes; ++k) {
    if (axis(k) != nullptr && axis(k)->name() == name) return k;
  }
  return std::nullopt;
}

const Axis* MapPlan::reduced_lambda() const {
  if (axis_named("lambda")) return nullptr;
  for (const Axis& axis : spec_.axes) {
    if (axis.name() == "lambda") return &axis;
  }
  return nullptr;
}

std::int64_t MapPlan::cell_number(const Box& tile, std::int64_t position) const {
  const std::int64_t row = position / row_length();
  const Extent place = {row / stored_[1], row % stored_[1], position % row_length()};
  Index index = tile.first;
  for (std::size_t k = 0; k < kernel_axes; ++k) {
    if (map_axis_[k]) index[*map_axis_[k]] += place[k];
  }
  return grid_.cell_number(index);
}

Extent MapPlan::lifted(const Index& index, std::int64_t at_leading) const {
  Extent extent;
  extent.fill(at_leading);
  for (std::size_t k = 0; k < kernel_axes; ++k) {
    if (map_axis_[k]) extent[k] = index[*map_axis_[k]];
  }
  return extent;
}

}  // namespace ravine::cuda
