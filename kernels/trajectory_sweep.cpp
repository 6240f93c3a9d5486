#include "kernels/trajectory_sweep.hpp"

#include "kernels/course_on_device.hpp"
#include "kernels/slot_sweep.hpp"
#include "kernels/trajectory_slot.hpp"

namespace ravine::cuda {
namespace {

/// What slots share, and so outlives them.
template <class F>
struct SharedBySlots {
  MapPlan plan;
  std::vector<std::unique_ptr<CourseOnDevice<F>>> courses;  // of each device
};

template <class F>
class SweepOf final : private SharedBySlots<F>, public SlotSweep<TileSweep, TrajectorySlot<F>> {
 public:
  SweepOf(const Spec& spec, const Grid& grid, const SweepOptions& options)
      : SharedBySlots<F>{MapPlan(spec, grid, options), {}} {
    this->slots().add_devices(options.devices, [this] {
      this->courses.push_back(std::make_unique<CourseOnDevice<F>>(this->plan.spec()));
      const Course<F>& course = this->courses.back()->view();
      return [this, &course](std::int64_t memory) {
        return std::make_unique<TrajectorySlot<F>>(this->plan, course, memory);
      };
    });
  }
};

}  // namespace

std::unique_ptr<TileSweep> make_trajectory_sweep(const Spec& spec, const Grid& grid, const SweepOptions& options) {
  if (spec.precision == Precision::float64) return std::make_unique<SweepOf<double>>(spec, grid, options);
  return std::make_unique<SweepOf<float>>(spec, grid, options);
}

}  // namespace ravine::cuda
