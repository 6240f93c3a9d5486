// Slots, each with a tile in hand, on every device of a sweep.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernels/runtime.hpp"
#include "kernels/tile_sweep.hpp"

namespace ravine::cuda {

/// Slots on each device: one computes while the other's values are on their way to the host.
inline constexpr int slots_per_device = 2;

/// Of a device's free memory, what the slots take together: the rest is room for the driver and for others.
inline constexpr double share_of_memory = 0.8;

/// A sweep, of the interface Base, whose tiles take slots in turn. What a Slot is to it, TileSlot shows: begin(),
/// advance(), pump(), cells_done(), take(), batch_positions() and halvings().
template <class Base, class Slot>
class SlotSweep : public Base {
 public:
  /// A slot of the current device that takes about `memory` bytes of it.
  using MakeSlot = std::function<std::unique_ptr<Slot>(std::int64_t memory)>;

  [[nodiscard]] std::size_t depth() const override { return slots_.size(); }
  void begin(std::int64_t id, TileData buffers) override {
    PlacedSlot& slot = slots_[begun_++ % slots_.size()];
    const CurrentDevice current(slot.device);
    slot.tile->begin(id, std::move(buffers));
  }
  bool advance() override {
    for (std::size_t k = taken_ + 1; k < begun_; ++k) {
      PlacedSlot& slot = slots_[k % slots_.size()];
      const CurrentDevice current(slot.device);
      slot.tile->pump();
    }
    const CurrentDevice current(oldest().device);
    return oldest().tile->advance();
  }
  [[nodiscard]] std::int64_t cells_done() const override { return oldest().tile->cells_done(); }
  [[nodiscard]] TileData take() override {
    TileData data = oldest().tile->take();
    ++taken_;
    return data;
  }
  [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

 protected:
  SlotSweep() = default;

  /// Puts slots on the devices; `prepare` is called on each, and gives what makes them there. A device without enough
  /// memory is left out. \throws OutOfDeviceMemory if none has enough.
  void add_devices(const std::vector<int>& devices, const std::function<MakeSlot()>& prepare) {
    std::string reason;  // why the last device was left out
    for (const int device : devices) {
      const std::size_t slots_before = slots_.size();
      try {
        add_device(device, prepare);
      } catch (const OutOfDeviceMemory& error) {
        slots_.resize(slots_before);
        reason = error.what();
        notes_.push_back(fmt::format("device {} is not used: {}", device, reason));
      }
    }
    if (slots_.empty()) throw OutOfDeviceMemory(reason);
    // Tiles take the slots in turn: first one of each device.
    std::stable_sort(slots_.begin(), slots_.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
  }

  /// Calls visit(slot) for every slot, its device being the current one.
  template <class Visit>
  void for_each_slot(Visit visit) {
    for (PlacedSlot& slot : slots_) {
      const CurrentDevice current(slot.device);
      visit(*slot.tile);
    }
  }

 private:
  struct PlacedSlot {
    int device = 0;  ///< its ordinal
    int rank = 0;    ///< among the slots of its device
    std::unique_ptr<Slot> tile;
  };

  void add_device(int device, const std::function<MakeSlot()>& prepare) {
    const CurrentDevice current(device);
    const MakeSlot make_slot = prepare();
    const auto memory = static_cast<std::int64_t>(share_of_memory * static_cast<double>(free_memory().free));
    for (int rank = 0; rank < slots_per_device; ++rank) {
      slots_.push_back({device, rank, make_slot(memory / slots_per_device)});
      const Slot& slot = *slots_.back().tile;
      if (slot.halvings() > 0) {
        notes_.push_back(fmt::format("device {} had less memory than it said: batches of {} cells instead of {}",
                                     device, slot.batch_positions(), slot.batch_positions() << slot.halvings()));
      }
    }
  }
  [[nodiscard]] const PlacedSlot& oldest() const { return slots_[taken_ % slots_.size()]; }

  std::vector<PlacedSlot> slots_;
  std::vector<std::string> notes_;
  std::size_t begun_ = 0;
  std::size_t taken_ = 0;
};

}  // namespace ravine::cuda
