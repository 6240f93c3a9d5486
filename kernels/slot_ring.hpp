// Slots on every device of a sweep, which take its work in turn.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/runtime.hpp"

namespace ravine::cuda {

/// Slots on each device: one computes while the other's values are on their way to the host.
inline constexpr int slots_per_device = 2;

/// Of a device's free memory, what the slots take together: the rest is room for the driver and for others.
inline constexpr double share_of_memory = 0.8;

/// A Slot is a stream of a device with its buffers. It says of how many batch_units() its batches are, and how often
/// those were halved because the device had less memory than it said: halvings().
template <class Slot>
class SlotRing {
 public:
  /// A slot of the current device that takes about `memory` bytes of it.
  using MakeSlot = std::function<std::unique_ptr<Slot>(std::int64_t memory)>;

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
    // Work takes the slots in turn: first one of each device.
    std::stable_sort(slots_.begin(), slots_.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
  }

  [[nodiscard]] std::size_t size() const { return slots_.size(); }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

  /// The slot whose turn it is, and the one of the oldest work that was begun and not taken.
  [[nodiscard]] const Slot& next() const { return *slots_[begun_ % slots_.size()].slot; }
  [[nodiscard]] const Slot& oldest() const { return *slots_[taken_ % slots_.size()].slot; }

  // Each calls use(slot) with the slot's device as the current one.

  template <class Use>
  void begin(Use use) {
    use_slot(begun_++, use);
  }
  template <class Use>
  auto use_oldest(Use use) {
    return use_slot(taken_, use);
  }
  template <class Use>
  auto take(Use use) {
    return use_slot(taken_++, use);
  }
  /// Those whose work was begun after the oldest.
  template <class Use>
  void for_each_younger(Use use) {
    for (std::size_t k = taken_ + 1; k < begun_; ++k) use_slot(k, use);
  }
  template <class Use>
  void for_each(Use use) {
    for (std::size_t k = 0; k < slots_.size(); ++k) use_slot(k, use);
  }

 private:
  struct PlacedSlot {
    int device = 0;  ///< its ordinal
    int rank = 0;    ///< among the slots of its device
    std::unique_ptr<Slot> slot;
  };

  void add_device(int device, const std::function<MakeSlot()>& prepare) {
    const CurrentDevice current(device);
    const MakeSlot make_slot = prepare();
    const auto memory = static_cast<std::int64_t>(share_of_memory * static_cast<double>(free_memory().free));
    for (int rank = 0; rank < slots_per_device; ++rank) {
      slots_.push_back({device, rank, make_slot(memory / slots_per_device)});
      const Slot& slot = *slots_.back().slot;
      if (slot.halvings() == 0) continue;
      notes_.push_back(fmt::format("device {} had less memory than it said: batches of {} {} instead of {}", device,
                                   slot.batch_units(), Slot::unit, slot.batch_units() << slot.halvings()));
    }
  }

  template <class Use>
  auto use_slot(std::size_t number, Use use) {
    PlacedSlot& placed = slots_[number % slots_.size()];
    const CurrentDevice current(placed.device);
    return use(*placed.slot);
  }

  std::vector<PlacedSlot> slots_;
  std::vector<std::string> notes_;
  std::size_t begun_ = 0;
  std::size_t taken_ = 0;
};

}  // namespace ravine::cuda
