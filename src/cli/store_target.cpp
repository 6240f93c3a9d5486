#include "cli/store_target.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <string>

#include "cli/space.hpp"
#include "io/new_folder.hpp"
#include "ravine/error.hpp"
#include "ravine/version.hpp"

namespace ravine::cli {

namespace {

/// A JSON value short enough for a line.
std::string brief(const nlohmann::json& value) {
  constexpr std::size_t longest = 60;
  const std::string text = value.dump();
  return text.size() <= longest ? text : text.substr(0, longest) + "...";
}

std::string describe_change(const nlohmann::json& change, const nlohmann::json& in_store) {
  const auto path = change.at("path").get<std::string>();
  const auto operation = change.at("op").get<std::string>();
  if (operation == "add")
    return fmt::format("{}: {} in the spec, nothing in the store", path, brief(change.at("value")));
  const std::string stored = brief(in_store.at(nlohmann::json::json_pointer(path)));
  if (operation == "remove") return fmt::format("{}: nothing in the spec, {} in the store", path, stored);
  return fmt::format("{}: {} in the spec, {} in the store", path, brief(change.at("value")), stored);
}

/// What tells the two maps apart, a line each.
std::string differences(const Spec& spec, const Spec& stored) {
  const nlohmann::json wanted = nlohmann::json::parse(canonical_json(spec));
  const nlohmann::json found = nlohmann::json::parse(canonical_json(stored));
  const nlohmann::json changes = nlohmann::json::diff(found, wanted);
  if (changes.empty()) {
    return fmt::format(
        "\n  the spec is the same: the store was made by a program of another model version (this "
        "one's is {}), whose values have other bits",
        model_version);
  }
  constexpr std::size_t most = 5;
  std::string text;
  for (std::size_t k = 0; k < changes.size() && k < most; ++k) {
    text += "\n  " + describe_change(changes[k], found);
  }
  if (changes.size() > most) text += fmt::format("\n  and {} differences more", changes.size() - most);
  return text;
}

/// How to get what a spec of more replicates asks for, or else the last resort.
std::string continuation(const Spec& spec, const Spec& stored) {
  const auto noise_of = [](const Spec& one) { return one.ensemble ? one.ensemble->noise : std::nullopt; };
  const std::optional<Noise> wanted = noise_of(spec);
  const std::optional<Noise> found = noise_of(stored);
  if (!wanted || !found || wanted->first_replicate != found->first_replicate ||
      wanted->replicates <= found->replicates) {
    return ", or delete the store if it is not needed any more";
  }
  return fmt::format(
      ": replicates beyond those of the store are a study of their own, with first_replicate = {} and replicates = {} "
      "(docs/guide.md tells how the two are put together)",
      found->first_replicate + found->replicates, wanted->replicates - found->replicates);
}

void refuse_other_identity(const Store& store, const Spec& spec, const Grid& wanted) {
  Grid grid{wanted.shape, store.grid().tile_shape};
  const bool comparable = grid.tile_shape.size() == grid.shape.size();
  const std::string identity = identity_of(spec, comparable ? grid : wanted);
  if (identity == store.identity()) return;
  throw StoreBusyError(fmt::format(
      "store '{}' holds another map: found identity {}, wanted {} (that of the spec){}\nchoose another place with "
      "--store DIR{}",
      store.path().string(), store.identity(), identity, differences(spec, store.spec()),
      continuation(spec, store.spec())));
}

void refuse_existing(const std::filesystem::path& path) {
  if (!Store::exists(path)) return;
  throw StoreBusyError(
      fmt::format("store '{}' exists already; go on with it with --resume, or choose another place with --store DIR",
                  path.string()));
}

/// A store that can hold its map, of a map that can be computed.
Store create_with_room(const std::filesystem::path& path, const Spec& spec, const Grid& grid) {
  require_memory(spec, grid);
  require_disk(spec, grid, path);
  return Store::create(path, spec, grid);
}

}  // namespace

Store create_store(const std::filesystem::path& path, const Spec& spec, std::optional<std::int64_t> tile_cells) {
  const Grid grid = make_grid(spec, tile_cells);
  refuse_existing(path);
  return create_with_room(path, spec, grid);
}

void require_creatable(const std::filesystem::path& path, const SpecDraft& draft,
                       std::optional<std::int64_t> tile_cells) {
  const Grid grid = make_grid(draft.spec(), tile_cells);
  refuse_existing(path);
  detail::require_free(path);
  if (draft.problem() &&
      std::filesystem::weakly_canonical(path) == std::filesystem::weakly_canonical(draft.problem()->store)) {
    throw UsageError(fmt::format("store '{}': found the folder of the spectrum; wanted another", path.string()));
  }
  require_memory(draft.spec(), grid);
  require_disk(draft.spec(), grid, path);
}

Store open_or_create_store(const std::filesystem::path& path, const Spec& spec, std::optional<std::int64_t> tile_cells,
                           Console& console) {
  const Grid grid = make_grid(spec, tile_cells);
  if (!Store::exists(path)) {
    try {
      return create_with_room(path, spec, grid);
    } catch (const StoreBusyError&) {
      // Another shard of the same run may have made it a moment ago.
      if (!Store::exists(path)) throw;
    }
  }
  Store store = Store::open(path);
  refuse_other_identity(store, spec, grid);
  require_memory(spec, store.grid());
  if (tile_cells && store.grid().tile_shape != grid.tile_shape) {
    console.note(fmt::format("--tile {} would give tiles of {}; the store has tiles of {}, which stand", *tile_cells,
                             fmt::join(grid.tile_shape, " x "), fmt::join(store.grid().tile_shape, " x ")));
  }
  return store;
}

}  // namespace ravine::cli
