// Rate maps: every cell by closed forms.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/tile_evaluator.hpp"

namespace ravine {

class MapEvaluator : public TileEvaluator {
 public:
  using TileEvaluator::evaluate;
  static constexpr std::int64_t piece_cells = 4096;
  [[nodiscard]] std::int64_t cells_per_piece() const final { return piece_cells; }
};

[[nodiscard]] std::unique_ptr<MapEvaluator> make_map_evaluator(const Spec& spec, const Grid& grid, Structure structure);

}  // namespace ravine
