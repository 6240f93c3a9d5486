// A sweep whose tiles take slots in turn.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kernels/slot_ring.hpp"
#include "kernels/tile_sweep.hpp"

namespace ravine::cuda {

/// The interface Base over slots that have a tile in hand each: TileSlot shows what such a slot is.
template <class Base, class Slot>
class SlotSweep : public Base {
 public:
  [[nodiscard]] std::size_t depth() const override { return slots_.size(); }
  void begin(std::int64_t id, TileData buffers) override {
    slots_.begin([&](Slot& slot) { slot.begin(id, std::move(buffers)); });
  }
  bool advance() override {
    slots_.for_each_younger([](Slot& slot) { slot.pump(); });
    return slots_.use_oldest([](Slot& slot) { return slot.advance(); });
  }
  [[nodiscard]] std::int64_t cells_done() const override { return slots_.oldest().cells_done(); }
  [[nodiscard]] TileData take() override {
    return slots_.take([](Slot& slot) { return slot.take(); });
  }
  [[nodiscard]] std::vector<std::string> notes() const override { return slots_.notes(); }

 protected:
  SlotSweep() = default;
  SlotRing<Slot>& slots() { return slots_; }

 private:
  SlotRing<Slot> slots_;
};

}  // namespace ravine::cuda
