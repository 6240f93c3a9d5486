// `ravine status STORE`: what is done, missing and corrupt, who wrote, and the summary so far.

#include <fmt/format.h>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/run_files.hpp"
#include "cli/text.hpp"
#include "ravine/error.hpp"

namespace ravine::cli {

namespace {

struct StatusArguments {
  std::filesystem::path store;
  bool json = false;
};

struct TileCounts {
  std::int64_t done = 0;
  std::int64_t missing = 0;
  std::int64_t corrupt = 0;
  std::string first_corrupt;  ///< the reason of the first corrupt tile
  [[nodiscard]] std::int64_t total() const { return done + missing + corrupt; }
};

TileCounts count_tiles(const Store& store) {
  TileCounts counts;
  for (std::int64_t id = 0; id < store.grid().tile_count(); ++id) {
    const TileCheck check = store.check_tile(id, CheckDepth::presence);
    if (check.state == TileState::done) ++counts.done;
    if (check.state == TileState::missing) ++counts.missing;
    if (check.state != TileState::corrupt) continue;
    if (++counts.corrupt == 1) counts.first_corrupt = check.reason;
  }
  return counts;
}

/// The fold over the records; nothing while a damaged one is among them (it could only mislead).
std::optional<MapSummary> summary_so_far(const Store& store, const TileCounts& counts) {
  if (counts.corrupt > 0 || counts.done == 0) return std::nullopt;
  return summarize(store);
}

Json status_json(const Store& store, const TileCounts& counts) {
  Json json = Json::object();
  json["command"] = "status";
  json["store"] = store.path().string();
  json["identity"] = store.identity();
  json["shape"] = store.grid().shape;
  json["tile_shape"] = store.grid().tile_shape;
  json["cells"] = store.grid().cells();
  json["tiles"] = {
      {"total", counts.total()}, {"done", counts.done}, {"missing", counts.missing}, {"corrupt", counts.corrupt}};
  json["complete"] = counts.done == counts.total();
  json["first_problem"] = counts.corrupt > 0 ? Json(counts.first_corrupt) : Json(nullptr);
  const std::optional<MapSummary> map = summary_so_far(store, counts);
  json["summary"] = map ? summary_json(store, *map) : Json(nullptr);
  json["runs"] = Json::array();
  for (const RunFile& run : run_files(store)) json["runs"].push_back({{"file", run.name}, {"run", run.content}});
  return json;
}

std::string advice(const Store& store, const TileCounts& counts) {
  const std::string path = shell_quoted(store.path().string());
  if (counts.done == counts.total()) return fmt::format("next: ravine plot {}\n", path);
  return fmt::format("next: ravine run SPEC --store {} --resume\n", path);
}

std::string status_text(const Store& store, const TileCounts& counts) {
  const auto total = static_cast<double>(counts.total());
  std::string text =
      fmt::format("store {}\n  identity    {}\n  cells       {} = {}\n", store.path().string(), store.identity(),
                  shape_text(store.grid().shape, store.spec()), grouped(store.grid().cells()));
  text += fmt::format("  tiles       {} done ({}), {} missing, {} corrupt, of {}\n", grouped(counts.done),
                      percent(static_cast<double>(counts.done), total), grouped(counts.missing),
                      grouped(counts.corrupt), grouped(counts.total()));
  if (counts.corrupt > 0) text += fmt::format("  corrupt     {}\n", counts.first_corrupt);
  if (const std::optional<MapSummary> map = summary_so_far(store, counts)) {
    text += counts.done == counts.total() ? "map\n" : "map so far\n";
    text += summary_text(store, *map);
  }
  const std::vector<RunFile> runs = run_files(store);
  if (!runs.empty()) text += "runs\n";
  for (const RunFile& run : runs) text += fmt::format("  {}\n", run_text(run));
  return text + advice(store, counts);
}

ExitCode status(const StatusArguments& arguments, Context& context) {
  const Store store = Store::open(arguments.store);
  const TileCounts counts = count_tiles(store);
  context.console.print(arguments.json ? printed(status_json(store, counts)) : status_text(store, counts));
  return ExitCode::done;
}

}  // namespace

void add_status_command(CLI::App& app, Action& action) {
  const auto command = add_command<StatusArguments>(app, action, "status", status);
  describe(*command.app, "say what of a store is done, missing and corrupt, who wrote it, and the map so far",
           "Looks for the files of every tile and at their sizes; 'ravine verify' checks every byte. Leaves with 0 "
           "whatever\n"
           "the state, with 65 if STORE is no store.");
  add_store(*command.app, command.arguments->store);
  add_json(*command.app, command.arguments->json);
}

}  // namespace ravine::cli
