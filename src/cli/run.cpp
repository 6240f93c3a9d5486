// `ravine run SPEC`: evaluates the map into a store.

#include <fmt/format.h>

#include <chrono>

#include "cli/freezing.hpp"
#include "cli/options.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"
#include "cli/signals.hpp"
#include "cli/space.hpp"
#include "cli/store_target.hpp"
#include "cli/text.hpp"
#include "engine/backend.hpp"
#include "ravine/engine.hpp"
#include "ravine/freeze.hpp"
#include "ravine/version.hpp"

namespace ravine::cli {

namespace {

struct RunArguments {
  std::filesystem::path spec;
  std::filesystem::path store;
  Backend backend = Backend::automatic;
  int threads = 0;
  std::optional<std::int64_t> tile;
  bool resume = false;
  Shard shard;
  std::optional<double> max_time;  ///< seconds
  bool json = false;
};

/// What came of a run, for the reports.
struct Finished {
  const RunArguments& arguments;
  const Store& store;
  RunReport report;
  MapSummary map;
  std::optional<Frozen> spectrum;  ///< of the spec's own problem
};

std::filesystem::path store_of(const RunArguments& arguments, const Spec& spec) {
  return arguments.store.empty() ? spec.store : arguments.store;
}

struct RunPlan {
  Estimate cost;
  BackendChoice backend;
};

std::string plan_text(const Store& store, const RunPlan& plan, const RunArguments& arguments) {
  const Estimate& cost = plan.cost;
  const Grid& grid = store.grid();
  std::string text =
      fmt::format("plan\n  map         {} = {} cells\n", shape_text(grid.shape, store.spec()), grouped(cost.cells));
  text += ensemble_line(store.spec());
  text += fmt::format("  tiles       {} of {}", grouped(cost.tiles), shape_text(grid.tile_shape, store.spec()));
  if (arguments.shard.count > 1) {
    text += fmt::format(", of which shard {}/{}", arguments.shard.index + 1, arguments.shard.count);
  }
  text += fmt::format(
      "\n  cost        {} to store, {} of memory, {} predicted to compute the whole map{} (writing comes on top)\n",
      human_bytes(cost.bytes), human_bytes(cost.memory), human_seconds(cost.seconds),
      plan.backend.backend == Backend::cuda ? " on the cpu" : "");
  text += fmt::format("  backend     {} ({})\n", plan.backend.device, plan.backend.reason);
  return text + fmt::format("  store       {}\n", store.path().string());
}

/// "2 threads at x86-64-v4", or the devices.
std::string worker_text(const RunReport& report) {
  if (report.backend == Backend::cuda) return report.device;
  return fmt::format("{} thread{} at {}", report.threads, report.threads == 1 ? "" : "s", report.simd);
}

std::string time_text(const RunReport& report) {
  const RunTimes& times = report.times;
  std::string text = "time\n";
  const auto row = [&text](const char* label, double seconds, const char* remark) {
    text += fmt::format("  {:<10}{:>12.3f} s  {}\n", label, seconds, remark);
  };
  row("check", times.check, "reading the tiles that were there");
  row("compute", times.compute, "evaluating cells");
  row("write", times.write, "writing and syncing, beside compute");
  row("wait", times.wait, "compute waiting for a write");
  row("total", times.total, "");
  if (report.cells_computed > 0 && times.total > 0) {
    text += fmt::format("  {} over all, on {}\n", human_rate(static_cast<double>(report.cells_computed) / times.total),
                        worker_text(report));
  }
  return text;
}

std::string tiles_text(const Finished& run) {
  const RunReport& report = run.report;
  std::string text =
      fmt::format("tiles\n  computed {}, kept {}", grouped(report.tiles_computed), grouped(report.tiles_kept));
  if (report.tiles_repaired > 0) text += fmt::format(", of the computed repaired {}", grouped(report.tiles_repaired));
  if (report.coordinates_repaired > 0) {
    text += fmt::format(", repaired {} of the coordinates' files", grouped(report.coordinates_repaired));
  }
  return text + fmt::format("; the store has {} of {}\n", grouped(run.map.tiles_done), grouped(run.map.tiles_total));
}

bool whole(const MapSummary& map) {
  return map.tiles_done == map.tiles_total;
}

std::string resume_command(const Finished& run) {
  std::string text = fmt::format("ravine run {} --store {} --resume", shell_quoted(run.arguments.spec.string()),
                                 shell_quoted(run.store.path().string()));
  if (run.arguments.backend != Backend::automatic) text += fmt::format(" --backend {}", name_of(run.arguments.backend));
  const Shard& shard = run.arguments.shard;
  if (shard.count > 1) text += fmt::format(" --shard {}/{}", shard.index + 1, shard.count);
  return text;
}

std::string next_command(const Finished& run) {
  if (run.report.outcome == Outcome::interrupted) return resume_command(run);
  const std::string store = shell_quoted(run.store.path().string());
  return whole(run.map) ? "ravine plot " + store : "ravine status " + store;
}

std::string run_text(const Finished& run) {
  std::string text = time_text(run.report) + tiles_text(run);
  if (!run.report.notes.empty()) text += "notes\n";
  for (const std::string& note : run.report.notes) text += fmt::format("  {}\n", note);
  const std::string summary = summary_text(run.store, run.map);
  if (!summary.empty()) text += (whole(run.map) ? "map\n" : "map so far\n") + summary;
  return text + fmt::format("store: {}\nnext: {}\n", run.store.path().string(), next_command(run));
}

Json run_json(const Finished& run) {
  const RunReport& report = run.report;
  Json json = Json::object();
  json["command"] = "run";
  json["version"] = version;
  json["model_version"] = model_version;
  json["outcome"] = report.outcome == Outcome::complete ? "complete" : "interrupted";
  json["spec"] = run.arguments.spec.string();
  json["store"] = run.store.path().string();
  json["identity"] = run.store.identity();
  json["spectrum"] = nullptr;
  if (run.spectrum) {
    json["spectrum"] = {{"store", run.spectrum->store.path().string()}, {"computed", run.spectrum->computed}};
  }
  json["shape"] = run.store.grid().shape;
  json["tile_shape"] = run.store.grid().tile_shape;
  json["backend"] = name_of(report.backend);
  json["backend_reason"] = report.backend_reason;
  json["device"] = report.device;
  json["simd"] = report.simd.empty() ? Json(nullptr) : Json(report.simd);
  json["threads"] = report.threads;
  json["shard"] = {{"index", run.arguments.shard.index + 1}, {"count", run.arguments.shard.count}};
  json["tiles_computed"] = report.tiles_computed;
  json["tiles_kept"] = report.tiles_kept;
  json["tiles_repaired"] = report.tiles_repaired;
  json["coordinates_repaired"] = report.coordinates_repaired;
  json["cells_computed"] = report.cells_computed;
  json["seconds"] = {{"check", report.times.check},
                     {"compute", report.times.compute},
                     {"write", report.times.write},
                     {"wait", report.times.wait},
                     {"total", report.times.total}};
  json["notes"] = report.notes;
  json["summary"] = summary_json(run.store, run.map);
  json["next"] = next_command(run);
  return json;
}

RunReport run_with_progress(const Store& store, const RunArguments& arguments, RunOptions options, Console& console) {
  ProgressDisplay display(console);
  options.backend = arguments.backend;
  options.threads = arguments.threads;
  options.shard = arguments.shard;
  options.progress = [&display](const Progress& progress) { display.update(progress); };
  return run(store, options);
}

ExitCode report_end(const Finished& run, const StopOnSignal& stop, Console& console) {
  console.print(run.arguments.json ? printed(run_json(run)) : run_text(run));
  if (run.report.outcome == Outcome::complete) return ExitCode::done;
  console.flush();
  console.warn(fmt::format("{}: {} of {} tiles are stored; continue with\n  {}",
                           stop.stopped() ? "stopped by a signal" : "stopped at --max-time", run.map.tiles_done,
                           run.map.tiles_total, resume_command(run)));
  return ExitCode::interrupted;
}

/// A spec whose spectrum, if it has one of its own, is frozen: after everything else of the run is found to be
/// possible.
Spec spec_with_spectrum(const SpecDraft& draft, const RunArguments& arguments, Console& console,
                        std::optional<Frozen>& spectrum) {
  if (!draft.problem()) return draft.spec();
  const std::filesystem::path path = store_of(arguments, draft.spec());
  if (!arguments.resume || !Store::exists(path)) require_creatable(path, draft, arguments.tile);
  const FreezeOptions options{arguments.backend, arguments.threads};
  spectrum = freeze_with_notes(*draft.problem(), draft.problem()->store, options, console);
  if (!arguments.json) {
    console.print(fmt::format("spectrum {}: {}\n", spectrum->computed ? "computed" : "frozen before",
                              spectrum->store.path().string()));
  }
  return draft.whole();
}

ExitCode run_command(const RunArguments& arguments, Context& context) {
  using Clock = std::chrono::steady_clock;
  Console& console = context.console;
  const SpecDraft draft(arguments.spec);
  const StopOnSignal stop;                                          // not before: reading may wait for ever, on a pipe
  const BackendChoice backend = choose_backend(arguments.backend);  // before there is a store: it may be refused
  std::optional<Frozen> spectrum;
  const Spec spec = spec_with_spectrum(draft, arguments, console, spectrum);
  const Clock::time_point start = Clock::now();  // of --max-time: not of the spectrum, which can't be ended early
  const std::filesystem::path path = store_of(arguments, spec);
  const Store store = arguments.resume ? open_or_create_store(path, spec, arguments.tile, console)
                                       : create_store(path, spec, arguments.tile);
  const RunPlan plan{estimate(spec, store.grid(), arguments.threads), backend};
  if (!arguments.resume) warn_if_short(console, path, plan.cost.bytes);
  if (!arguments.json) {
    console.print(plan_text(store, plan, arguments));
    console.flush();
  }
  RunOptions options;
  options.stop = stop.token();
  options.command_line = context.command_line;
  if (arguments.max_time) {
    options.deadline =
        start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(*arguments.max_time));
  }
  const RunReport report = run_with_progress(store, arguments, std::move(options), console);
  return report_end({arguments, store, report, summarize(store), spectrum}, stop, console);
}

void add_run_options(CLI::App& app, RunArguments& arguments) {
  add_backend(app, help_of_equal_backends, arguments.backend);
  add_flag(app, "--resume", "go on with the store: compute what has no valid record", arguments.resume);
  add_text(app, {"--shard", "I/N", "compute only share I of N (default: 1/1); shards run side by side with --resume"},
           [&arguments](const std::string& text) { arguments.shard = parse_shard(text); });
  add_text(app,
           {"--max-time", "S", "seconds after which the run ends as on Ctrl-C, a spectrum not counted (default: none)"},
           [&arguments](const std::string& text) { arguments.max_time = parse_seconds("--max-time", text); });
}

}  // namespace

void add_run_command(CLI::App& app, Action& action) {
  const auto command = add_command<RunArguments>(app, action, "run", run_command);
  RunArguments& arguments = *command.arguments;
  describe(
      *command.app, "evaluate the map of a spec into a store",
      "SIGINT (Ctrl-C) and SIGTERM end the run: the tile in work is given up, those before it are stored, and it "
      "leaves\n"
      "with 75; --resume goes on. The values depend neither on the backend, the threads, the tiles, the shards nor on "
      "how\n"
      "often a run was stopped.");
  add_spec(*command.app, arguments.spec);
  add_store_option(*command.app, arguments.store);
  add_run_options(*command.app, arguments);
  add_threads(*command.app, arguments.threads);
  add_tile(*command.app, arguments.tile);
  add_json(*command.app, arguments.json);
}

}  // namespace ravine::cli
