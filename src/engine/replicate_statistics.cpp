#include "engine/replicate_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ravine/statistics.hpp"

namespace ravine {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Statistics statistics_of(const model::CellSums& sums, double shift, std::int64_t count) {
  if (count == 0) return {0, none, none, none, none};
  const model::Pair<double> n = {static_cast<double>(count), 0};
  const model::Pair<double> offset = model::divide(sums.sum, n);
  // The sums are rounded; what is known exactly of equal values, one among them, is not.
  if (sums.least == sums.most) return {count, sums.least, count == 1 ? none : 0.0, sums.least, sums.most};
  const double mean = std::clamp(model::add(offset, {shift, 0}).hi, sums.least, sums.most);
  const model::Pair<double> about_mean = model::add(sums.squares, -model::multiply(sums.sum, offset));
  const model::Pair<double> variance = model::divide(about_mean, {n.hi - 1, 0});
  return {count, mean, std::max(variance.hi, 0.0), sums.least, sums.most};
}

double standard_error(const Statistics& statistics) {
  return statistics.count < 2 ? none : std::sqrt(statistics.variance / static_cast<double>(statistics.count));
}

model::Sample sample_of(const Statistics& statistics, std::int64_t replicates) {
  if (statistics.count != replicates) return {0, none, none};
  return {statistics.count, statistics.mean, statistics.variance};
}

double quantile_of(const std::int64_t* counts, const std::vector<double>& edges, double p) {
  const std::size_t size = edges.size();
  std::int64_t total = 0;
  for (std::size_t k = 0; k < size; ++k) total += counts[k];
  if (total == 0) return none;
  const std::int64_t rank = nearest_rank_of_probability(p, total);
  std::int64_t seen = 0;
  std::size_t bin = 0;
  while (bin + 1 < size && seen + counts[bin] < rank) seen += counts[bin++];
  if (bin == 0) return 0;
  if (bin + 1 == size) return std::numeric_limits<double>::infinity();
  return edges[bin] + (edges[bin + 1] - edges[bin]) / 2;
}

}  // namespace ravine
