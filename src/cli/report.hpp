/// \file
/// What a store's map amounts to, as text and as JSON: shared by run and status.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "ravine/engine.hpp"
#include "ravine/store.hpp"

namespace ravine::cli {

using Json = nlohmann::ordered_json;

/// Size of the region that converges: its share of the cells times the extents of the axes, in the product of the
/// axes' units. Axes of one value have no extent and are left out; nothing if any other axis is not linear.
[[nodiscard]] std::optional<double> convergent_area(const Spec& spec, const Summary& summary);

/// Lines such as `best rate    0.25 at alpha = 1, beta = 0.0625`, each ended.
[[nodiscard]] std::string summary_text(const Store& store, const MapSummary& map);

/// Keys: tiles_done, tiles_total, cells, convergent, convergent_fraction, area, best_rate, best_gap, regimes. What the
/// map does not have is null.
/// As printed: two spaces deep, ending in a newline; bytes of file names that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string printed(const Json& json);

[[nodiscard]] Json summary_json(const Store& store, const MapSummary& map);

/// "2 x 401 x 201 (lambda, alpha, beta)".
[[nodiscard]] std::string shape_text(const std::vector<std::int64_t>& shape, const Spec& spec);

}  // namespace ravine::cli
