/// \file
/// The records under `.ravine/`: what a finished tile holds, and what a writer notes of its run. JSON text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "io/lock.hpp"
#include "ravine/store.hpp"
#include "ravine/summary.hpp"

namespace ravine::detail {

/// One chunk file as it was written.
struct ChunkRecord {
  std::string quantity;
  std::int64_t bytes = 0;
  std::string checksum;  ///< XXH3-128, 32 hexadecimal digits
};

/// A finished tile.
struct TileRecord {
  std::int64_t id = 0;
  std::string identity;  ///< of the store: a record copied from another store does not count
  std::vector<ChunkRecord> chunks;
  Summary summary;
};

/// The record's path inside a store: at most 4096 to a folder.
[[nodiscard]] std::filesystem::path tile_record_path(std::int64_t id);

/// The text of a record; its last member is a checksum of the rest. Values are written so that they read back exactly.
[[nodiscard]] std::string to_text(const TileRecord& record);

/// The inverse of to_text. \throws DataError saying what is wrong (not in which file) unless `text` is exactly what
/// to_text writes.
[[nodiscard]] TileRecord parse_tile_record(std::string_view text);

/// How a run ended, as its run file tells.
struct RunEnd {
  std::string outcome;
  std::string time;
  std::int64_t tiles_written = 0;
  double seconds = 0;
};

/// The text of a run file; `end` is null while the run lasts.
[[nodiscard]] std::string run_file_text(const WriterLabel& writer, const RunInfo& info, const RunEnd* end);

}  // namespace ravine::detail
