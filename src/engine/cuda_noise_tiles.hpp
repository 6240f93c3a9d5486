// Tiles of noise studies on CUDA devices, which simulate the replicates; the host has the theory and the folds.
#pragma once

#include <memory>

#include "engine/tile_computer.hpp"
#include "kernels/map_sweep.hpp"

namespace ravine {

/// `threads` are those of the host. Memory does not grow with the replicates.
/// \throws BackendError if a device can't be used, or not even a block of replicates fits it.
[[nodiscard]] std::unique_ptr<TileComputer> make_cuda_noise_tiles(const Spec& spec, const Grid& grid,
                                                                  const cuda::SweepOptions& options, int threads);

}  // namespace ravine
