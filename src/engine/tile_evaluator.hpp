// Evaluates what a spec asks for tile by tile: coordinates in, chunks and partial results out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "ravine/grid.hpp"
#include "ravine/spec.hpp"
#include "ravine/store.hpp"
#include "ravine/summary.hpp"

namespace ravine {

/// One tile at a time: load() it, then evaluate its pieces from any thread.
class TileEvaluator {
 public:
  virtual ~TileEvaluator() = default;
  TileEvaluator(const TileEvaluator&) = delete;
  TileEvaluator& operator=(const TileEvaluator&) = delete;
  TileEvaluator(TileEvaluator&&) = delete;
  TileEvaluator& operator=(TileEvaluator&&) = delete;

  /// Makes `tile` the one in hand, and sizes `data` for it (its id, chunks filled with the fill value at the padding).
  virtual void load(std::int64_t tile, TileData& data) = 0;

  /// Cells of the tile in hand.
  [[nodiscard]] virtual std::int64_t cells() const = 0;
  /// Cells of a piece: what one item of a parallel loop evaluates.
  [[nodiscard]] virtual std::int64_t cells_per_piece() const = 0;
  [[nodiscard]] std::int64_t pieces() const { return (cells() + cells_per_piece() - 1) / cells_per_piece(); }

  /// Evaluates cells [first, first + count) of the tile in hand (in its own grid order) into the chunks. Cells that
  /// take long are given up, their values unfinished, soon after `interrupted` says so.
  using Interrupted = std::function<bool()>;
  virtual void evaluate(std::int64_t first, std::int64_t count, TileData& data,
                        const Interrupted& interrupted) const = 0;
  void evaluate(std::int64_t first, std::int64_t count, TileData& data) const {
    evaluate(first, count, data, [] { return false; });
  }

  /// The partial results of those cells, read from the chunks.
  [[nodiscard]] virtual Summary summarize(std::int64_t first, std::int64_t count, const TileData& data) const = 0;

 protected:
  TileEvaluator() = default;
};

/// Whether what is known of rows (docs/decisions/0004-row-structure.md) is made use of. The bytes are the same.
enum class Structure {
  used,
  ignored,  ///< every cell by the model itself: to check a map by another way than it was made
};

/// The evaluator of the spec's kind, at its precision.
[[nodiscard]] std::unique_ptr<TileEvaluator> make_tile_evaluator(const Spec& spec, const Grid& grid,
                                                                 Structure structure);

}  // namespace ravine
