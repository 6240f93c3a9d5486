// `ravine plan SPEC`: what running a spec would take.

#include <fmt/format.h>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/space.hpp"
#include "cli/text.hpp"
#include "ravine/engine.hpp"

namespace ravine::cli {

namespace {

struct PlanArguments {
  std::filesystem::path spec;
  std::filesystem::path store;
  std::optional<std::int64_t> tile;
  int threads = 0;
  bool json = false;
};

struct Plan {
  Spec spec;
  Grid grid;
  Estimate estimate;
  std::filesystem::path store;        ///< empty when neither the spec nor --store names one
  std::optional<std::int64_t> space;  ///< free bytes there
};

Plan make_plan(const PlanArguments& arguments) {
  Plan plan;
  plan.spec = read_spec(arguments.spec);
  plan.grid = make_grid(plan.spec, arguments.tile);
  plan.estimate = estimate(plan.spec, plan.grid, arguments.threads);
  plan.store = arguments.store.empty() ? plan.spec.store : arguments.store;
  return plan;
}

Json plan_json(const Plan& plan, const PlanArguments& arguments) {
  Json json = Json::object();
  json["command"] = "plan";
  json["spec"] = arguments.spec.string();
  json["store"] = plan.store.string();
  json["identity"] = identity_of(plan.spec, plan.grid);
  json["shape"] = plan.grid.shape;
  json["tile_shape"] = plan.grid.tile_shape;
  json["cells"] = plan.estimate.cells;
  json["tiles"] = plan.estimate.tiles;
  if (plan.spec.ensemble) {
    const Ensemble& ensemble = *plan.spec.ensemble;
    json["components"] = components_of(plan.spec);
    json["steps"] = ensemble.record.steps;
    json["recorded_steps"] = recorded_step_count(ensemble.record);
    json["replicates"] = ensemble.noise ? Json(ensemble.noise->replicates) : Json(nullptr);
    json["fits_memory"] = !memory_shortage(plan.spec, plan.grid);
  }
  json["bytes"] = plan.estimate.bytes;
  json["memory"] = plan.estimate.memory;
  json["seconds"] = plan.estimate.seconds;
  const std::optional<std::int64_t> space = free_bytes(plan.store);
  json["free_bytes"] = space ? Json(*space) : Json(nullptr);
  return json;
}

std::string plan_text(const Plan& plan, const PlanArguments& arguments) {
  std::string text = fmt::format("plan of {}\n", arguments.spec.string());
  text += fmt::format("  cells       {} = {}\n", shape_text(plan.grid.shape, plan.spec), grouped(plan.estimate.cells));
  text += ensemble_line(plan.spec);
  text += fmt::format("  tiles       {} of {}\n", grouped(plan.estimate.tiles),
                      shape_text(plan.grid.tile_shape, plan.spec));
  text += fmt::format("  bytes       {} to store\n", human_bytes(plan.estimate.bytes));
  text += fmt::format("  memory      {} at most at once, beside the program\n", human_bytes(plan.estimate.memory));
  text += fmt::format("  time        {} predicted to compute (writing comes on top)\n",
                      human_seconds(plan.estimate.seconds));
  text += fmt::format("  store       {}\n", plan.store.string());
  return text;
}

ExitCode plan(const PlanArguments& arguments, Context& context) {
  const Plan made = make_plan(arguments);
  context.console.print(arguments.json ? printed(plan_json(made, arguments)) : plan_text(made, arguments));
  if (const std::optional<std::string> shortage = memory_shortage(made.spec, made.grid)) {
    context.console.warn(*shortage);
  }
  warn_if_short(context.console, made.store, made.estimate.bytes);
  return ExitCode::done;
}

}  // namespace

void add_plan_command(CLI::App& app, Action& action) {
  const auto command = add_command<PlanArguments>(app, action, "plan", plan);
  describe(*command.app, "say what running a spec would take: cells, tiles, bytes, memory, predicted time",
           "Writes nothing. The time is predicted from a sample of cells evaluated now.");
  add_spec(*command.app, command.arguments->spec);
  add_store_option(*command.app, command.arguments->store);
  add_tile(*command.app, command.arguments->tile);
  add_threads(*command.app, command.arguments->threads);
  add_json(*command.app, command.arguments->json);
}

}  // namespace ravine::cli
