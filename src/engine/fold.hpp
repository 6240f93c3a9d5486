// The partial results of a tile's cells, read from its chunks.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/tile_cells.hpp"
#include "ravine/spec.hpp"
#include "ravine/store.hpp"
#include "ravine/summary.hpp"

namespace ravine {

/// Of cells [first, first + count) of the tile in hand.
template <class F>
[[nodiscard]] Summary fold(const TileCells<F>& tile, const std::vector<Quantity>& quantities, std::int64_t first,
                           std::int64_t count, const TileData& data);

}  // namespace ravine
