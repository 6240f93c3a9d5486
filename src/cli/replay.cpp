// `ravine replay STORE`: one trajectory or replicate of an ensemble, computed again by itself.

#include "ravine/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/text.hpp"
#include "io/messages.hpp"
#include "ravine/error.hpp"
#include "ravine/store.hpp"

namespace ravine::cli {

namespace {

struct ReplayArguments {
  std::filesystem::path store;
  std::optional<std::int64_t> cell;
  std::optional<std::vector<Coordinate>> place;
  std::optional<std::int64_t> replicate;
  bool every_step = false;
  bool json = false;
};

/// `alpha=0.5,beta=0.9`
std::vector<Coordinate> parse_place(const std::string& text) {
  std::vector<Coordinate> place;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string entry = text.substr(begin, end - begin);
    const std::size_t equals = entry.find('=');
    const std::optional<double> value =
        equals == std::string::npos ? std::nullopt : parse_number(std::string_view(entry).substr(equals + 1));
    if (!value) {
      refuse("--at", fmt::format("found {}; wanted AXIS=NUMBER, such as alpha=0.5", in_quotes(entry)));
    }
    place.push_back({entry.substr(0, equals), *value});
    begin = end + 1;
  }
  return place;
}

/// The cell that is asked for; where the map has one only it need not be.
std::int64_t chosen_cell(const ReplayArguments& arguments, const Store& store) {
  if (!store.spec().ensemble) {
    throw UsageError(
        fmt::format("'{}' is a map of kind rate; wanted one with trajectories to replay", arguments.store.string()));
  }
  if (arguments.cell && arguments.place) throw UsageError("found --cell and --at; wanted one of them");
  if (arguments.cell) return *arguments.cell;
  if (arguments.place) return cell_at(store.spec(), *arguments.place);
  const std::int64_t cells = store.grid().cells();
  if (cells == 1) return 0;
  throw UsageError(fmt::format("found neither --cell nor --at; wanted the one of the map's {} cells to replay", cells));
}

ReplayRequest request_of(const ReplayArguments& arguments, const Store& store) {
  ReplayRequest request;
  request.cell = chosen_cell(arguments, store);
  request.replicate = arguments.replicate;
  if (arguments.every_step) request.steps = ReplaySteps::every;
  return request;
}

/// As many digits as give any value of the precision back.
std::string digits(double value, Precision precision) {
  return precision == Precision::float32 ? fmt::format("{:.9g}", value) : fmt::format("{:.17g}", value);
}

std::string header_line(const Spec& spec) {
  std::string line = "step,loss";
  for (std::int64_t i = 0; i < components_of(spec); ++i) line += fmt::format(",loss_part_{},x_{}", i, i);
  return line + "\n";
}

std::string step_line(const ReplayedStep& step, Precision precision) {
  std::string line = fmt::format("{},{}", step.step, digits(step.loss, precision));
  for (std::size_t i = 0; i < step.x.size(); ++i) {
    line += fmt::format(",{},{}", digits(step.loss_parts[i], precision), digits(step.x[i], precision));
  }
  return line + "\n";
}

void print_table(const Spec& spec, ReplayRequest request, Console& console) {
  std::stop_source closed;
  request.stop = closed.get_token();
  console.print(header_line(spec));
  replay(spec, request, [&](const ReplayedStep& step) {
    console.print(step_line(step, spec.precision));
    if (console.output_closed()) closed.request_stop();
  });
}

/// JSON has no infinity and no NaN.
Json value_json(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : "inf";
}

Json values_json(const std::vector<double>& values) {
  Json json = Json::array();
  for (const double value : values) json.push_back(value_json(value));
  return json;
}

Json step_json(const ReplayedStep& step) {
  return {{"step", step.step},
          {"loss", value_json(step.loss)},
          {"loss_parts", values_json(step.loss_parts)},
          {"x", values_json(step.x)}};
}

Json place_json(const Store& store, std::int64_t cell) {
  const std::vector<Axis> axes = map_axes(store.spec());
  const Index index = store.grid().cell_index(cell);
  Json place = Json::object();
  for (std::size_t k = 0; k < axes.size(); ++k) {
    place[axes[k].name()] = rounded(axes[k].value(index[k]), store.spec().precision);
  }
  return place;
}

Json replicate_json(const Spec& spec, const ReplayRequest& request) {
  if (!spec.ensemble || !spec.ensemble->noise) return nullptr;
  return request.replicate.value_or(spec.ensemble->noise->first_replicate);
}

Json replay_json(const Store& store, const ReplayRequest& request) {
  Json steps = Json::array();
  const ReplayEnd end =
      replay(store.spec(), request, [&steps](const ReplayedStep& step) { steps.push_back(step_json(step)); });
  Json json = Json::object();
  json["command"] = "replay";
  json["store"] = store.path().string();
  json["identity"] = store.identity();
  json["cell"] = request.cell;
  json["at"] = place_json(store, request.cell);
  json["replicate"] = replicate_json(store.spec(), request);
  json["steps"] = std::move(steps);
  json["peak_loss"] = value_json(end.peak_loss);
  json["peak_step"] = end.peak_step;
  json["first_above"] = end.first_above;
  json["last_above"] = end.last_above;
  json["steps_to_tolerance"] = end.steps_to_tolerance;
  json["status"] = code_names(Quantity::status)[static_cast<std::size_t>(end.status)];
  return json;
}

ExitCode replay_command(const ReplayArguments& arguments, Context& context) {
  const Store store = Store::open(arguments.store);
  const ReplayRequest request = request_of(arguments, store);
  if (arguments.json) {
    context.console.print(printed(replay_json(store, request)));
  } else {
    print_table(store.spec(), request, context.console);
  }
  return ExitCode::done;
}

}  // namespace

void add_replay_command(CLI::App& app, Action& action) {
  const auto command = add_command<ReplayArguments>(app, action, "replay", replay_command);
  ReplayArguments& arguments = *command.arguments;
  describe(
      *command.app, "compute one trajectory or replicate of a store again, step by step",
      "Prints a CSV table: step, loss, and of every eigenvalue its part in the loss and its x, with the digits that\n"
      "give the very bits back. They are those of the store. STORE is read for its spec alone: its tiles need not be\n"
      "there.");
  add_store(*command.app, arguments.store);
  add_integer(*command.app, {"--cell", "N", "the cell, by its number in grid order (needed, this or --at)", 0},
              [&arguments](std::int64_t value) { arguments.cell = value; });
  add_text(*command.app,
           {"--at", "PLACE", "the cell, by its values, such as alpha=0.5,beta=0.9; axes of one value may be left out"},
           [&arguments](const std::string& text) { arguments.place = parse_place(text); });
  add_integer(*command.app,
              {"--replicate", "R", "of kind noise: the number it is drawn with (default: the spec's first)", 0,
               most_replicates - 1},
              [&arguments](std::int64_t value) { arguments.replicate = value; });
  add_flag(*command.app, "--every-step", "print every step (default: those that are recorded)", arguments.every_step);
  add_json(*command.app, arguments.json);
}

}  // namespace ravine::cli
