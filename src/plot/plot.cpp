#include "ravine/plot.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "plot/ensemble_figure.hpp"
#include "plot/figure.hpp"
#include "plot/gnuplot.hpp"
#include "plot/map_source.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

std::vector<Quantity> quantities_to_draw(const Store& store, const std::optional<Quantity>& asked) {
  const std::vector<Quantity>& has = store.spec().quantities;
  if (asked) {
    if (std::find(has.begin(), has.end(), *asked) != has.end()) return {*asked};
    std::vector<std::string_view> names;
    for (const Quantity quantity : has) names.push_back(name_of(quantity));
    throw UsageError(fmt::format("{} has no quantity {}; it has {}", store.path().string(), name_of(*asked),
                                 fmt::join(names, ", ")));
  }
  if (store.spec().kind != Kind::rate) return detail::default_pictures(store.spec());
  std::vector<Quantity> drawn = has;
  if (drawn.size() > 1) std::erase(drawn, Quantity::regime);
  return drawn;
}

void create_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw IoError(fmt::format("can't create the folder {}: {}", folder.string(), error.message()));
}

/// \throws UsageError if the quantities can't be drawn, or there are none that can.
void check_drawable(const Store& store, const std::vector<Quantity>& quantities) {
  const Spec& spec = store.spec();
  if (spec.kind == Kind::rate) {
    if (!detail::long_axes(spec).empty()) return;
    throw UsageError(
        fmt::format("{} is a map of a single cell, so there is nothing to draw; `ravine eval` prints values",
                    store.path().string()));
  }
  for (const Quantity quantity : quantities.empty() ? spec.quantities : quantities) {
    if (detail::form_of(spec, quantity) != detail::Form::none) continue;
    throw UsageError(fmt::format("{}: {}", store.path().string(), detail::obstacle(spec, quantity)));
  }
}

detail::Figure figure_of(detail::StoreSource& source, Quantity quantity) {
  if (source.spec().kind != Kind::rate) return detail::ensemble_figure(source, quantity);
  const bool is_line = detail::long_axes(source.spec()).size() == 1;
  return is_line ? detail::line_figure(source, quantity) : detail::map_figure(source, quantity);
}

}  // namespace

PlotFiles plot(const Store& store, const PlotOptions& options) {
  const std::filesystem::path folder = options.output.empty() ? store.path() : options.output;
  const std::vector<Quantity> quantities = quantities_to_draw(store, options.quantity);
  check_drawable(store, quantities);
  create_folder(folder);
  detail::StoreSource source(store);
  PlotFiles files;
  if (store.spec().kind != Kind::rate && !options.quantity) files.not_drawn = detail::left_out(store.spec());
  for (const Quantity quantity : quantities) {
    const detail::Figure figure = figure_of(source, quantity);
    const std::string name(name_of(quantity));
    files.png.push_back(folder / (name + ".png"));
    files.svg.push_back(folder / (name + ".svg"));
    detail::draw(figure, options.gnuplot, files.png.back(), files.svg.back());
  }
  return files;
}

}  // namespace ravine
