// The tiles of a rate map through CUDA devices. Plain C++, also without CUDA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/tile_sweep.hpp"
#include "ravine/grid.hpp"
#include "ravine/spec.hpp"

namespace ravine::cuda {

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

/// A sweep over the tiles of a rate map, which can count values on the way.
class MapSweep : public TileSweep {
 public:
  /// From now on counts the values of every tile into these bins, from zero. No tile is begun.
  virtual void start_counting(std::span<const KeyBins> bins) = 0;
  /// Adds what the tiles that were taken since then have in the bins of that number; `counts` has KeyBins::count.
  virtual void add_counts(std::size_t number, std::span<std::int64_t> counts) = 0;
};

/// \throws BackendError if a device can't be used, or what a tile needs beside its values does not fit it.
[[nodiscard]] std::unique_ptr<MapSweep> make_map_sweep(const Spec& spec, const Grid& grid, const SweepOptions& options);

}  // namespace ravine::cuda
