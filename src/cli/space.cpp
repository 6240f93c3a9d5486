#include "cli/space.hpp"

#include <fmt/format.h>

#include <system_error>

#include "cli/text.hpp"
#include "io/memory.hpp"
#include "ravine/engine.hpp"
#include "ravine/error.hpp"

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

std::optional<std::string> memory_shortage(const Spec& spec, const Grid& grid) {
  if (!spec.ensemble) return std::nullopt;
  const std::int64_t needed = room_for(spec, grid).memory;
  const std::int64_t installed = installed_memory();
  if (needed <= installed) return std::nullopt;
  const std::int64_t cells = grid.tile_capacity();
  return fmt::format(
      "found a recording of {} in memory, two tiles of {} cell{}, where there are {}; record fewer steps ([record] at) "
      "or fewer quantities{}",
      human_bytes(needed), grouped(cells), cells == 1 ? "" : "s", human_bytes(installed),
      cells == 1 ? "" : ", or make the tiles smaller with --tile");
}

void require_memory(const Spec& spec, const Grid& grid) {
  if (const std::optional<std::string> shortage = memory_shortage(spec, grid)) throw UsageError(*shortage);
}

void require_disk(const Spec& spec, const Grid& grid, const std::filesystem::path& path) {
  if (!spec.ensemble) return;
  const std::int64_t needed = room_for(spec, grid).disk;
  const std::optional<std::int64_t> space = free_bytes(path);
  if (!space || needed <= *space) return;
  throw UsageError(fmt::format(
      "found a recording of {} to store, where only {} are free; record fewer steps ([record] at) or fewer quantities, "
      "or choose a place with more room with --store",
      human_bytes(needed), human_bytes(*space)));
}

}  // namespace ravine::cli
