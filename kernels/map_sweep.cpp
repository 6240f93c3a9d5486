#include "kernels/map_sweep.hpp"

#include "kernels/map_plan.hpp"
#include "kernels/slot_sweep.hpp"
#include "kernels/tile_slot.hpp"

namespace ravine::cuda {
namespace {

/// What slots share, and so outlives them.
template <class F>
struct SharedBySlots {
  MapPlan plan;
  // What is freed need not belong to the current device.
  std::vector<std::unique_ptr<SpectrumOnDevice<F>>> spectra;

  /// The current device's spectrum, or null where lambda is not reduced.
  const SpectrumOnDevice<F>* add_spectrum() {
    const Axis* const lambda = plan.reduced_lambda();
    if (lambda == nullptr) return nullptr;
    spectra.push_back(std::make_unique<SpectrumOnDevice<F>>(*lambda));
    return spectra.back().get();
  }
};

template <class F>
class SweepOf final : private SharedBySlots<F>, public SlotSweep<MapSweep, TileSlot<F>> {
 public:
  SweepOf(const Spec& spec, const Grid& grid, const SweepOptions& options)
      : SharedBySlots<F>{MapPlan(spec, grid, options), {}} {
    this->slots().add_devices(options.devices, [this] {
      const SpectrumOnDevice<F>* const spectrum = this->add_spectrum();
      return
          [this, spectrum](std::int64_t memory) { return std::make_unique<TileSlot<F>>(this->plan, spectrum, memory); };
    });
  }

  void start_counting(std::span<const KeyBins> bins) override {
    this->slots().for_each([bins](TileSlot<F>& slot) { slot.start_counting(bins); });
  }
  void add_counts(std::size_t number, std::span<std::int64_t> counts) override {
    this->slots().for_each([number, counts](TileSlot<F>& slot) { slot.add_counts(number, counts); });
  }
};

}  // namespace

std::unique_ptr<MapSweep> make_map_sweep(const Spec& spec, const Grid& grid, const SweepOptions& options) {
  if (spec.precision == Precision::float64) return std::make_unique<SweepOf<double>>(spec, grid, options);
  return std::make_unique<SweepOf<float>>(spec, grid, options);
}

}  // namespace ravine::cuda
