// Tiles through CUDA devices, whatever is evaluated in them. Plain C++, also without CUDA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ravine/store.hpp"

namespace ravine::cuda {

/// What of a tile comes back: its chunks and its partial results, or these alone.
enum class Keep { chunks, summary };

/// Evaluates tiles, two on each device at a time: one is computed while the other's values are copied to the host, into
/// pinned memory that the chunks are made of. A tile is evaluated in batches that fit the device's free memory. Used by
/// one thread.
class TileSweep {
 public:
  virtual ~TileSweep() = default;
  TileSweep(const TileSweep&) = delete;
  TileSweep& operator=(const TileSweep&) = delete;
  TileSweep(TileSweep&&) = delete;
  TileSweep& operator=(TileSweep&&) = delete;

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

  /// What the user should know of how it went: one line each.
  [[nodiscard]] virtual std::vector<std::string> notes() const = 0;

 protected:
  TileSweep() = default;
};

}  // namespace ravine::cuda
