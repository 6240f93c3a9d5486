#include "cli/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/text.hpp"

namespace ravine::cli {

namespace {

std::string place_text(const MapReport& map, std::int64_t cell) {
  const std::vector<Axis> axes = map_axes(map.spec);
  const Index index = map.grid.cell_index(cell);
  std::vector<std::string> parts;
  for (std::size_t k = 0; k < axes.size(); ++k) {
    parts.push_back(fmt::format("{} = {}", axes[k].name(), shortest(axes[k].value(index[k]), map.spec.precision)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string best_text(const MapReport& map, const char* label, const std::optional<BestCell>& best) {
  if (!best) return {};
  return fmt::format("  {:<12}{} at {}\n", label, shortest(best->value, map.spec.precision),
                     place_text(map, best->cell));
}

Json best_json(const MapReport& map, const std::optional<BestCell>& best) {
  if (!best) return nullptr;
  const std::vector<Axis> axes = map_axes(map.spec);
  const Index index = map.grid.cell_index(best->cell);
  Json coordinates = Json::object();
  for (std::size_t k = 0; k < axes.size(); ++k) {
    coordinates[axes[k].name()] = rounded(axes[k].value(index[k]), map.spec.precision);
  }
  return {{"value", best->value}, {"cell", best->cell}, {"index", index}, {"at", coordinates}};
}

std::string regimes_text(const Summary& summary) {
  if (!summary.regimes) return {};
  std::string text;
  for (std::size_t k = 0; k < regime_count; ++k) {
    const std::int64_t count = (*summary.regimes)[k];
    if (count == 0) continue;
    text += fmt::format("  {:<12}{:>15} cells  {:>7}\n", code_names(Quantity::regime)[k], grouped(count),
                        percent(static_cast<double>(count), static_cast<double>(summary.cells)));
  }
  return text;
}

Json regimes_json(const Summary& summary) {
  if (!summary.regimes) return nullptr;
  Json counts = Json::object();
  for (std::size_t k = 0; k < regime_count; ++k) {
    counts[std::string(code_names(Quantity::regime)[k])] = (*summary.regimes)[k];
  }
  return counts;
}

/// The axes that give the map its extent: those of more than one value.
std::vector<Axis> extended_axes(const Spec& spec) {
  std::vector<Axis> axes = map_axes(spec);
  std::erase_if(axes, [](const Axis& axis) { return axis.size() == 1; });
  return axes;
}

std::string convergent_text(const MapReport& map) {
  const Summary& summary = map.summary;
  if (!summary.convergent) return {};
  const bool is_rate = map.spec.kind == Kind::rate;
  const char* const label = is_rate ? "convergent" : "converged";
  std::string text = fmt::format("  {:<12}{:>15} cells  {:>7}", label, grouped(*summary.convergent),
                                 percent(static_cast<double>(*summary.convergent), static_cast<double>(summary.cells)));
  if (const std::optional<double> area = convergent_area(map.spec, summary)) {
    std::vector<std::string> names;
    for (const Axis& axis : extended_axes(map.spec)) names.push_back(axis.name());
    text += fmt::format("  area about {:.3g} ({})", *area, fmt::join(names, " x "));
  }
  if (!is_rate) {
    const Record& record = map.spec.ensemble->record;
    text += fmt::format("  (loss within {} at step {})", record.tolerance, grouped(record.steps));
  }
  return text + "\n";
}

}  // namespace

double rounded(double value, Precision precision) {
  return precision == Precision::float32 ? static_cast<double>(static_cast<float>(value)) : value;
}

std::string shortest(double value, Precision precision) {
  return precision == Precision::float32 ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
}

std::optional<double> convergent_area(const Spec& spec, const Summary& summary) {
  const std::vector<Axis> axes = extended_axes(spec);
  std::int64_t cells = 1;
  for (const Axis& axis : axes) cells *= axis.size();
  if (spec.kind != Kind::rate || !summary.convergent || summary.cells != cells) return std::nullopt;
  if (axes.empty()) return std::nullopt;
  double area = static_cast<double>(*summary.convergent) / static_cast<double>(summary.cells);
  for (const Axis& axis : axes) {
    const auto* const range = std::get_if<LinearRange>(&axis.values());
    if (range == nullptr) return std::nullopt;
    area *= range->to - range->from;
  }
  return area;
}

std::string summary_text(const MapReport& map) {
  return best_text(map, "best rate", map.summary.best_rate) + best_text(map, "best gap", map.summary.best_gap) +
         convergent_text(map) + regimes_text(map.summary);
}

std::string summary_text(const Store& store, const MapSummary& map) {
  return summary_text({store.spec(), store.grid(), map.summary});
}

std::string printed(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json summary_json(const MapReport& map) {
  const Summary& summary = map.summary;
  Json json = Json::object();
  json["cells"] = summary.cells;
  json["convergent"] = nullptr;
  json["convergent_fraction"] = nullptr;
  json["area"] = nullptr;
  if (summary.convergent && summary.cells > 0) {
    json["convergent"] = *summary.convergent;
    json["convergent_fraction"] = static_cast<double>(*summary.convergent) / static_cast<double>(summary.cells);
  }
  if (const std::optional<double> area = convergent_area(map.spec, summary)) json["area"] = *area;
  json["best_rate"] = best_json(map, summary.best_rate);
  json["best_gap"] = best_json(map, summary.best_gap);
  json["regimes"] = regimes_json(summary);
  return json;
}

Json summary_json(const Store& store, const MapSummary& map) {
  Json json = {{"tiles_done", map.tiles_done}, {"tiles_total", map.tiles_total}};
  json.update(summary_json({store.spec(), store.grid(), map.summary}));
  return json;
}

std::string ensemble_line(const Spec& spec) {
  if (!spec.ensemble) return {};
  const Record& record = spec.ensemble->record;
  std::string text =
      fmt::format("  each cell   {} steps, {} kept", grouped(record.steps), grouped(recorded_step_count(record)));
  if (const std::int64_t components = components_of(spec); components > 1) {
    text += fmt::format(", of {} eigenvalues", grouped(components));
  }
  if (spec.ensemble->noise) text += fmt::format(", by {} replicates", grouped(spec.ensemble->noise->replicates));
  return text + "\n";
}

std::string shape_text(const std::vector<std::int64_t>& shape, const Spec& spec) {
  std::vector<std::string> names;
  for (const Axis& axis : map_axes(spec)) names.push_back(axis.name());
  return fmt::format("{} ({})", fmt::join(shape, " x "), fmt::join(names, ", "));
}

}  // namespace ravine::cli
