/// \file
/// A store's map as files that other programs read: .npy arrays or CSV tables.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <vector>

#include "ravine/store.hpp"

namespace ravine {

enum class ExportFormat {
  npy,  ///< <quantity>.npy in the map's shape and <axis>.npy per axis, little-endian, C order
  csv,  ///< <quantity>.csv with a row per cell: the axes' values, then the quantity's
};

enum class MissingTiles {
  refuse,
  fill,  ///< their cells hold the fill value: NaN, and not_computed for regimes
};

enum class ExistingFiles { keep, replace };

struct ExportOptions {
  ExportFormat format = ExportFormat::npy;
  std::filesystem::path directory;  ///< made where it is missing
  MissingTiles missing = MissingTiles::refuse;
  ExistingFiles existing = ExistingFiles::keep;
  std::stop_token stop;
};

enum class ExportOutcome { complete, interrupted };

struct ExportReport {
  ExportOutcome outcome = ExportOutcome::complete;
  std::vector<std::filesystem::path> files;
  std::int64_t tiles_filled = 0;  ///< missing tiles whose cells hold the fill value
};

/// Writes the map into `options.directory`, tile by tile: memory does not grow with the map. All files appear at the
/// end, or none. Rows of a CSV are in grid order; numbers have as many digits as give the value back (17, or 9 for
/// float32), regimes are written by name.
/// \throws DataError for a corrupt tile, or a missing one where they are refused; StoreBusyError for a file that
/// exists and is to be kept; IoError.
[[nodiscard]] ExportReport export_map(const Store& store, const ExportOptions& options);

/// A stretch of cells that follow one another both in the grid and in a tile's chunk.
struct CellRun {
  std::int64_t first_cell = 0;   ///< its number in the grid
  std::int64_t first_value = 0;  ///< its place in the chunk
  std::int64_t count = 0;
};

/// The cells of tile `id` as runs as long as they can be, in the chunk's order; padding is left out.
[[nodiscard]] std::vector<CellRun> cell_runs(const Grid& grid, std::int64_t id);

}  // namespace ravine
