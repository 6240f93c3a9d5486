#include "kernels/map_sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "kernels/map_plan.hpp"
#include "kernels/tile_slot.hpp"

namespace ravine::cuda {
namespace {

/// Slots on each device: one computes while the other's values are on their way to the host.
constexpr int slots_per_device = 2;

/// Of a device's free memory, what the slots take together: the rest is room for the driver and for others.
constexpr double share_of_memory = 0.8;

template <class F>
class SweepOf final : public MapSweep {
 public:
  SweepOf(const Spec& spec, const Grid& grid, const SweepOptions& options) : plan_(spec, grid, options) {
    for (const int device : options.devices) try_to_add(device);
    if (slots_.empty()) throw OutOfDeviceMemory(out_of_memory_);
    // Tiles take the slots in turn: first one of each device.
    std::stable_sort(slots_.begin(), slots_.end(), [](const auto& a, const auto& b) { return a->rank < b->rank; });
  }
  [[nodiscard]] std::size_t depth() const override { return slots_.size(); }
  void begin(std::int64_t id, TileData buffers) override {
    Slot& slot = *slots_[begun_++ % slots_.size()];
    const CurrentDevice current(slot.device);
    slot.tile.begin(id, std::move(buffers));
  }
  bool advance() override {
    for (std::size_t k = taken_ + 1; k < begun_; ++k) {
      Slot& slot = *slots_[k % slots_.size()];
      const CurrentDevice current(slot.device);
      slot.tile.pump();
    }
    const CurrentDevice current(oldest().device);
    return oldest().tile.advance();
  }
  [[nodiscard]] std::int64_t cells_done() const override { return oldest().tile.cells_done(); }
  [[nodiscard]] TileData take() override {
    TileData data = oldest().tile.take();
    ++taken_;
    return data;
  }
  void start_counting(std::span<const KeyBins> bins) override {
    for (auto& slot : slots_) {
      const CurrentDevice current(slot->device);
      slot->tile.start_counting(bins);
    }
  }
  void add_counts(std::size_t number, std::span<std::int64_t> counts) override {
    for (auto& slot : slots_) {
      const CurrentDevice current(slot->device);
      slot->tile.add_counts(number, counts);
    }
  }
  [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

 private:
  struct Slot {
    int device;
    int rank;  ///< among the slots of its device
    TileSlot<F> tile;

    Slot(int device_, int rank_, const MapPlan& plan, const SpectrumOnDevice<F>* spectrum, std::int64_t memory)
        : device(device_), rank(rank_), tile(plan, spectrum, memory) {}
  };

  /// A device without enough memory is left out.
  void try_to_add(int device) {
    const std::size_t slots_before = slots_.size();
    try {
      add_device(device);
    } catch (const OutOfDeviceMemory& error) {
      slots_.resize(slots_before);
      out_of_memory_ = error.what();
      notes_.push_back(fmt::format("device {} is not used: {}", device, error.what()));
    }
  }

  void add_device(int device) {
    const CurrentDevice current(device);
    const SpectrumOnDevice<F>* spectrum = nullptr;
    if (const Axis* lambda = plan_.reduced_lambda()) {
      spectra_.push_back(std::make_unique<SpectrumOnDevice<F>>(*lambda));
      spectrum = spectra_.back().get();
    }
    const auto memory = static_cast<std::int64_t>(share_of_memory * static_cast<double>(free_memory().free));
    for (int rank = 0; rank < slots_per_device; ++rank) {
      slots_.push_back(std::make_unique<Slot>(device, rank, plan_, spectrum, memory / slots_per_device));
      const Slot& slot = *slots_.back();
      if (slot.tile.halvings() > 0) {
        notes_.push_back(fmt::format("device {} had less memory than it said: batches of {} cells instead of {}",
                                     device, slot.tile.batch_positions(),
                                     slot.tile.batch_positions() << slot.tile.halvings()));
      }
    }
  }
  [[nodiscard]] const Slot& oldest() const { return *slots_[taken_ % slots_.size()]; }
  [[nodiscard]] Slot& oldest() { return *slots_[taken_ % slots_.size()]; }

  MapPlan plan_;
  // What is freed or waited for need not belong to the current device.
  std::vector<std::unique_ptr<SpectrumOnDevice<F>>> spectra_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<std::string> notes_;
  std::string out_of_memory_;  // why the last device was left out
  std::size_t begun_ = 0;
  std::size_t taken_ = 0;
};

}  // namespace

std::unique_ptr<MapSweep> make_map_sweep(const Spec& spec, const Grid& grid, const SweepOptions& options) {
  if (spec.precision == Precision::float64) return std::make_unique<SweepOf<double>>(spec, grid, options);
  return std::make_unique<SweepOf<float>>(spec, grid, options);
}

}  // namespace ravine::cuda
