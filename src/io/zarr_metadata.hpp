/// \file
/// The metadata and the coordinates of a store, as Zarr v2, xarray and CF readers expect them.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "io/files.hpp"
#include "ravine/grid.hpp"
#include "ravine/spec.hpp"

namespace ravine::detail {

/// What a store is of.
struct StoreHead {
  Spec spec;
  Grid grid;
  std::string identity;
};

/// Every metadata file of a store: path inside it -> text. A pure function of the head and the program's version.
[[nodiscard]] std::map<std::string, std::string> metadata_files(const StoreHead& head);

/// Writes the coordinate arrays' chunks. \throws IoError.
void write_coordinates(const std::filesystem::path& store, const StoreHead& head);

/// One line for each coordinate chunk that does not hold its axis's values. \throws IoError.
[[nodiscard]] std::vector<std::string> damaged_coordinates(const std::filesystem::path& store, const StoreHead& head);

/// Writes those chunks again; how many there were. \throws IoError.
std::int64_t repair_coordinates(const std::filesystem::path& store, const StoreHead& head, Scratch& scratch);

/// Reads what a store is of and checks its metadata against that, and that its coordinates are there.
/// \throws DataError naming the file, IoError.
[[nodiscard]] StoreHead read_head(const std::filesystem::path& store);

}  // namespace ravine::detail
