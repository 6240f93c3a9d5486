#include "cli/space.hpp"

#include <fmt/format.h>

#include <system_error>

#include "cli/text.hpp"

namespace ravine::cli {

std::optional<std::int64_t> free_bytes(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::path place = std::filesystem::absolute(path, failure);
  while (!failure && !std::filesystem::exists(place, failure) && place.has_relative_path()) {
    failure.clear();
    place = place.parent_path();
  }
  const std::filesystem::space_info space = std::filesystem::space(place, failure);
  if (failure || space.available > INT64_MAX) return std::nullopt;
  return static_cast<std::int64_t>(space.available);
}

void warn_if_short(Console& console, const std::filesystem::path& path, std::int64_t bytes) {
  const std::optional<std::int64_t> space = free_bytes(path);
  if (!space || *space >= bytes) return;
  console.warn(fmt::format("the map needs {} but only {} are free; choose a place with more room with --store",
                           human_bytes(bytes), human_bytes(*space)));
}

}  // namespace ravine::cli
