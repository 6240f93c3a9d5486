// One batch of blocks of replicates on its way through a device.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "kernels/ensemble_launches.hpp"
#include "kernels/replicate_sweep.hpp"
#include "kernels/runtime.hpp"

namespace ravine::cuda {

/// Elements for each block of replicates of a batch, and for each of its cells.
struct ReplicateSizes {
  std::int64_t steps;      ///< recorded
  std::int64_t variables;  ///< the loss and each x
  std::int64_t bins;       ///< 0: losses are not binned
  std::int64_t blocks;     ///< of replicates, in a cell
  std::int64_t tile_blocks;

  [[nodiscard]] std::int64_t values() const { return steps * variables; }
  [[nodiscard]] std::int64_t block_bytes() const;
  [[nodiscard]] std::int64_t cell_bytes() const;
  /// Cells that so many consecutive blocks are of, at most.
  [[nodiscard]] std::int64_t most_cells(std::int64_t blocks_of_batch) const;
  /// Consecutive blocks that fit so many bytes, their cells included, whatever cells these are; may be negative.
  [[nodiscard]] std::int64_t blocks_in(std::int64_t bytes) const;
};

/// A stream of the current device with the buffers of a batch.
template <class F>
class ReplicateSlot {
 public:
  /// Takes about `memory` bytes of the device at most. What `study` points to outlives it. \throws OutOfDeviceMemory if
  /// not even a block fits.
  ReplicateSlot(const ReplicateCourse<F>& study, const ReplicateSizes& sizes, std::int64_t memory);
  ~ReplicateSlot();
  ReplicateSlot(const ReplicateSlot&) = delete;
  ReplicateSlot& operator=(const ReplicateSlot&) = delete;
  ReplicateSlot(ReplicateSlot&&) = delete;
  ReplicateSlot& operator=(ReplicateSlot&&) = delete;

  /// As ReplicateSweep's.
  void begin(BlockRange blocks, std::span<const ReplicateCell> cells, std::span<const double> shifts);
  [[nodiscard]] ReplicateResults take();

  static constexpr const char* unit = "blocks of replicates";
  [[nodiscard]] std::int64_t batch_units() const { return most_blocks_; }
  [[nodiscard]] int halvings() const { return halvings_; }

 private:
  /// An array of a batch on the device, and pinned beside it.
  template <class T>
  struct Mirrored {
    DeviceBuffer<T> on_device;
    PinnedBuffer on_host;

    Mirrored() = default;
    explicit Mirrored(std::int64_t size)
        : on_device(static_cast<std::size_t>(size)), on_host(static_cast<std::size_t>(size) * sizeof(T)) {}
    [[nodiscard]] std::span<T> host(std::size_t size) const {
      return {reinterpret_cast<T*>(on_host.bytes().data()), size};
    }
  };

  void choose_sizes(std::int64_t memory);
  void allocate();
  void free();
  template <class T>
  void queue_to_device(std::span<const T> values, const Mirrored<T>& buffer);
  template <class T>
  void queue_to_host(const Mirrored<T>& buffer, std::size_t size);
  [[nodiscard]] bool takes_scratch() const { return study_.course.components > most_replicate_components_in_registers; }
  [[nodiscard]] std::int64_t launched_blocks() const { return std::min(most_blocks_, most_launched_); }

  ReplicateCourse<F> study_;
  ReplicateSizes sizes_;
  std::int64_t most_blocks_ = 0;    // of a batch
  std::int64_t most_launched_ = 0;  // at once
  int halvings_ = 0;
  Mirrored<ReplicateCell> cells_;
  Mirrored<double> shifts_;
  Mirrored<model::Sums> sums_;
  Mirrored<unsigned long long> finite_;
  Mirrored<std::uint32_t> bins_;
  DeviceBuffer<F> scratch_;
  BlockRange batch_{};  // in hand
  std::size_t batch_cells_ = 0;
  Event done_;
  Stream stream_;
};

}  // namespace ravine::cuda
