// The replicates of a noise study through CUDA devices. Plain C++, also without CUDA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/map_sweep.hpp"
#include "kernels/replicate_parameters.hpp"
#include "ravine/spec.hpp"

namespace ravine::cuda {

/// Whether a study bins the losses.
enum class Binning { none, losses };

/// What a batch of blocks leaves: arrays as in ReplicateSums.
struct ReplicateResults {
  std::span<const model::Sums> sums;
  std::span<const std::int64_t> finite;
  std::span<const std::uint32_t> bins;  ///< empty: losses are not binned
};

/// Simulates batches of blocks of replicates, two on each device at a time, and gives back what each leaves, in the
/// order in which they were begun. Memory follows what is recorded, not the replicates. Used by one thread.
class ReplicateSweep {
 public:
  virtual ~ReplicateSweep() = default;
  ReplicateSweep(const ReplicateSweep&) = delete;
  ReplicateSweep& operator=(const ReplicateSweep&) = delete;
  ReplicateSweep(ReplicateSweep&&) = delete;
  ReplicateSweep& operator=(ReplicateSweep&&) = delete;

  /// Batches that may be begun and not yet taken.
  [[nodiscard]] virtual std::size_t depth() const = 0;
  /// Blocks that the next batch may have, at least 1.
  [[nodiscard]] virtual std::int64_t most_blocks() const = 0;
  /// Starts a batch and returns. `cells` are those that the blocks are of, and `shifts` theirs as in ReplicateBatch.
  /// \throws DeviceLost.
  virtual void begin(BlockRange blocks, std::span<const ReplicateCell> cells, std::span<const double> shifts) = 0;
  /// Waits for the oldest begun batch. The results are valid until the next begin().
  /// \throws DeviceLost.
  [[nodiscard]] virtual ReplicateResults take() = 0;

  /// What the user should know of how it went: one line each.
  [[nodiscard]] virtual std::vector<std::string> notes() const = 0;

 protected:
  ReplicateSweep() = default;
};

/// `spec` is of kind noise; `tile_cells` are those of a whole tile. \throws BackendError if a device can't be used, or
/// not even a block of replicates fits it.
[[nodiscard]] std::unique_ptr<ReplicateSweep> make_replicate_sweep(const Spec& spec, std::int64_t tile_cells,
                                                                   Binning binning, const SweepOptions& options);

}  // namespace ravine::cuda
