#include "kernels/replicate_sweep.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/course_on_device.hpp"
#include "kernels/replicate_slot.hpp"
#include "kernels/slot_ring.hpp"
#include "ravine/field.hpp"

namespace ravine::cuda {
namespace {

ReplicateSizes sizes_of(const Spec& spec, std::int64_t tile_cells, Binning binning) {
  const Noise& noise = *spec.ensemble->noise;
  const std::int64_t blocks = (noise.replicates + model::block_replicates - 1) / model::block_replicates;
  return {static_cast<std::int64_t>(kept_steps(spec).size()), 1 + components_of(spec),
          binning == Binning::losses ? noise.histogram.bins() : 0, blocks, tile_cells * blocks};
}

/// What a study's replicates share, on the current device.
template <class F>
class StudyOnDevice {
 public:
  StudyOnDevice(const Spec& spec, std::int64_t blocks)
      : course_(spec), deviation_(static_cast<std::size_t>(course_.view().components)) {
    const Noise& noise = *spec.ensemble->noise;
    std::vector<F> deviation(deviation_.size(), static_cast<F>(std::sqrt(noise.variance.front())));
    for (std::size_t i = 1; i < noise.variance.size(); ++i) deviation[i] = static_cast<F>(std::sqrt(noise.variance[i]));
    const Stream stream;
    copy_to_device_async<F>(deviation, deviation_.span(), stream);
    stream.synchronize();
    view_ = {course_.view(),
             deviation_.data(),
             static_cast<std::uint64_t>(noise.seed),
             noise.first_replicate,
             noise.replicates,
             blocks,
             {noise.histogram.from, noise.histogram.to, noise.histogram.bits_per_octave}};
  }
  [[nodiscard]] const ReplicateCourse<F>& view() const { return view_; }

 private:
  CourseOnDevice<F> course_;
  DeviceBuffer<F> deviation_;
  ReplicateCourse<F> view_;
};

template <class F>
class SweepOf final : public ReplicateSweep {
 public:
  SweepOf(const Spec& spec, const ReplicateSizes& sizes, const std::vector<int>& devices) {
    slots_.add_devices(devices, [&] {
      studies_.push_back(std::make_unique<StudyOnDevice<F>>(spec, sizes.blocks));
      return [&study = studies_.back()->view(), &sizes](std::int64_t memory) {
        return std::make_unique<ReplicateSlot<F>>(study, sizes, memory);
      };
    });
  }

  [[nodiscard]] std::size_t depth() const override { return slots_.size(); }
  [[nodiscard]] std::int64_t most_blocks() const override { return slots_.next().batch_units(); }
  void begin(BlockRange blocks, std::span<const ReplicateCell> cells, std::span<const double> shifts) override {
    slots_.begin([&](ReplicateSlot<F>& slot) { slot.begin(blocks, cells, shifts); });
  }
  [[nodiscard]] ReplicateResults take() override {
    return slots_.take([](ReplicateSlot<F>& slot) { return slot.take(); });
  }
  [[nodiscard]] std::vector<std::string> notes() const override { return slots_.notes(); }

 private:
  std::vector<std::unique_ptr<StudyOnDevice<F>>> studies_;  // of each device; outlive the slots
  SlotRing<ReplicateSlot<F>> slots_;
};

}  // namespace

std::unique_ptr<ReplicateSweep> make_replicate_sweep(const Spec& spec, std::int64_t tile_cells, Binning binning,
                                                     const SweepOptions& options) {
  const ReplicateSizes sizes = sizes_of(spec, tile_cells, binning);
  if (spec.precision == Precision::float64) return std::make_unique<SweepOf<double>>(spec, sizes, options.devices);
  return std::make_unique<SweepOf<float>>(spec, sizes, options.devices);
}

}  // namespace ravine::cuda
