/// \file
/// Room on the disk and in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/console.hpp"
#include "ravine/grid.hpp"
#include "ravine/spec.hpp"

namespace ravine::cli {

/// Free bytes where `path` is or would be made; nothing if the system does not say.
[[nodiscard]] std::optional<std::int64_t> free_bytes(const std::filesystem::path& path);

/// Warns if a map of `bytes` has no room at `path`. No error: quotas and sparse file systems know better.
void warn_if_short(Console& console, const std::filesystem::path& path, std::int64_t bytes);

/// What an ensemble's recording lacks in memory: how much it takes, how much there is, and what to change; nothing
/// where it fits. Maps of rates pass: their tiles may be of any size.
[[nodiscard]] std::optional<std::string> memory_shortage(const Spec& spec, const Grid& grid);

/// Refuse a run of an ensemble that can't end well before it begins. \throws UsageError.
void require_memory(const Spec& spec, const Grid& grid);
void require_disk(const Spec& spec, const Grid& grid, const std::filesystem::path& path);

}  // namespace ravine::cli
