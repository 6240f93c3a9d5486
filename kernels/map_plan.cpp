#include "kernels/map_plan.hpp"

namespace ravine::cuda {

MapPlan::MapPlan(const Spec& spec, const Grid& grid, const SweepOptions& options)
    : spec_(spec), grid_(grid), options_(options), axes_(map_axes(spec)), stored_(lifted(grid.tile_shape, 1)) {}

const Axis* MapPlan::axis(std::size_t kernel_axis) const {
  return kernel_axis < leading() ? nullptr : &axes_[kernel_axis - leading()];
}

std::optional<std::size_t> MapPlan::axis_named(std::string_view name) const {
  for (std::size_t k = 0; k < axes_.size(); ++k) {
    if (axes_[k].name() == name) return k + leading();
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
  Index index(axes_.size());
  for (std::size_t k = 0; k < index.size(); ++k) index[k] = tile.first[k] + place[k + leading()];
  return grid_.cell_number(index);
}

Extent MapPlan::lifted(const Index& index, std::int64_t at_leading) const {
  Extent extent;
  extent.fill(at_leading);
  for (std::size_t k = 0; k < index.size(); ++k) extent[k + leading()] = index[k];
  return extent;
}

}  // namespace ravine::cuda
