// One tile on its way through a device.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/map_launches.hpp"
#include "kernels/map_plan.hpp"
#include "kernels/tile_rows.hpp"

namespace ravine::cuda {

/// A stream of the current device with the buffers that a tile takes. Everything is queued in order: the tile's rows,
/// then for each quantity and batch its values, their partial results, and the copies of both to the host.
template <class F>
class TileSlot {
 public:
  /// Takes about `memory` bytes of the device at most, unless a tile's rows alone take more. `plan` and `spectrum`
  /// outlive it, `spectrum` is null where lambda is not reduced. \throws OutOfDeviceMemory if not even a small batch
  /// fits.
  TileSlot(const MapPlan& plan, const SpectrumOnDevice<F>* spectrum, std::int64_t memory);
  ~TileSlot();
  TileSlot(const TileSlot&) = delete;
  TileSlot& operator=(const TileSlot&) = delete;
  TileSlot(TileSlot&&) = delete;
  TileSlot& operator=(TileSlot&&) = delete;

  /// As MapSweep's.
  void begin(std::int64_t id, TileData buffers);
  bool advance();
  /// Folds what has arrived and queues as much, without waiting: so the device goes on while the host waits elsewhere.
  void pump();
  [[nodiscard]] std::int64_t cells_done() const;
  [[nodiscard]] TileData take();

  void start_counting(std::span<const KeyBins> bins);
  void add_counts(std::size_t number, std::span<std::int64_t> counts);

  /// Positions of a batch, and how often they were halved because the device had less memory than it said.
  static constexpr const char* unit = "cells";
  [[nodiscard]] std::int64_t batch_units() const { return batch_positions_; }
  [[nodiscard]] int halvings() const { return halvings_; }

 private:
  /// A quantity at some positions of the tile: what is queued at once.
  struct Job {
    std::size_t quantity;  ///< its number in the spec
    Positions positions;
  };
  /// Jobs queued ahead of the host: so many that the device never waits, so few that a stop is heeded soon.
  static constexpr std::size_t window = 4;
  /// Where a job's partial results arrive.
  struct Arrival {
    Event done;
    PinnedBuffer partials;
  };

  void allocate_batch(std::int64_t memory);
  void size_chunks();
  void make_jobs();
  void queue_job(std::size_t number);
  void queue_values_to_host(const Job& job);
  void queue_partials(const Job& job, const Arrival& arrival);
  void queue_counts(const Job& job);
  void fold_oldest();
  void fold_job(std::size_t number);
  void fold_best(const Job& job, std::span<const BestPartial> partials);
  void fold_regimes(std::span<const RegimePartial> partials);
  [[nodiscard]] Queue queue() const { return {stream_, most_blocks_}; }
  [[nodiscard]] Quantity quantity_of(const Job& job) const { return plan_.spec().quantities[job.quantity]; }
  [[nodiscard]] std::size_t value_size(const Job& job) const;
  [[nodiscard]] std::int64_t evaluations_per_cell(Quantity quantity) const;

  const MapPlan& plan_;
  const SpectrumOnDevice<F>* spectrum_;
  std::int64_t most_blocks_;
  TileRows<F> rows_;
  DeviceBuffer<std::byte> partials_;
  DeviceBuffer<F> values_;  // of a batch
  DeviceBuffer<std::uint32_t> uncertain_;
  std::int64_t batch_positions_ = 0;
  int halvings_ = 0;
  std::array<Arrival, window> arrivals_;

  std::vector<KeyBins> bins_;
  DeviceBuffer<unsigned long long> counts_;  // KeyBins::count for each

  // The tile in hand.
  TileData data_;
  Box box_;
  std::vector<Job> jobs_;
  std::size_t queued_ = 0;
  std::size_t folded_ = 0;
  // Cells that converge, by each quantity that can tell.
  std::optional<std::int64_t> convergent_by_regime_;
  std::optional<std::int64_t> convergent_by_gap_;
  std::optional<std::int64_t> convergent_by_rate_;

  Stream stream_;
};

}  // namespace ravine::cuda
