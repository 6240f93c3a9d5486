// The statistics of maps against sorting all of their values, and the passes that they are made of.
#include "ravine/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <stop_token>

#include "engine/cpu_map_scan.hpp"
#include "engine/percentiles.hpp"
#include "ravine/error.hpp"
#include "ravine/model/order_key.hpp"

namespace ravine {
namespace {

Spec small_spec(Precision precision = Precision::float64) {
  Spec spec;
  spec.precision = precision;
  spec.quantities = {Quantity::rate, Quantity::regime, Quantity::gap, Quantity::sigma2_im};
  spec.axes = {Axis("lambda", ListedValues{{0.5, 1.0, 2.0}}), Axis("alpha", LinearRange{0, 4, 131}),
               Axis("beta", LinearRange{-0.5, 1, 67})};
  return spec;
}

/// Most of its rates are infinite, most of its gaps minus infinity.
Spec overflowing_spec(Precision precision) {
  Spec spec = small_spec(precision);
  const double large = precision == Precision::float64 ? 1e300 : 1e30;
  spec.axes[0] = Axis("lambda", ListedValues{{large, 1.0}});
  spec.axes[1] = Axis("alpha", LinearRange{-large, large, 30});
  return spec;
}

Spec reduced_spec(Precision precision) {
  Spec spec = small_spec(precision);
  spec.quantities = {Quantity::gap, Quantity::regime, Quantity::rate};
  spec.lambda_reduction = Reduction::worst;
  return spec;
}

/// Nothing but ties: sigma2_im is zero in every cell.
Spec tied_spec(Precision precision) {
  Spec spec = small_spec(precision);
  spec.quantities = {Quantity::sigma2_im, Quantity::rate};
  spec.axes[2] = Axis("beta", ListedValues{{0}});
  return spec;
}

Spec spec_of_one_cell(Precision precision) {
  Spec spec = small_spec(precision);
  spec.axes = {Axis("lambda", ListedValues{{1}}), Axis("alpha", ListedValues{{0.3}}),
               Axis("beta", ListedValues{{0.1}})};
  return spec;
}

std::vector<Spec> all_specs() {
  std::vector<Spec> specs;
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    specs.push_back(small_spec(precision));
    specs.push_back(overflowing_spec(precision));
    specs.push_back(reduced_spec(precision));
    specs.push_back(tied_spec(precision));
    specs.push_back(spec_of_one_cell(precision));
  }
  return specs;
}

/// Every value of a quantity, widened, in grid order.
std::vector<double> values_of(const Spec& spec, std::size_t quantity) {
  const Grid grid = make_grid(spec);
  EXPECT_EQ(grid.tile_count(), 1);
  const auto evaluator = make_map_evaluator(spec, grid, Structure::ignored);
  TileData tile;
  evaluator->load(0, tile);
  evaluator->evaluate(0, evaluator->cells(), tile);
  std::vector<double> values;
  for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
    const std::byte* const at = tile.chunks[quantity].data() +
                                static_cast<std::size_t>(cell) * value_bytes(spec.quantities[quantity], spec.precision);
    if (spec.precision == Precision::float64) {
      values.push_back(*reinterpret_cast<const double*>(at));
    } else {
      values.push_back(static_cast<double>(*reinterpret_cast<const float*>(at)));
    }
  }
  return values;
}

std::uint64_t key_of(double value, Precision precision) {
  return precision == Precision::float64 ? model::order_key(value) : model::order_key(static_cast<float>(value));
}

void expect_equal(const std::optional<BestCell>& a, const std::optional<BestCell>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_EQ(a->value, b->value);
  EXPECT_EQ(a->cell, b->cell);
}

void expect_equal(const Summary& a, const Summary& b) {
  EXPECT_EQ(a.cells, b.cells);
  EXPECT_EQ(a.convergent, b.convergent);
  EXPECT_EQ(a.regimes, b.regimes);
  expect_equal(a.best_rate, b.best_rate);
  expect_equal(a.best_gap, b.best_gap);
}

Summary summary_of(const Spec& spec) {
  const auto evaluator = make_map_evaluator(spec, make_grid(spec), Structure::ignored);
  TileData tile;
  evaluator->load(0, tile);
  evaluator->evaluate(0, evaluator->cells(), tile);
  return evaluator->summarize(0, evaluator->cells(), tile);
}

std::vector<double> whole_percents() {
  std::vector<double> percents;
  for (int p = 1; p <= 100; ++p) percents.push_back(p);
  return percents;
}

