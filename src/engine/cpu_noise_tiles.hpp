// Tiles of noise studies on the CPU: blocks of replicates on all threads, of one cell or of many.
#pragma once

#include <memory>

#include "engine/tile_computer.hpp"

namespace ravine {

/// Memory: some blocks' sums for each thread, beside the tile; it does not grow with the replicates.
[[nodiscard]] std::unique_ptr<TileComputer> make_cpu_noise_tiles(const Spec& spec, const Grid& grid, int threads);

}  // namespace ravine
