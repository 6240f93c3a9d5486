// `ravine summary SPEC`: what the map amounts to, without keeping it.

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "cli/options.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"
#include "cli/signals.hpp"
#include "cli/text.hpp"
#include "ravine/statistics.hpp"
#include "ravine/version.hpp"

namespace ravine::cli {

namespace {

struct SummaryArguments {
  std::filesystem::path spec;
  std::optional<std::vector<double>> percentiles;  ///< in place of the spec's
  Backend backend = Backend::automatic;
  int threads = 0;
  bool json = false;
};

/// What came of it, for the reports.
struct Summarised {
  const SummaryArguments& arguments;
  const Spec& spec;
  const Grid& grid;
  const MapStatistics& statistics;
};

/// A row per percentile, a column per quantity.
std::string percentiles_text(const Summarised& map) {
  const std::vector<QuantityPercentiles>& quantities = map.statistics.percentiles;
  if (quantities.empty()) return {};
  constexpr int column = 24;  // of the longest float64, and a space
  std::string text = fmt::format("{:<14}", "percentiles");
  for (const QuantityPercentiles& found : quantities) text += fmt::format("{:<{}}", name_of(found.quantity), column);
  text.erase(text.find_last_not_of(' ') + 1);
  for (std::size_t row = 0; row < quantities.front().percentiles.size(); ++row) {
    text += fmt::format("\n  {:<12}", fmt::format("{} %", quantities.front().percentiles[row].percent));
    for (const QuantityPercentiles& found : quantities) {
      text += fmt::format("{:<{}}", shortest(found.percentiles[row].value, map.spec.precision), column);
    }
    text.erase(text.find_last_not_of(' ') + 1);
  }
  return text + "\n";
}

/// "2 threads at x86-64-v4", or the devices.
std::string worker_text(const MapStatistics& statistics) {
  if (statistics.backend == Backend::cuda) return statistics.device;
  return fmt::format("{} thread{} at {}", statistics.threads, statistics.threads == 1 ? "" : "s", statistics.simd);
}

std::string time_text(const MapStatistics& statistics) {
  std::string text = fmt::format("time\n  {} in {} pass{} over the map", human_seconds(statistics.seconds),
                                 statistics.passes, statistics.passes == 1 ? "" : "es");
  const double cells = static_cast<double>(statistics.summary.cells) * statistics.passes;
  if (statistics.seconds > 0) text += fmt::format(", {}", human_rate(cells / statistics.seconds));
  text += fmt::format(", on {} ({})\n", worker_text(statistics), statistics.backend_reason);
  if (!statistics.notes.empty()) text += "notes\n";
  for (const std::string& note : statistics.notes) text += fmt::format("  {}\n", note);
  return text;
}

std::string report_text(const Summarised& map) {
  std::string text = fmt::format("map of {}\n  {:<12}{} = {}\n", map.arguments.spec.string(), "cells",
                                 shape_text(map.grid.shape, map.spec), grouped(map.statistics.summary.cells));
  text += summary_text({map.spec, map.grid, map.statistics.summary});
  return text + percentiles_text(map) + time_text(map.statistics);
}

/// JSON has no infinity.
Json value_json(double value) {
  if (std::isfinite(value)) return value;
  return value > 0 ? "inf" : "-inf";
}

Json percentiles_json(const std::vector<QuantityPercentiles>& quantities) {
  Json json = Json::object();
  for (const QuantityPercentiles& found : quantities) {
    Json& list = json[std::string(name_of(found.quantity))] = Json::array();
    for (const Percentile& percentile : found.percentiles) {
      list.push_back(
          {{"percent", percentile.percent}, {"rank", percentile.rank}, {"value", value_json(percentile.value)}});
    }
  }
  return json;
}

Json report_json(const Summarised& map) {
  Json json = Json::object();
  json["command"] = "summary";
  json["version"] = version;
  json["model_version"] = model_version;
  json["spec"] = map.arguments.spec.string();
  json["shape"] = map.grid.shape;
  json["backend"] = name_of(map.statistics.backend);
  json["backend_reason"] = map.statistics.backend_reason;
  json["device"] = map.statistics.device;
  json["simd"] = map.statistics.simd.empty() ? Json(nullptr) : Json(map.statistics.simd);
  json["threads"] = map.statistics.threads;
  json["passes"] = map.statistics.passes;
  json["seconds"] = map.statistics.seconds;
  json["notes"] = map.statistics.notes;
  json["summary"] = summary_json({map.spec, map.grid, map.statistics.summary});
  json["percentiles"] = percentiles_json(map.statistics.percentiles);
  return json;
}

MapStatistics statistics_with_progress(const Spec& spec, StatisticsOptions options, Console& console) {
  ProgressDisplay display(console);
  options.progress = [&display](const Progress& progress) { display.update(progress); };
  return map_statistics(spec, options);
}

ExitCode summary_command(const SummaryArguments& arguments, Context& context) {
  Spec spec = read_spec(arguments.spec);
  if (arguments.percentiles) spec.percentiles = *arguments.percentiles;
  const StopOnSignal stop;  // not before: reading may wait for ever, on a pipe
  StatisticsOptions options;
  options.backend = arguments.backend;
  options.threads = arguments.threads;
  options.stop = stop.token();
  const MapStatistics statistics = statistics_with_progress(spec, std::move(options), context.console);
  if (statistics.outcome == Outcome::interrupted) {
    context.console.error("interrupted before every cell was evaluated; run 'ravine summary' again");
    return ExitCode::interrupted;
  }
  const Summarised map{arguments, spec, make_grid(spec), statistics};
  context.console.print(arguments.json ? printed(report_json(map)) : report_text(map));
  return ExitCode::done;
}

}  // namespace

void add_summary_command(CLI::App& app, Action& action) {
  const auto command = add_command<SummaryArguments>(app, action, "summary", summary_command);
  SummaryArguments& arguments = *command.arguments;
  describe(
      *command.app, "evaluate the map of a spec and keep only its summary and percentiles",
      "Writes nothing, and its memory does not grow with the map. A percentile is a value of the map: the one of\n"
      "nearest rank. Percentiles take 4 passes over the map, 2 in float32, however many there are; without them one\n"
      "pass does. SIGINT (Ctrl-C) and SIGTERM end it with 75; there is nothing to resume.");
  add_spec(*command.app, arguments.spec);
  add_text(*command.app,
           {"--percentiles", "LIST", "above 0 and at most 100, with commas, or none (default: SPEC's, else 5,50,95)"},
           [&arguments](const std::string& text) { arguments.percentiles = parse_percentiles("--percentiles", text); });
  add_backend(*command.app, help_of_equal_backends, arguments.backend);
  add_threads(*command.app, arguments.threads);
  add_json(*command.app, arguments.json);
}

}  // namespace ravine::cli
