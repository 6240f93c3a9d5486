#include "ravine/field.hpp"

#include <algorithm>
#include <limits>

namespace ravine {
namespace {

std::int64_t product_or_most(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::int64_t>::max() : product;
}

Dimension step_dimension(const Spec& spec) {
  const Record& record = spec.ensemble->record;
  // A range: it may be of more steps than memory holds.
  if (const auto* every = std::get_if<EveryNth>(&record.at)) {
    const std::int64_t last = record.steps / every->n * every->n;
    const LinearRange steps{0.0, static_cast<double>(last), record.steps / every->n + 1};
    return {Axis("step", steps), ValueType::int64};
  }
  const std::vector<std::int64_t> recorded = recorded_steps(record);
  return {Axis("step", ListedValues{{recorded.begin(), recorded.end()}}), ValueType::int64};
}

bool has_step(Inner inner) {
  return inner != Inner::none && inner != Inner::component;
}

bool has_component(Inner inner) {
  return inner == Inner::component || inner == Inner::step_component;
}

}  // namespace

std::int64_t Field::values_per_cell() const {
  std::int64_t values = 1;
  for (const Dimension& dimension : inner) values = product_or_most(values, dimension.axis.size());
  return values;
}

std::int64_t Field::cell_bytes() const {
  return product_or_most(values_per_cell(), static_cast<std::int64_t>(size_of(type)));
}

std::vector<std::int64_t> kept_steps(const Spec& spec) {
  const auto is_stepwise = [](Quantity quantity) { return has_step(info_of(quantity).inner); };
  if (std::none_of(spec.quantities.begin(), spec.quantities.end(), is_stepwise)) return {};
  return recorded_steps(spec.ensemble->record);
}

Field field_of(const Spec& spec, Quantity quantity) {
  const Inner inner = info_of(quantity).inner;
  Field field{quantity, value_type(quantity, spec.precision), {}};
  if (has_step(inner)) field.inner.push_back(step_dimension(spec));
  if (has_component(inner) && spec.lambda_reduction == Reduction::sum) {
    field.inner.push_back({axis_of(spec, "lambda"), value_type(Quantity::x, spec.precision)});
  }
  if (inner == Inner::step_bin) {
    field.inner.push_back({Axis("bin", ListedValues{spec.ensemble->noise->histogram.edges()}), ValueType::float64});
  }
  if (inner == Inner::step_quantile) {
    field.inner.push_back(
        {Axis("quantile", ListedValues{spec.ensemble->noise->histogram.quantiles}), ValueType::float64});
  }
  return field;
}

std::vector<Field> fields_of(const Spec& spec) {
  std::vector<Field> fields;
  for (const Quantity quantity : spec.quantities) fields.push_back(field_of(spec, quantity));
  return fields;
}

std::vector<Dimension> array_dimensions(const Spec& spec, const Field& field) {
  std::vector<Dimension> dimensions;
  for (const Axis& axis : map_axes(spec)) dimensions.push_back({axis, value_type(Quantity::x, spec.precision)});
  dimensions.insert(dimensions.end(), field.inner.begin(), field.inner.end());
  return dimensions;
}

Grid array_grid(const Grid& cells, const Field& field) {
  Grid grid = cells;
  for (const Dimension& dimension : field.inner) {
    grid.shape.push_back(dimension.axis.size());
    grid.tile_shape.push_back(dimension.axis.size());
  }
  return grid;
}

std::vector<Dimension> coordinates_of(const Spec& spec) {
  std::vector<Dimension> coordinates;
  for (const Field& field : fields_of(spec)) {
    for (const Dimension& dimension : array_dimensions(spec, field)) {
      const bool known = std::any_of(coordinates.begin(), coordinates.end(), [&dimension](const Dimension& other) {
        return other.axis.name() == dimension.axis.name();
      });
      if (!known) coordinates.push_back(dimension);
    }
  }
  return coordinates;
}

std::int64_t cell_bytes(const std::vector<Field>& fields) {
  std::int64_t bytes = 0;
  for (const Field& field : fields) {
    if (__builtin_add_overflow(bytes, field.cell_bytes(), &bytes)) return std::numeric_limits<std::int64_t>::max();
  }
  return bytes;
}

}  // namespace ravine
