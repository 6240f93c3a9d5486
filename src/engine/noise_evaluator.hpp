// Noise studies cell by cell, as verify recomputes them.
#pragma once

#include <memory>

#include "engine/tile_evaluator.hpp"

namespace ravine {

[[nodiscard]] std::unique_ptr<TileEvaluator> make_noise_evaluator(const Spec& spec, const Grid& grid);

}  // namespace ravine