void expect_values_of_rank(const Spec& spec, const MapStatistics& statistics) {
  std::size_t k = 0;
  for (std::size_t q = 0; q < spec.quantities.size(); ++q) {
    if (spec.quantities[q] == Quantity::regime) continue;
    const QuantityPercentiles& found = statistics.percentiles.at(k++);
    EXPECT_EQ(found.quantity, spec.quantities[q]);
    std::vector<double> values = values_of(spec, q);
    std::sort(values.begin(), values.end());
    ASSERT_EQ(found.percentiles.size(), spec.percentiles.size());
    for (std::size_t i = 0; i < found.percentiles.size(); ++i) {
      const Percentile& percentile = found.percentiles[i];
      EXPECT_EQ(percentile.percent, spec.percentiles[i]);
      EXPECT_EQ(percentile.rank, nearest_rank(percentile.percent, std::ssize(values)));
      EXPECT_EQ(percentile.value, values.at(static_cast<std::size_t>(percentile.rank - 1)));
    }
  }
  EXPECT_EQ(k, statistics.percentiles.size());
}

TEST(NearestRank, IsTheCeilingOfTheShare) {
  for (std::int64_t count : {1, 2, 3, 10, 99, 100, 101, 12345}) {
    for (int p = 1; p <= 100; ++p) EXPECT_EQ(nearest_rank(p, count), (p * count + 99) / 100);
  }
}

TEST(NearestRank, TakesThePercentAsItIsWritten) {
  // As float64 numbers 99.9 is a little more, 0.1 too, and 33.3 a little less than what is written.
  EXPECT_EQ(nearest_rank(99.9, 1000), 999);
  EXPECT_EQ(nearest_rank(99.9, 1001), 1000);
  EXPECT_EQ(nearest_rank(0.1, 1000), 1);
  EXPECT_EQ(nearest_rank(0.1, 1001), 2);
  EXPECT_EQ(nearest_rank_of_probability(0.07, 100), 7);  // 0.07 * 100 is 7.000000000000001
  EXPECT_EQ(nearest_rank_of_probability(0.07, 101), 8);
  EXPECT_EQ(nearest_rank_of_probability(1e-30, 5), 1);
  EXPECT_EQ(nearest_rank_of_probability(1, 5), 5);
  EXPECT_EQ(nearest_rank(0.7, 1000), 7);
  EXPECT_EQ(nearest_rank(33.3, 1000), 333);
  EXPECT_EQ(nearest_rank(12.5, 8), 1);
  EXPECT_EQ(nearest_rank(12.5, 9), 2);
}

TEST(NearestRank, IsExactAtTheEndsOfTheirRanges) {
  constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(nearest_rank(100, largest), largest);
  EXPECT_EQ(nearest_rank(50, largest), largest / 2 + 1);
  EXPECT_EQ(nearest_rank(99.99999999999999, largest), 9223372036854774885);
  EXPECT_EQ(nearest_rank(std::numeric_limits<double>::denorm_min(), largest), 1);
  EXPECT_EQ(nearest_rank(1e-16, largest), 10);
  EXPECT_EQ(nearest_rank(1e-17, largest), 1);
}

TEST(MapStatistics, AreOfRatesOnly) {
  Spec spec = all_specs().front();
  spec.kind = Kind::trajectory;
  EXPECT_THROW((void)map_statistics(spec, {}), UsageError);
}

TEST(NearestRank, OfAProbabilityIsThatOfThePercent) {
  for (int percent = 1; percent < 100; ++percent) {
    for (const std::int64_t count : {1, 10, 100, 12345}) {
      EXPECT_EQ(nearest_rank_of_probability(percent / 100.0, count), nearest_rank(percent, count)) << percent;
    }
  }
}

TEST(MapStatistics, AreThoseOfTheSortedMap) {
  for (Spec spec : all_specs()) {
    spec.percentiles = whole_percents();
    const MapStatistics statistics = map_statistics(spec, {});
    EXPECT_EQ(statistics.outcome, Outcome::complete);
    expect_equal(statistics.summary, summary_of(spec));
    expect_values_of_rank(spec, statistics);
    EXPECT_EQ(statistics.passes, spec.precision == Precision::float64 ? 4 : 2);
  }
}

TEST(MapStatistics, HoldTheInfinitiesOfTheMap) {
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    Spec spec = overflowing_spec(precision);
    spec.percentiles = {100, 1e-300};
    const MapStatistics statistics = map_statistics(spec, {});
    constexpr double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(statistics.percentiles.at(0).percentiles.at(0).value, infinity);
    EXPECT_EQ(statistics.percentiles.at(1).percentiles.at(1).value, -infinity);
    expect_values_of_rank(spec, statistics);
  }
}

TEST(MapStatistics, KeepTheOrderOfThePercentiles) {
  Spec spec = small_spec();
  spec.percentiles = {95, 0.01, 50, 99.9, 50.5};
  expect_values_of_rank(spec, map_statistics(spec, {}));
}

