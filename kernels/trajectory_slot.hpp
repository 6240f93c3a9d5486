// One tile of trajectories on its way through a device.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/axes_on_device.hpp"
#include "kernels/ensemble_launches.hpp"
#include "kernels/map_plan.hpp"
#include "ravine/field.hpp"

namespace ravine::cuda {

/// A stream of the current device with the buffers that a tile takes. Everything is queued in order: the tile's axes,
/// then for each batch of positions its trajectories and the copies of their values to the host.
template <class F>
class TrajectorySlot {
 public:
  /// Takes about `memory` bytes of the device at most. `plan` and what `course` points to outlive it.
  /// \throws OutOfDeviceMemory if not even a small batch fits.
  TrajectorySlot(const MapPlan& plan, const Course<F>& course, std::int64_t memory);
  ~TrajectorySlot();
  TrajectorySlot(const TrajectorySlot&) = delete;
  TrajectorySlot& operator=(const TrajectorySlot&) = delete;
  TrajectorySlot(TrajectorySlot&&) = delete;
  TrajectorySlot& operator=(TrajectorySlot&&) = delete;

  /// As TileSweep's.
  void begin(std::int64_t id, TileData buffers);
  bool advance();
  /// Folds what has arrived and queues as much, without waiting: so the device goes on while the host waits elsewhere.
  void pump();
  [[nodiscard]] std::int64_t cells_done() const;
  [[nodiscard]] TileData take() { return std::move(data_); }

  /// Positions of a batch, and how often they were halved because the device had less memory than it said.
  static constexpr const char* unit = "cells";
  [[nodiscard]] std::int64_t batch_units() const { return batch_positions_; }
  [[nodiscard]] int halvings() const { return halvings_; }

 private:
  /// Batches queued ahead of the host: so many that the device never waits, so few that a stop is heeded soon.
  static constexpr std::size_t window = 4;
  /// Where a batch's count of cells that converged arrives.
  struct Arrival {
    Event done;
    PinnedBuffer converged;
  };

  [[nodiscard]] bool takes_scratch() const { return course_.components > most_components_in_registers; }
  void limit_threads(std::int64_t memory);
  void allocate_batch(std::int64_t memory);
  void size_chunks();
  void make_batches();
  void queue_batch(std::size_t number);
  void queue_values_to_host(Positions batch);
  void fold_oldest();
  [[nodiscard]] Queue queue() const { return {stream_, most_blocks_}; }
  /// Where a field's values of a batch are on the device.
  [[nodiscard]] std::byte* values_of(std::size_t field) const;
  [[nodiscard]] TrajectoryValues<F> values() const;

  const MapPlan& plan_;
  Course<F> course_;
  std::vector<Field> fields_;
  Looking looking_;
  std::int64_t resident_blocks_;  // as many as can be at work at once
  std::int64_t most_blocks_;      // of a launch
  AxesOnDevice<F> axes_;
  DeviceBuffer<unsigned> converged_;  // one
  DeviceBuffer<std::byte> values_;    // of a batch, field by field
  DeviceBuffer<F> scratch_;
  std::int64_t batch_positions_ = 0;
  int halvings_ = 0;
  std::array<Arrival, window> arrivals_;

  // The tile in hand.
  TileData data_;
  Box box_;
  std::vector<Positions> batches_;
  std::size_t queued_ = 0;
  std::size_t folded_ = 0;

  Stream stream_;
};

}  // namespace ravine::cuda
