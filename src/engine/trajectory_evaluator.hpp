// Trajectories: every cell from its start to the last step.
#pragma once

#include <memory>

#include "engine/tile_evaluator.hpp"

namespace ravine {

/// Memory: the modes of `cpu::lanes` trajectories for each thread, beside the tile.
[[nodiscard]] std::unique_ptr<TileEvaluator> make_trajectory_evaluator(const Spec& spec, const Grid& grid);

}  // namespace ravine
