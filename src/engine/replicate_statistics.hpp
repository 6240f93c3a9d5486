// Statistics of the replicates of one variable at one step.
#pragma once

#include <cstdint>
#include <vector>

#include "ravine/model/replicates.hpp"
#include "ravine/model/z_score.hpp"

namespace ravine {

/// What does not exist is NaN: all of no replicate, the variance of one, a variance whose squares overflow.
struct Statistics {
  std::int64_t count;
  double mean;
  double variance;
  double least;
  double most;
};

/// Of `count` values that were summed about `shift`.
[[nodiscard]] Statistics statistics_of(const model::CellSums& sums, double shift, std::int64_t count);

/// Of the mean.
[[nodiscard]] double standard_error(const Statistics& statistics);

/// What z-scores are made of. Those of replicates some of which diverged do not exist: the others are no sample of all.
[[nodiscard]] model::Sample sample_of(const Statistics& statistics, std::int64_t replicates);

/// The middle of the bin that holds the nearest rank of probability p: half a bin off at most. Below the histogram it
/// is 0, above it infinite. `edges` are the bins' lower ones.
[[nodiscard]] double quantile_of(const std::int64_t* counts, const std::vector<double>& edges, double p);

}  // namespace ravine