TEST(MapStatistics, DependOnNeitherThreadsNorTiles) {
  for (Spec spec : all_specs()) {
    spec.percentiles = {1, 50, 99, 100};
    const Summary summary = summary_of(spec);
    for (const int threads : {1, 2, 7}) {
      for (const std::int64_t tile_cells : {1000, 10000, 20000, 1000000}) {
        CpuMapScan scan(spec, tile_cells, threads);
        const MapStatistics statistics = statistics_of(spec, scan, {});
        expect_equal(statistics.summary, summary);
        expect_values_of_rank(spec, statistics);
      }
    }
  }
}

TEST(MapStatistics, TakeOnePassWithoutPercentiles) {
  Spec spec = small_spec();
  spec.percentiles = {};
  const MapStatistics none = map_statistics(spec, {});
  EXPECT_EQ(none.passes, 1);
  EXPECT_TRUE(none.percentiles.empty());
  expect_equal(none.summary, summary_of(spec));

  spec.percentiles = {50};
  spec.quantities = {Quantity::regime};
  const MapStatistics regimes = map_statistics(spec, {});
  EXPECT_EQ(regimes.passes, 1);
  EXPECT_TRUE(regimes.percentiles.empty());
  EXPECT_EQ(regimes.summary.regimes, summary_of(spec).regimes);
}

TEST(MapStatistics, RefusePercentilesThatNoMapHas) {
  Spec spec = small_spec();
  for (const double percent : {0.0, -1.0, 100.5, std::numeric_limits<double>::quiet_NaN()}) {
    spec.percentiles = {50, percent};
    EXPECT_THROW((void)map_statistics(spec, {}), UsageError);
  }
  spec.percentiles.assign(most_percentiles + 1, 50);
  EXPECT_THROW((void)map_statistics(spec, {}), UsageError);
}

TEST(MapStatistics, TellOfAllPassesTogether) {
  const Spec spec = small_spec();
  CpuMapScan scan(spec, 10000, 2);
  Progress last;
  StatisticsOptions options;
  options.progress = [&last](const Progress& progress) {
    EXPECT_GE(progress.cells_done, last.cells_done);
    EXPECT_GE(progress.tiles_done, last.tiles_done);
    last = progress;
  };
  (void)statistics_of(spec, scan, options);
  EXPECT_EQ(last.cells_total, 4 * make_grid(spec).cells());
  EXPECT_EQ(last.cells_done, last.cells_total);
  EXPECT_EQ(last.tiles_total, 4 * make_grid(spec, 10000).tile_count());
  EXPECT_EQ(last.tiles_done, last.tiles_total);
}

TEST(MapStatistics, StopInAnyPass) {
  const Spec spec = small_spec();
  for (const std::int64_t passes : {0, 1, 3}) {
    std::stop_source source;
    StatisticsOptions options;
    options.backend = Backend::cpu;
    options.threads = 1;  // the one that tells of its progress
    options.stop = source.get_token();
    options.progress = [&](const Progress& progress) {
      if (progress.cells_done > passes * progress.cells_total / 4) source.request_stop();
    };
    EXPECT_EQ(map_statistics(spec, options).outcome, Outcome::interrupted) << passes;
  }
}

TEST(CpuMapScan, CountsTheKeysOfEachInterval) {
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    const Spec spec = small_spec(precision);
    const int shift = precision == Precision::float64 ? 32 : 8;
    const std::uint64_t keys = std::uint64_t{KeyHistogram::bins} << static_cast<unsigned>(shift);
    std::vector<KeyHistogram> wanted;
    for (const std::size_t quantity : {std::size_t{0}, std::size_t{2}}) {
      for (const double value : {0.75, 0.3, -0.2, 1.0}) {
        KeyHistogram& histogram = wanted.emplace_back();
        histogram.quantity = quantity;
        histogram.low = key_of(value, precision) / keys * keys;
        histogram.shift = shift;
      }
    }
    std::vector<KeyHistogram> found = wanted;
    std::int64_t inside = 0;
    for (KeyHistogram& histogram : wanted) {
      for (const double value : values_of(spec, histogram.quantity)) {
        const std::uint64_t key = key_of(value, precision);
        if (key < histogram.low || key - histogram.low >= keys) continue;
        ++histogram.counts[(key - histogram.low) >> static_cast<unsigned>(shift)];
        ++inside;
      }
    }
    ASSERT_GT(inside, 0);
    CpuMapScan scan(spec, 10000, 3);
    EXPECT_EQ(scan.count(found, {}), Outcome::complete);
    for (std::size_t h = 0; h < wanted.size(); ++h) EXPECT_EQ(found[h].counts, wanted[h].counts) << h;

    // A second pass adds to the same counts.
    Summary summary;
    EXPECT_EQ(scan.summarize(summary, found, {}), Outcome::complete);
    for (std::size_t h = 0; h < wanted.size(); ++h) {
      for (std::int64_t& count : wanted[h].counts) count *= 2;
      EXPECT_EQ(found[h].counts, wanted[h].counts) << h;
    }
    expect_equal(summary, summary_of(spec));
  }
}

}  // namespace
}  // namespace ravine
