// `ravine plot STORE...`: pictures of a map or an ensemble, or of frozen spectra.

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "io/messages.hpp"
#include "ravine/error.hpp"
#include "ravine/plot.hpp"
#include "ravine/spectrum_plot.hpp"

namespace ravine::cli {

namespace {

struct PlotArguments {
  std::vector<std::filesystem::path> stores;
  std::string quantity;
  std::optional<std::int64_t> mode;
  std::filesystem::path output;
  std::string gnuplot = "gnuplot";
  bool json = false;
};

/// \throws UsageError if there is no such name.
void check_name(const std::string& quantity, const std::vector<std::string>& names, const char* whose) {
  if (std::find(names.begin(), names.end(), quantity) != names.end()) return;
  throw UsageError(fmt::format("--quantity: found {}; {} {}{}", in_quotes(quantity), whose, one_of(names),
                               did_you_mean(quantity, names)));
}

PlotOptions plot_options(const PlotArguments& arguments, const Store& store) {
  PlotOptions options;
  options.output = arguments.output;
  options.gnuplot = arguments.gnuplot;
  if (arguments.quantity.empty()) return options;
  std::vector<std::string> names;
  for (const Quantity quantity : store.spec().quantities) names.emplace_back(name_of(quantity));
  check_name(arguments.quantity, names, "the store has");
  options.quantity = quantity_named(arguments.quantity);
  return options;
}

PlotFiles plot_run(const PlotArguments& arguments) {
  if (arguments.stores.size() > 1) {
    throw UsageError(
        fmt::format("found {} stores, of which the first is no frozen spectrum; only spectra are drawn "
                    "together",
                    arguments.stores.size()));
  }
  if (arguments.mode) throw UsageError("--mode is for the eigenvectors of a frozen spectrum, which the store is not");
  const Store store = Store::open(arguments.stores.front());
  return plot(store, plot_options(arguments, store));
}

PlotFiles plot_frozen(const PlotArguments& arguments) {
  std::vector<SpectrumStore> stores;
  for (const std::filesystem::path& path : arguments.stores) {
    if (!SpectrumStore::exists(path)) {
      throw UsageError(fmt::format("'{}' is no frozen spectrum, and '{}' is one; only spectra are drawn together",
                                   path.string(), arguments.stores.front().string()));
    }
    stores.push_back(SpectrumStore::open(path));
  }
  SpectrumPlotOptions options{std::nullopt, arguments.mode, arguments.output, arguments.gnuplot};
  if (arguments.quantity.empty()) return plot_spectra(stores, options);
  const std::vector<SpectrumPicture> pictures = pictures_of(stores);
  std::vector<std::string> names;
  for (const SpectrumPicture picture : pictures) names.emplace_back(name_of(picture));
  check_name(arguments.quantity, names, "of these spectra there is");
  options.picture =
      pictures[static_cast<std::size_t>(std::find(names.begin(), names.end(), arguments.quantity) - names.begin())];
  return plot_spectra(stores, options);
}

Json plot_json(const PlotFiles& files, const PlotArguments& arguments) {
  Json json = Json::object();
  json["command"] = "plot";
  json["store"] = arguments.stores.front().string();
  if (arguments.stores.size() > 1) {
    json["stores"] = Json::array();
    for (const std::filesystem::path& store : arguments.stores) json["stores"].push_back(store.string());
  }
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
  const bool is_spectrum = SpectrumStore::exists(arguments.stores.front());
  const PlotFiles files = is_spectrum ? plot_frozen(arguments) : plot_run(arguments);
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
  describe(
      *command.app, "draw stores as PNG and SVG: maps, trajectories, noise studies, spectra",
      "Draws with gnuplot. Maps have the rate = 1 contour and the regimes; cells that are not computed yet are shown "
      "as\n"
      "such. Spectra have the pictures spectrum, eigenvectors, eigenfeatures, fits and filters; several are drawn in\n"
      "common: the eigenvalues over each other, and an eigenvector of each. Without --mode the eigenvector is the "
      "first\n"
      "above zero, and of one spectrum the five after it too.");
  add_texts(
      *command.app,
      {"STORE", "DIR", "the store, a directory written by ravine run, or several written by ravine spectrum", required},
      [&arguments](const std::vector<std::string>& names) { arguments.stores.assign(names.begin(), names.end()); });
  add_text(*command.app, {"--quantity", "NAME", "what to draw (default: all, what belongs together in one picture)"},
           [&arguments](const std::string& text) { arguments.quantity = text; });
  add_integer(*command.app,
              {"--mode", "K", "which eigenvector, by its place in the ascending spectrum (default: see below)", 1},
              [&arguments](std::int64_t mode) { arguments.mode = mode; });
  add_text(*command.app, {"--output", "DIR", "the folder to write to, made where it is missing (default: the store)"},
           [&arguments](const std::string& text) { arguments.output = text; });
  add_text(*command.app, {"--gnuplot", "PROGRAM", "the program that draws (default: gnuplot)"},
           [&arguments](const std::string& text) { arguments.gnuplot = text; });
  add_json(*command.app, arguments.json);
}

}  // namespace ravine::cli
