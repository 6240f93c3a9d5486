/// \file
/// Fields: the arrays of a store. A quantity's values stand in the order of the map's axes and then of the dimensions
/// that it has in each cell.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ravine/axis.hpp"
#include "ravine/grid.hpp"
#include "ravine/quantity.hpp"
#include "ravine/spec.hpp"

namespace ravine {

/// A dimension of an array, with its coordinate.
struct Dimension {
  Axis axis;       ///< of the map, or "step", "lambda", "bin" or "quantile"
  ValueType type;  ///< of the stored coordinate
};

struct Field {
  Quantity quantity;
  ValueType type;
  std::vector<Dimension> inner;  ///< slowest first

  [[nodiscard]] std::int64_t values_per_cell() const;
  /// Saturates at 2^63 - 1.
  [[nodiscard]] std::int64_t cell_bytes() const;
};

/// The field of a quantity of the spec.
[[nodiscard]] Field field_of(const Spec& spec, Quantity quantity);
/// Those of all its quantities, in order.
[[nodiscard]] std::vector<Field> fields_of(const Spec& spec);

/// The recorded steps, where some quantity has values at each; else none.
[[nodiscard]] std::vector<std::int64_t> kept_steps(const Spec& spec);

/// The dimensions of a field's array: the map's axes, then those inside the cell.
[[nodiscard]] std::vector<Dimension> array_dimensions(const Spec& spec, const Field& field);

/// A field's array as a grid of its values: `cells` with the dimensions inside the cell after its own, whole in every
/// tile, so that tiles have the same numbers.
[[nodiscard]] Grid array_grid(const Grid& cells, const Field& field);

/// The coordinates of a store: the map's axes, then every dimension that any field has inside the cell, each once.
[[nodiscard]] std::vector<Dimension> coordinates_of(const Spec& spec);

/// Bytes of all fields in one cell; saturates at 2^63 - 1.
[[nodiscard]] std::int64_t cell_bytes(const std::vector<Field>& fields);

}  // namespace ravine
