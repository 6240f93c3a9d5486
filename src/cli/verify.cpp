// `ravine verify STORE`: every checksum, and a sample of the cells computed again.

#include <fmt/format.h>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/signals.hpp"
#include "cli/text.hpp"
#include "ravine/engine.hpp"
#include "ravine/spectrum_store.hpp"

namespace ravine::cli {

namespace {

struct VerifyArguments {
  std::filesystem::path store;
  double sample = 0.01;
  bool json = false;
};

ExitCode verdict(const VerifyReport& report) {
  if (report.tiles_corrupt > 0 || report.coordinates_corrupt > 0 || report.cells_different > 0)
    return ExitCode::bad_data;
  if (report.tiles_missing > 0) return ExitCode::interrupted;
  return ExitCode::done;
}

const char* verdict_word(ExitCode code) {
  if (code == ExitCode::bad_data) return "corrupt";
  return code == ExitCode::interrupted ? "incomplete" : "right";
}

Json verify_json(const VerifyReport& report, const VerifyArguments& arguments) {
  Json json = Json::object();
  json["command"] = "verify";
  json["store"] = arguments.store.string();
  json["verdict"] = verdict_word(verdict(report));
  json["tiles"] = {{"done", report.tiles_done}, {"missing", report.tiles_missing}, {"corrupt", report.tiles_corrupt}};
  json["sample"] = arguments.sample;
  json["cells_recomputed"] = report.cells_recomputed;
  json["cells_different"] = report.cells_different;
  json["coordinates_corrupt"] = report.coordinates_corrupt;
  json["problems"] = report.problems;
  return json;
}

std::string advice(const VerifyReport& report, const VerifyArguments& arguments) {
  const std::string resume = fmt::format("ravine run SPEC --store {} --resume", shell_quoted(arguments.store.string()));
  if (report.coordinates_corrupt > 0) return fmt::format("to write the coordinates again: {}\n", resume);
  if (report.cells_different > 0) {
    return "stored values are not those of their cells: delete the store and run the spec again\n";
  }
  if (report.tiles_corrupt > 0) return fmt::format("to compute the corrupt tiles again: {}\n", resume);
  if (report.tiles_missing > 0) return fmt::format("to compute the missing tiles: {}\n", resume);
  return {};
}

std::string verify_text(const VerifyReport& report, const VerifyArguments& arguments) {
  std::string text = fmt::format("store {}: {}\n", arguments.store.string(), verdict_word(verdict(report)));
  text += fmt::format("  tiles       {} right, {} missing, {} corrupt\n", grouped(report.tiles_done),
                      grouped(report.tiles_missing), grouped(report.tiles_corrupt));
  text += fmt::format("  recomputed  {} cells, {} different\n", grouped(report.cells_recomputed),
                      grouped(report.cells_different));
  for (const std::string& problem : report.problems) text += fmt::format("  problem     {}\n", problem);
  if (report.problems.size() == VerifyReport::most_problems) text += "  these are the first; there may be more\n";
  return text + advice(report, arguments);
}

/// A spectrum is frozen: its arrays are checked, and nothing of it is computed again.
ExitCode verify_spectrum(const VerifyArguments& arguments, Console& console) {
  const SpectrumStore store = SpectrumStore::open(arguments.store);
  const std::vector<std::string> damage = store.damage();
  const char* const word = verdict_word(damage.empty() ? ExitCode::done : ExitCode::bad_data);
  if (arguments.json) {
    Json json = Json::object();
    json["command"] = "verify";
    json["store"] = arguments.store.string();
    json["verdict"] = word;
    json["arrays"] = store.arrays();
    json["problems"] = damage;
    console.print(printed(json));
  } else {
    std::string text = fmt::format("spectrum {}: {}\n  arrays      {}\n", arguments.store.string(), word,
                                   grouped(static_cast<std::int64_t>(store.arrays().size())));
    for (const std::string& problem : damage) text += fmt::format("  problem     {}\n", problem);
    console.print(text);
  }
  return damage.empty() ? ExitCode::done : ExitCode::bad_data;
}

ExitCode verify_command(const VerifyArguments& arguments, Context& context) {
  if (SpectrumStore::exists(arguments.store)) return verify_spectrum(arguments, context.console);
  const StopOnSignal stop;
  const Store store = Store::open(arguments.store);
  const VerifyReport report = verify(store, arguments.sample, stop.token());
  const ExitCode code = verdict(report);
  if (stop.stopped() && code != ExitCode::bad_data) {
    context.console.error("interrupted before every tile was checked; run 'ravine verify' again");
    return ExitCode::interrupted;
  }
  context.console.print(arguments.json ? printed(verify_json(report, arguments)) : verify_text(report, arguments));
  return code;
}

}  // namespace

void add_verify_command(CLI::App& app, Action& action) {
  const auto command = add_command<VerifyArguments>(app, action, "verify", verify_command);
  VerifyArguments& arguments = *command.arguments;
  describe(
      *command.app, "check every checksum of a store and compute a sample of its cells again",
      "Leaves with 0 only if every tile is there and right, with 65 if anything is corrupt or differs, with 75 if\n"
      "tiles are merely missing. Of a spectrum every array is checked, and nothing is computed again.");
  add_text(*command.app, {"STORE", "DIR", "the store, a directory written by ravine run or ravine spectrum", required},
           [&arguments](const std::string& text) { arguments.store = text; });
  add_text(*command.app, {"--sample", "F", "fraction of the cells to compute again, 0 to 1 (default: 0.01)"},
           [&arguments](const std::string& text) { arguments.sample = parse_fraction("--sample", text); });
  add_json(*command.app, arguments.json);
}

}  // namespace ravine::cli
