// Percentiles by selection on integer keys: each pass over the map counts, for each wanted rank, the keys in an
// interval that is known to hold it, in 2^16 bins; the bin that has the rank is the interval of the next pass. After 16
// bits a pass every bit of the key is known, and so is the value.
#include "engine/percentiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "ravine/error.hpp"
#include "ravine/grid.hpp"
#include "ravine/model/order_key.hpp"

namespace ravine {
namespace {

/// One rank that is looked for.
struct Search {
  std::size_t quantity;  ///< position in spec.quantities
  double percent;
  std::int64_t rank;       ///< in the map
  std::int64_t rank_left;  ///< in the interval
  std::uint64_t low;       ///< of the interval: its first key
};

int key_bits(Precision precision) {
  return precision == Precision::float64 ? 64 : 32;
}

std::vector<Search> searches_of(const Spec& spec, std::int64_t cells) {
  std::vector<Search> searches;
  for (std::size_t q = 0; q < spec.quantities.size(); ++q) {
    if (spec.quantities[q] == Quantity::regime) continue;
    for (const double percent : spec.percentiles) {
      const std::int64_t rank = nearest_rank(percent, cells);
      searches.push_back({q, percent, rank, rank, 0});
    }
  }
  return searches;
}

KeyHistogram* histogram_of(const Search& search, std::vector<KeyHistogram>& histograms) {
  const auto found = std::find_if(histograms.begin(), histograms.end(), [&search](const KeyHistogram& histogram) {
    return histogram.quantity == search.quantity && histogram.low == search.low;
  });
  return found == histograms.end() ? nullptr : &*found;
}

/// Empty histograms over the intervals of the searches; searches with the same interval share one.
std::vector<KeyHistogram> histograms_of(const std::vector<Search>& searches, int shift) {
  std::vector<KeyHistogram> histograms;
  for (const Search& search : searches) {
    if (histogram_of(search, histograms) != nullptr) continue;
    KeyHistogram& histogram = histograms.emplace_back();
    histogram.quantity = search.quantity;
    histogram.low = search.low;
    histogram.shift = shift;
  }
  return histograms;
}

/// Makes the interval the bin that has the rank.
void narrow(Search& search, const KeyHistogram& histogram) {
  std::uint64_t bin = 0;
  for (; search.rank_left > histogram.counts[bin]; ++bin) search.rank_left -= histogram.counts[bin];
  search.low += bin << static_cast<unsigned>(histogram.shift);
}

double value_of(const Search& search, Precision precision) {
  if (precision == Precision::float64) return model::value_of_order_key(search.low);
  return static_cast<double>(model::value_of_order_key(static_cast<std::uint32_t>(search.low)));
}

std::vector<QuantityPercentiles> percentiles_of(const Spec& spec, const std::vector<Search>& searches) {
  std::vector<QuantityPercentiles> found;
  for (const Search& search : searches) {
    const Quantity quantity = spec.quantities[search.quantity];
    if (found.empty() || found.back().quantity != quantity) found.push_back({quantity, {}});
    found.back().percentiles.push_back({search.percent, search.rank, value_of(search, spec.precision)});
  }
  return found;
}

/// Passes over the map, their progress put together.
class Passes {
 public:
  Passes(MapScan& scan, int count, const StatisticsOptions& options)
      : scan_(scan), count_(count), options_(options), scan_options_{options.stop, [this](const Progress& progress) {
                                                                       tell(progress);
                                                                     }} {}

  /// The next pass; the first makes the summary too.
  Outcome next(Summary& summary, std::span<KeyHistogram> histograms) {
    const Outcome outcome =
        done_ == 0 ? scan_.summarize(summary, histograms, scan_options_) : scan_.count(histograms, scan_options_);
    if (outcome == Outcome::complete) ++done_;
    return outcome;
  }

  [[nodiscard]] int done() const { return done_; }

 private:
  void tell(const Progress& pass) const {
    if (!options_.progress) return;
    options_.progress({done_ * pass.cells_total + pass.cells_done, count_ * pass.cells_total,
                       done_ * pass.tiles_total + pass.tiles_done, count_ * pass.tiles_total});
  }

  MapScan& scan_;
  int count_;
  const StatisticsOptions& options_;
  ScanOptions scan_options_;
  int done_ = 0;
};

void check_percentiles(const std::vector<double>& percentiles) {
  if (percentiles.size() > most_percentiles) {
    throw UsageError(fmt::format("found {} percentiles; wanted at most {}", percentiles.size(), most_percentiles));
  }
  for (const double percent : percentiles) {
    if (is_percent(percent)) continue;
    throw UsageError(fmt::format("found the percentile {}; wanted a number above 0 and at most 100", percent));
  }
}

}  // namespace

MapStatistics statistics_of(const Spec& spec, MapScan& scan, const StatisticsOptions& options) {
  check_percentiles(spec.percentiles);
  const int bits = key_bits(spec.precision);
  std::vector<Search> searches = searches_of(spec, make_grid(spec).cells());
  Passes passes(scan, searches.empty() ? 1 : bits / KeyHistogram::bin_bits, options);
  MapStatistics statistics;
  for (int shift = bits; shift > 0;) {  // log2 of the keys of the searches' intervals
    shift -= KeyHistogram::bin_bits;
    std::vector<KeyHistogram> histograms = histograms_of(searches, shift);
    statistics.outcome = passes.next(statistics.summary, histograms);
    if (statistics.outcome == Outcome::interrupted) return statistics;
    if (searches.empty()) break;
    for (Search& search : searches) narrow(search, *histogram_of(search, histograms));
  }
  statistics.passes = passes.done();
  statistics.percentiles = percentiles_of(spec, searches);
  return statistics;
}

}  // namespace ravine
