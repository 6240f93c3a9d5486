// `ravine export STORE`: the map as .npy arrays or CSV tables.

#include "io/export.hpp"

#include <fmt/format.h>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/signals.hpp"
#include "cli/text.hpp"

namespace ravine::cli {

namespace {

struct ExportArguments {
  std::filesystem::path store;
  std::string format;
  std::filesystem::path output;
  std::string incomplete;
  bool force = false;
  bool json = false;
};

ExportOptions export_options(const ExportArguments& arguments, const StopOnSignal& stop) {
  ExportOptions options;
  options.format = arguments.format == "npy" ? ExportFormat::npy : ExportFormat::csv;
  options.directory = arguments.output;
  options.missing = arguments.incomplete == "fill" ? MissingTiles::fill : MissingTiles::refuse;
  options.existing = arguments.force ? ExistingFiles::replace : ExistingFiles::keep;
  options.stop = stop.token();
  return options;
}

std::int64_t count_missing(const Store& store) {
  std::int64_t missing = 0;
  for (std::int64_t id = 0; id < store.grid().tile_count(); ++id) {
    if (store.check_tile(id, CheckDepth::presence).state == TileState::missing) ++missing;
  }
  return missing;
}

Json export_json(const ExportReport& report, const ExportArguments& arguments) {
  Json json = Json::object();
  json["command"] = "export";
  json["store"] = arguments.store.string();
  json["format"] = arguments.format;
  json["tiles_filled"] = report.tiles_filled;
  json["files"] = Json::array();
  for (const std::filesystem::path& file : report.files) json["files"].push_back(file.string());
  return json;
}

ExitCode refuse_incomplete(const Store& store, std::int64_t missing, Context& context) {
  context.console.error(fmt::format(
      "store '{}' is incomplete: {} of {} tiles are missing; compute them with 'ravine run SPEC --store {} --resume', "
      "or export them as NaN (regime: not_computed) with --incomplete fill",
      store.path().string(), missing, store.grid().tile_count(), shell_quoted(store.path().string())));
  return ExitCode::interrupted;
}

ExitCode export_command(const ExportArguments& arguments, Context& context) {
  const StopOnSignal stop;
  const Store store = Store::open(arguments.store);
  const ExportOptions options = export_options(arguments, stop);
  if (options.missing == MissingTiles::refuse) {
    const std::int64_t missing = count_missing(store);
    if (missing > 0) return refuse_incomplete(store, missing, context);
  }
  const ExportReport report = export_map(store, options);
  if (report.outcome == ExportOutcome::interrupted) {
    context.console.error("interrupted: nothing was exported; run the same command again");
    return ExitCode::interrupted;
  }
  if (report.tiles_filled > 0) {
    context.console.warn(fmt::format("{} missing tiles were filled with NaN (codes: not_computed; integers: -2^63)",
                                     grouped(report.tiles_filled)));
  }
  if (arguments.json) {
    context.console.print(printed(export_json(report, arguments)));
    return ExitCode::done;
  }
  for (const std::filesystem::path& file : report.files) context.console.print(file.string() + "\n");
  return ExitCode::done;
}

}  // namespace

void add_export_command(CLI::App& app, Action& action) {
  const auto command = add_command<ExportArguments>(app, action, "export", export_command);
  ExportArguments& arguments = *command.arguments;
  describe(
      *command.app, "write the map as .npy arrays or CSV tables, one file per quantity",
      "npy: QUANTITY.npy in the map's shape, and AXIS.npy per axis. csv: QUANTITY.csv with a row per cell, the axes'\n"
      "values first, in grid order, in as few digits as give the values back. All files appear at the end, or none.");
  add_store(*command.app, arguments.store);
  add_choice(*command.app, {"--to", "FORMAT", "npy or csv", required}, {"npy", "csv"},
             [&arguments](const std::string& name) { arguments.format = name; });
  add_text(*command.app, {"--output", "DIR", "the folder to write to, made where it is missing", required},
           [&arguments](const std::string& text) { arguments.output = text; });
  add_choice(*command.app,
             {"--incomplete", "WHAT", "missing tiles: refuse, or fill with NaN and not_computed (default: refuse)"},
             {"refuse", "fill"}, [&arguments](const std::string& name) { arguments.incomplete = name; });
  add_flag(*command.app, "--force", "replace files that exist already", arguments.force);
  add_json(*command.app, arguments.json);
}

}  // namespace ravine::cli
