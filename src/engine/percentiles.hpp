// The statistics of a map from a backend's passes over it.
#pragma once

#include "engine/map_scan.hpp"
#include "ravine/statistics.hpp"

namespace ravine {

/// The outcome, summary, percentiles and passes; what else MapStatistics has is the caller's to say.
/// \throws UsageError as map_statistics does.
[[nodiscard]] MapStatistics statistics_of(const Spec& spec, MapScan& scan, const StatisticsOptions& options);

}  // namespace ravine
