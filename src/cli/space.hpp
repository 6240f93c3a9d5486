/// \file
/// Room on the disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "cli/console.hpp"

namespace ravine::cli {

/// Free bytes where `path` is or would be made; nothing if the system does not say.
[[nodiscard]] std::optional<std::int64_t> free_bytes(const std::filesystem::path& path);

/// Warns if a map of `bytes` has no room at `path`. No error: quotas and sparse file systems know better.
void warn_if_short(Console& console, const std::filesystem::path& path, std::int64_t bytes);

}  // namespace ravine::cli
