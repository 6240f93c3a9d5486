// `ravine plot STORE`: pictures of the map.

#include <fmt/format.h>

#include <algorithm>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "io/messages.hpp"
#include "ravine/error.hpp"
#include "ravine/plot.hpp"

namespace ravine::cli {

namespace {

struct PlotArguments {
  std::filesystem::path store;
  std::string quantity;
  std::filesystem::path output;
  std::string gnuplot = "gnuplot";
  bool json = false;
};

PlotOptions plot_options(const PlotArguments& arguments, const Store& store) {
  PlotOptions options;
  options.output = arguments.output;
  options.gnuplot = arguments.gnuplot;
  if (arguments.quantity.empty()) return options;
  std::vector<std::string> names;
  for (const Quantity quantity : store.spec().quantities) names.emplace_back(name_of(quantity));
  if (std::find(names.begin(), names.end(), arguments.quantity) == names.end()) {
    throw UsageError(fmt::format("--quantity: found {}; the store has {}{}", in_quotes(arguments.quantity),
                                 one_of(names), did_you_mean(arguments.quantity, names)));
  }
  options.quantity = quantity_named(arguments.quantity);
  return options;
}

Json plot_json(const PlotFiles& files, const PlotArguments& arguments) {
  Json json = Json::object();
  json["command"] = "plot";
  json["store"] = arguments.store.string();
  json["png"] = Json::array();
  json["svg"] = Json::array();
  for (const std::filesystem::path& file : files.png) json["png"].push_back(file.string());
  for (const std::filesystem::path& file : files.svg) json["svg"].push_back(file.string());
  json["not_drawn"] = Json::array();
  for (const auto& [quantity, reason] : files.not_drawn) {
    json["not_drawn"].push_back({{"quantity", name_of(quantity)}, {"reason", reason}});
  }
  return json;
}

ExitCode plot_command(const PlotArguments& arguments, Context& context) {
  const Store store = Store::open(arguments.store);
  const PlotFiles files = plot(store, plot_options(arguments, store));
  if (arguments.json) {
    context.console.print(printed(plot_json(files, arguments)));
    return ExitCode::done;
  }
  for (const std::filesystem::path& file : files.png)
    context.console.print(fmt::format("picture: {}\n", file.string()));
  for (const std::filesystem::path& file : files.svg)
    context.console.print(fmt::format("picture: {}\n", file.string()));
  for (const auto& [quantity, reason] : files.not_drawn)
    context.console.print(fmt::format("not drawn: {} ({})\n", name_of(quantity), reason));
  return ExitCode::done;
}

}  // namespace

void add_plot_command(CLI::App& app, Action& action) {
  const auto command = add_command<PlotArguments>(app, action, "plot", plot_command);
  PlotArguments& arguments = *command.arguments;
  command.app->description(
      "draw a store as PNG and SVG: maps with the rate = 1 contour and the regimes, trajectories, noise studies");
  command.app->footer("Draws with gnuplot. Cells that are not computed yet are shown as such.");
  add_store(*command.app, arguments.store);
  command.app
      ->add_option("--quantity", arguments.quantity,
                   "what to draw (default: every quantity, those that belong together in one picture)")
      ->type_name("NAME");
  command.app
      ->add_option_function<std::string>(
          "--output", [&arguments](const std::string& text) { arguments.output = text; },
          "the folder to write to, made where it is missing (default: the store)")
      ->type_name("DIR");
  command.app->add_option("--gnuplot", arguments.gnuplot, "the program that draws (default: gnuplot)")
      ->type_name("PROGRAM");
  add_json(*command.app, arguments.json);
}

}  // namespace ravine::cli
