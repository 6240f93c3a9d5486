// What all trajectories of a study share, on a device.
#pragma once

#include <cstdint>

#include "kernels/ensemble_parameters.hpp"
#include "kernels/map_plan.hpp"
#include "kernels/runtime.hpp"
#include "ravine/spec.hpp"

namespace ravine::cuda {

/// The spectrum, the start and the recorded steps of a spec, on the current device.
template <class F>
class CourseOnDevice {
 public:
  /// \throws OutOfDeviceMemory.
  explicit CourseOnDevice(const Spec& spec);
  [[nodiscard]] const Course<F>& view() const { return view_; }

 private:
  DeviceBuffer<F> values_;  // the spectrum, y and x at the start
  DeviceBuffer<std::int64_t> recorded_;
  Course<F> view_;
};

/// The cells of a tile, by the axes that they are on.
template <class F>
[[nodiscard]] CellAxes<F> cell_axes(const MapPlan& plan, const TileAxes<F>& axes);

}  // namespace ravine::cuda
