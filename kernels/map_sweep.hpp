// The tiles of a rate map through CUDA devices. Plain C++, also without CUDA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ravine/grid.hpp"
#include "ravine/spec.hpp"
#include "ravine/store.hpp"

namespace ravine::cuda {

/// What of a tile comes back: its chunks and its partial results, or these alone.
enum class Keep { chunks, summary };

/// How a worst case is taken: by the two ends of the spectrum where they decide, or by trying every eigenvalue, which
/// is the definition. The same bits.
enum class WorstBy { ends, all };

struct SweepOptions {
  std::vector<int> devices;  ///< ordinals; usable ones, at least one
  Keep keep = Keep::chunks;
  WorstBy worst_by = WorstBy::ends;
};

/// Keys (model::order_key, widened to 64 bits) of one quantity's values that a sweep counts: bin b has those with
/// (key - low) >> shift = b. `low` is a multiple of count << shift.
struct KeyBins {
  static constexpr std::uint64_t count = std::uint64_t{1} << 16U;
  std::size_t quantity;  ///< its number in the spec; rate, gap or a part of an eigenvalue
  std::uint64_t low;
  int shift;
};

/// Evaluates tiles, two on each device at a time: one is computed while the other's values are copied to the host, into
/// pinned memory that the chunks are made of. A tile is evaluated in batches that fit the device's free memory. Used by
/// one thread.
class MapSweep {
 public:
  virtual ~MapSweep() = default;
  MapSweep(const MapSweep&) = delete;
  MapSweep& operator=(const MapSweep&) = delete;
  MapSweep(MapSweep&&) = delete;
  MapSweep& operator=(MapSweep&&) = delete;

  /// Tiles that may be begun and not yet taken.
  [[nodiscard]] virtual std::size_t depth() const = 0;
  /// Starts tile `id` and returns. `buffers` is a tile that is used up, or an empty one.
  /// \throws OutOfDeviceMemory for pinned memory, DeviceLost.
  virtual void begin(std::int64_t id, TileData buffers) = 0;
  /// Goes on with every begun tile, waiting for at most one batch, of the oldest; whether that is whole. \throws
  /// DeviceLost.
  virtual bool advance() = 0;
  /// Cells of the oldest begun tile that are evaluated.
  [[nodiscard]] virtual std::int64_t cells_done() const = 0;
  /// The oldest begun tile, once it is whole.
  [[nodiscard]] virtual TileData take() = 0;
  /// From now on counts the values of every tile into these bins, from zero. No tile is begun.
  virtual void start_counting(std::span<const KeyBins> bins) = 0;
  /// Adds what the tiles that were taken since then have in the bins of that number; `counts` has KeyBins::count.
  virtual void add_counts(std::size_t number, std::span<std::int64_t> counts) = 0;

  /// What the user should know of how it went: one line each.
  [[nodiscard]] virtual std::vector<std::string> notes() const = 0;

 protected:
  MapSweep() = default;
};

/// \throws BackendError if a device can't be used, or what a tile needs beside its values does not fit it.
[[nodiscard]] std::unique_ptr<MapSweep> make_map_sweep(const Spec& spec, const Grid& grid, const SweepOptions& options);

}  // namespace ravine::cuda
