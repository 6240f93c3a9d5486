/// \file
/// The store: a Zarr v2 group whose chunks are tiles, with a checksummed record per finished tile (docs/store.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ravine/byte_buffer.hpp"
#include "ravine/field.hpp"
#include "ravine/grid.hpp"
#include "ravine/spec.hpp"
#include "ravine/summary.hpp"

namespace ravine {

/// One finished tile: per quantity of the spec a whole chunk (tile_capacity() cells with the values that its field has
/// in each, little-endian, C order, cells beyond the grid hold the fill value).
struct TileData {
  std::int64_t id = 0;
  std::vector<ByteBuffer> chunks;
  Summary summary;
};

enum class TileState { missing, done, corrupt };

struct TileCheck {
  TileState state = TileState::missing;
  std::string reason;  ///< for corrupt: what was found, what was wanted, in which file
};

/// How deep a check goes: files present with the right size, or every byte against its checksum.
enum class CheckDepth { presence, checksums };

/// A share of the tiles: those with id % count == index (0-based inside; the command line counts from 1).
struct Shard {
  std::int64_t index = 0;
  std::int64_t count = 1;
};

/// What a writer notes of itself in its run file.
struct RunInfo {
  std::string command_line;
  std::string device;
  int threads = 1;
};

/// An existing store. Cheap to copy.
class Store {
 public:
  /// Creates the directory with all metadata and no tile.
  /// \throws StoreBusyError if `path` exists and is not an empty directory; IoError.
  static Store create(const std::filesystem::path& path, const Spec& spec, const Grid& grid);
  /// \throws DataError if `path` is not a complete ravine store or its metadata is damaged; IoError.
  static Store open(const std::filesystem::path& path);
  [[nodiscard]] static bool exists(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const Spec& spec() const { return spec_; }
  [[nodiscard]] const Grid& grid() const { return grid_; }
  [[nodiscard]] const std::string& identity() const { return identity_; }
  /// One array per quantity of the spec.
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

  [[nodiscard]] TileCheck check_tile(std::int64_t id, CheckDepth depth) const;
  /// The record's partial results. \throws DataError if the record is missing or damaged.
  [[nodiscard]] Summary tile_summary(std::int64_t id) const;
  /// Reads one chunk, checked against its record. \throws DataError, IoError.
  void read_chunk(std::int64_t id, std::size_t quantity_index, std::span<std::byte> out) const;
  /// One line for each coordinate chunk that does not hold its axis's values, every byte compared. \throws IoError.
  [[nodiscard]] std::vector<std::string> damaged_coordinates() const;

 private:
  Store(std::filesystem::path path, Spec spec, Grid grid, std::string identity);
  std::filesystem::path path_;
  Spec spec_;
  Grid grid_;
  std::string identity_;
  std::vector<Field> fields_;
};

/// XXH3-128 over canonical spec, input files, tile shape and model_version: 32 hexadecimal digits.
[[nodiscard]] std::string identity_of(const Spec& spec, const Grid& grid);

/// The right to write a share of a store's tiles: holds the locks and the run file for as long as it lives.
class StoreWriter {
 public:
  /// \throws StoreBusyError, naming the other writer, if the store is in use; IoError.
  StoreWriter(Store store, Shard shard, const RunInfo& info);
  ~StoreWriter();
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;
  StoreWriter(StoreWriter&&) = delete;
  StoreWriter& operator=(StoreWriter&&) = delete;

  /// Writes again the coordinates that damaged_coordinates() finds; how many chunks. \throws IoError.
  std::int64_t repair_coordinates();
  /// Makes the tile durable: chunks (temporary name, synced, renamed, directory synced), then the record. A kill at
  /// any point leaves the tile either done or not done. \throws IoError.
  void write_tile(const TileData& tile);
  /// Notes the end in the run file: "complete", "interrupted" or "failed".
  void finish(const std::string& outcome, std::int64_t tiles_written, double seconds);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ravine
