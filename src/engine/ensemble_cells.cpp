#include "engine/ensemble_cells.hpp"

#include <algorithm>
#include <utility>

#include "engine/box_walk.hpp"
#include "grid/fill.hpp"

namespace ravine {
namespace {

template <class F>
std::vector<F> rounded(const std::vector<double>& values) {
  std::vector<F> out(values.size());
  std::transform(values.begin(), values.end(), out.begin(), [](double value) { return static_cast<F>(value); });
  return out;
}

template <class F>
std::vector<F> values_of(const Axis& axis, std::int64_t first, std::int64_t count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  axis.fill(first, values);
  return rounded<F>(values);
}

}  // namespace

template <class F>
EnsembleCells<F>::EnsembleCells(const Spec& spec, Grid grid)
    : grid_(std::move(grid)),
      axes_(map_axes(spec)),
      fields_(fields_of(spec)),
      alpha_(axis_named("alpha")),
      beta_(axis_named("beta")),
      lambda_(axis_named("lambda")),
      components_(static_cast<std::size_t>(components_of(spec))),
      start_y_(rounded<F>(spec.ensemble->start.y)),
      start_x_(rounded<F>(spec.ensemble->start.x)),
      values_(axes_.size()) {
  if (spec.lambda_reduction != Reduction::sum) return;
  const Axis& lambda = axis_of(spec, "lambda");
  spectrum_ = values_of<F>(lambda, 0, lambda.size());
}

template <class F>
void EnsembleCells<F>::load(std::int64_t id, TileData& data) {
  box_ = grid_.tile(id);
  cells_ = box_.cells();
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    values_[axis] = values_of<F>(axes_[axis], box_.first[axis], box_.shape[axis]);
  }
  data.id = id;
  data.summary = {};
  data.chunks.resize(fields_.size());
  for (std::size_t k = 0; k < fields_.size(); ++k) {
    ByteBuffer& chunk = data.chunks[k];
    chunk.resize(static_cast<std::size_t>(grid_.tile_capacity() * fields_[k].cell_bytes()));
    if (box_.shape != grid_.tile_shape) detail::fill_with_none(fields_[k].type, chunk);
  }
}

template <class F>
auto EnsembleCells<F>::at(std::int64_t cell) const -> Place {
  Index index = index_in(box_.shape, cell);
  const auto value = [&](AxisNumber axis) {
    return axis ? values_[*axis][static_cast<std::size_t>(index[*axis])] : F(0);
  };
  Place place{value(alpha_), value(beta_), value(lambda_), 0, offset_in(grid_.tile_shape, index)};
  for (std::size_t axis = 0; axis < index.size(); ++axis) index[axis] += box_.first[axis];
  place.number = grid_.cell_number(index);
  return place;
}

template <class F>
auto EnsembleCells<F>::axis_named(std::string_view name) const -> AxisNumber {
  const auto found = std::find_if(axes_.begin(), axes_.end(), [name](const Axis& axis) { return axis.name() == name; });
  if (found == axes_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - axes_.begin());
}

template class EnsembleCells<double>;
template class EnsembleCells<float>;

}  // namespace ravine
