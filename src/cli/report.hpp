/// \file
/// What a map amounts to, as text and as JSON: shared by run, status and summary.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "ravine/engine.hpp"
#include "ravine/store.hpp"

namespace ravine::cli {

using Json = nlohmann::ordered_json;

/// Size of the region that converges: its share of the cells times the extents of the axes, in the product of the
/// axes' units. Axes of one value have no extent and are left out; nothing if any other axis is not linear, or while
/// cells are missing: those so far may be of one corner.
[[nodiscard]] std::optional<double> convergent_area(const Spec& spec, const Summary& summary);

/// A map's summary, and what its cells' numbers mean.
struct MapReport {
  const Spec& spec;
  const Grid& grid;
  const Summary& summary;
};

/// A value of an axis as the map has it.
[[nodiscard]] double rounded(double value, Precision precision);
/// A value of the map in as few digits as give it back.
[[nodiscard]] std::string shortest(double value, Precision precision);

/// Lines such as `best rate    0.25 at alpha = 1, beta = 0.0625`, each ended.
[[nodiscard]] std::string summary_text(const MapReport& map);
[[nodiscard]] std::string summary_text(const Store& store, const MapSummary& map);

/// As printed: two spaces deep, ending in a newline; bytes of file names that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string printed(const Json& json);

/// Keys: cells, convergent, convergent_fraction, area, best_rate, best_gap, regimes. What the map does not have is
/// null.
[[nodiscard]] Json summary_json(const MapReport& map);
/// The same after tiles_done, tiles_total.
[[nodiscard]] Json summary_json(const Store& store, const MapSummary& map);

/// A plan's line about what is in each cell of an ensemble; nothing for rate maps.
[[nodiscard]] std::string ensemble_line(const Spec& spec);

/// "2 x 401 x 201 (lambda, alpha, beta)".
[[nodiscard]] std::string shape_text(const std::vector<std::int64_t>& shape, const Spec& spec);

}  // namespace ravine::cli
