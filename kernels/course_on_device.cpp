#include "kernels/course_on_device.hpp"

#include <span>
#include <vector>

#include "kernels/axes_on_device.hpp"
#include "ravine/field.hpp"

namespace ravine::cuda {
namespace {

/// Of a list with one value for all components, or one each.
double one_of(const std::vector<double>& values, std::size_t component) {
  return values[values.size() == 1 ? 0 : component];
}

}  // namespace

template <class F>
CourseOnDevice<F>::CourseOnDevice(const Spec& spec) {
  const Ensemble& ensemble = *spec.ensemble;
  const auto components = static_cast<std::size_t>(components_of(spec));
  const std::vector<std::int64_t> recorded = kept_steps(spec);
  const bool shares_spectrum = spec.lambda_reduction == Reduction::sum;

  std::vector<F> values(3 * components);
  const std::span<F> spectrum = std::span(values).first(components);
  if (shares_spectrum) fill_rounded(axis_of(spec, "lambda"), 0, spectrum);
  for (std::size_t i = 0; i < components; ++i) {
    values[components + i] = static_cast<F>(one_of(ensemble.start.y, i));
    values[2 * components + i] = static_cast<F>(one_of(ensemble.start.x, i));
  }

  values_ = DeviceBuffer<F>(values.size());
  recorded_ = DeviceBuffer<std::int64_t>(recorded.size());
  const Stream stream;
  copy_to_device_async<F>(values, values_.span(), stream);
  copy_to_device_async<std::int64_t>(recorded, recorded_.span(), stream);
  stream.synchronize();

  const F* const on_device = values_.data();
  view_ = {shares_spectrum ? on_device : nullptr,
           on_device + components,
           on_device + 2 * components,
           static_cast<std::int64_t>(components),
           recorded_.data(),
           static_cast<std::int64_t>(recorded.size()),
           ensemble.record.steps,
           static_cast<F>(ensemble.record.tolerance)};
}

template <class F>
CellAxes<F> cell_axes(const MapPlan& plan, const TileAxes<F>& axes) {
  const auto axis_named = [&plan](const char* name) {
    const std::optional<std::size_t> axis = plan.axis_named(name);
    return axis ? static_cast<int>(*axis) : no_axis;
  };
  return {axes, axis_named("alpha"), axis_named("beta"), axis_named("lambda")};
}

template class CourseOnDevice<double>;
template class CourseOnDevice<float>;
template CellAxes<double> cell_axes(const MapPlan&, const TileAxes<double>&);
template CellAxes<float> cell_axes(const MapPlan&, const TileAxes<float>&);

}  // namespace ravine::cuda
