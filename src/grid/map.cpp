// What a spec says about the shape and size of its map.
#include "ravine/spec.hpp"

namespace ravine {

std::size_t value_bytes(Quantity quantity, Precision precision) {
  if (quantity == Quantity::regime) return 1;
  return precision == Precision::float64 ? 8 : 4;
}

std::vector<Axis> map_axes(const Spec& spec) {
  std::vector<Axis> axes;
  for (const Axis& axis : spec.axes) {
    const bool folded = spec.lambda_reduction != Reduction::none && axis.name() == "lambda";
    if (!folded) axes.push_back(axis);
  }
  return axes;
}

}  // namespace ravine
