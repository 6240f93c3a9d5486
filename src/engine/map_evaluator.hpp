// Evaluates a map tile by tile: coordinates in, chunks and partial results out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ravine/grid.hpp"
#include "ravine/spec.hpp"
#include "ravine/store.hpp"
#include "ravine/summary.hpp"

namespace ravine {

/// One tile at a time: load() it, then evaluate its pieces from any thread.
class MapEvaluator {
 public:
  /// Cells of a piece: what one item of a parallel loop evaluates.
  static constexpr std::int64_t piece_cells = 4096;

  virtual ~MapEvaluator() = default;
  MapEvaluator(const MapEvaluator&) = delete;
  MapEvaluator& operator=(const MapEvaluator&) = delete;
  MapEvaluator(MapEvaluator&&) = delete;
  MapEvaluator& operator=(MapEvaluator&&) = delete;

  /// Makes `tile` the one in hand, and sizes `data` for it (its id, chunks filled with the fill value at the padding).
  virtual void load(std::int64_t tile, TileData& data) = 0;

  /// Cells of the tile in hand.
  [[nodiscard]] virtual std::int64_t cells() const = 0;
  [[nodiscard]] std::int64_t pieces() const { return (cells() + piece_cells - 1) / piece_cells; }

  /// Evaluates cells [first, first + count) of the tile in hand (in its own grid order) into the chunks.
  virtual void evaluate(std::int64_t first, std::int64_t count, TileData& data) const = 0;

  /// The partial results of those cells, read from the chunks.
  [[nodiscard]] virtual Summary summarize(std::int64_t first, std::int64_t count, const TileData& data) const = 0;

 protected:
  MapEvaluator() = default;
};

/// Whether what is known of rows (docs/decisions/0004-row-structure.md) is made use of. The bytes are the same.
enum class Structure {
  used,
  ignored,  ///< every cell by the model itself: to check a map by another way than it was made
};

[[nodiscard]] std::unique_ptr<MapEvaluator> make_map_evaluator(const Spec& spec, const Grid& grid, Structure structure);

}  // namespace ravine
