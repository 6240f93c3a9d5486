// What a spec says about the shape of its map.
#include <fmt/format.h>

#include <algorithm>

#include "ravine/error.hpp"
#include "ravine/spec.hpp"

namespace ravine {

std::vector<Axis> map_axes(const Spec& spec) {
  std::vector<Axis> axes;
  for (const Axis& axis : spec.axes) {
    const bool folded = spec.lambda_reduction != Reduction::none && axis.name() == "lambda";
    if (!folded) axes.push_back(axis);
  }
  return axes;
}

const Axis& axis_of(const Spec& spec, std::string_view name) {
  const auto found =
      std::find_if(spec.axes.begin(), spec.axes.end(), [name](const Axis& axis) { return axis.name() == name; });
  if (found == spec.axes.end()) throw UsageError(fmt::format("found a spec without the axis {}; wanted one", name));
  return *found;
}

std::int64_t components_of(const Spec& spec) {
  return spec.lambda_reduction == Reduction::sum ? axis_of(spec, "lambda").size() : 1;
}

}  // namespace ravine
