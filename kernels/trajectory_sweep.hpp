// The tiles of a study of trajectories through CUDA devices. Plain C++, also without CUDA.
#pragma once

#include <memory>

#include "kernels/map_sweep.hpp"
#include "kernels/tile_sweep.hpp"

namespace ravine::cuda {

/// `spec` is of kind trajectory. \throws BackendError if a device can't be used, or not even a small batch fits it.
[[nodiscard]] std::unique_ptr<TileSweep> make_trajectory_sweep(const Spec& spec, const Grid& grid,
                                                               const SweepOptions& options);

}  // namespace ravine::cuda
