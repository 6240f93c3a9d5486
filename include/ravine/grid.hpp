/// \file
/// The grid of a map and its division into tiles: pure functions of the spec and the target tile size.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ravine/spec.hpp"

namespace ravine {

/// Index or extent per axis of the map, slowest first.
using Index = std::vector<std::int64_t>;

/// A box of cells.
struct Box {
  Index first;
  Index shape;
  [[nodiscard]] std::int64_t cells() const;
};

/// The map's shape and its tiles. Cells and tiles are numbered in grid order (the last axis fastest), from 0.
struct Grid {
  Index shape;
  Index tile_shape;

  [[nodiscard]] std::int64_t cells() const;
  [[nodiscard]] std::int64_t tile_count() const;
  /// Tiles along each axis.
  [[nodiscard]] Index tiles_along() const;
  /// The position of tile `id` in units of tiles: its Zarr chunk key.
  [[nodiscard]] Index tile_position(std::int64_t id) const;
  /// The cells of tile `id`, cut at the grid's edge.
  [[nodiscard]] Box tile(std::int64_t id) const;
  /// Cells of a whole tile, as stored (edge tiles are padded with the fill value).
  [[nodiscard]] std::int64_t tile_capacity() const;
  /// Grid-order number of the cell at `index`.
  [[nodiscard]] std::int64_t cell_number(const Index& index) const;
  [[nodiscard]] Index cell_index(std::int64_t number) const;
};

inline constexpr std::int64_t default_tile_cells = std::int64_t{1} << 22;
/// Steps of an eigenvalue of a replicate: about a minute of one core.
inline constexpr std::int64_t default_tile_work = std::int64_t{1} << 35;

/// The grid of `spec`'s map with tiles of at most about `target_tile_cells` cells: the fastest axis whole if it fits,
/// then as much of the next as fits, and so on. Where no target is given it is default_tile_cells, or for ensembles as
/// many cells as have default_tile_cells values together and take default_tile_work.
/// \throws UsageError if the map's bytes or cells exceed 2^63 - 1, target_tile_cells < 1, or a noise study has more
/// than 2^40 cells that draw numbers of their own.
[[nodiscard]] Grid make_grid(const Spec& spec, std::optional<std::int64_t> target_tile_cells = std::nullopt);

}  // namespace ravine
