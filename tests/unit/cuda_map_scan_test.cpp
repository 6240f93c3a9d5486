// The loop over a sweep's tiles, without a device: a sweep that computes on the CPU takes the devices' place.
#include "engine/cuda_map_scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>

#include "engine/map_evaluator.hpp"
#include "engine/percentiles.hpp"
#include "ravine/model/order_key.hpp"

namespace ravine {
namespace {

/// Float64 maps; several tiles at once, each whole after a few steps. Fails the test where it is used as a sweep must
/// not be.
class SweepOnCpu final : public cuda::MapSweep {
 public:
  SweepOnCpu(const Spec& spec, Grid grid, std::size_t depth)
      : spec_(spec),
        grid_(std::move(grid)),
        depth_(depth),
        evaluator_(make_map_evaluator(spec, grid_, Structure::ignored)) {}

  [[nodiscard]] std::size_t depth() const override { return depth_; }

  void begin(std::int64_t id, TileData /*buffers*/) override {
    EXPECT_LT(begun_.size(), depth_);
    begun_.push_back(id);
  }

  bool advance() override {
    EXPECT_FALSE(begun_.empty());
    return ++steps_ == steps_of_a_tile;
  }

  [[nodiscard]] std::int64_t cells_done() const override {
    return grid_.tile(begun_.front()).cells() * steps_ / steps_of_a_tile;
  }

  [[nodiscard]] TileData take() override {
    EXPECT_EQ(steps_, steps_of_a_tile);
    steps_ = 0;
    TileData data;
    evaluator_->load(begun_.front(), data);
    begun_.pop_front();
    evaluator_->evaluate(0, evaluator_->cells(), data);
    data.summary = evaluator_->summarize(0, evaluator_->cells(), data);
    for (std::size_t k = 0; k < bins_.size(); ++k) add(data, k);
    data.chunks.clear();
    return data;
  }

  void start_counting(std::span<const cuda::KeyBins> bins) override {
    EXPECT_TRUE(begun_.empty());
    bins_.assign(bins.begin(), bins.end());
    counts_.assign(bins.size(), std::vector<std::int64_t>(cuda::KeyBins::count));
  }

  void add_counts(std::size_t number, std::span<std::int64_t> counts) override {
    EXPECT_TRUE(begun_.empty());
    for (std::size_t b = 0; b < counts.size(); ++b) counts[b] += counts_.at(number)[b];
  }

  [[nodiscard]] std::vector<std::string> notes() const override { return {"a note"}; }

 private:
  static constexpr int steps_of_a_tile = 3;

  void add(const TileData& data, std::size_t k) {
    for (std::int64_t cell = 0; cell < evaluator_->cells(); ++cell) {
      double value = 0;
      std::memcpy(&value, data.chunks[bins_[k].quantity].data() + static_cast<std::size_t>(cell) * sizeof value,
                  sizeof value);
      const std::uint64_t bin = (model::order_key(value) - bins_[k].low) >> static_cast<unsigned>(bins_[k].shift);
      if (bin < cuda::KeyBins::count) ++counts_[k][bin];
    }
  }

  Spec spec_;
  Grid grid_;
  std::size_t depth_;
  std::unique_ptr<MapEvaluator> evaluator_;
  std::deque<std::int64_t> begun_;
  int steps_ = 0;
  std::vector<cuda::KeyBins> bins_;
  std::vector<std::vector<std::int64_t>> counts_;
};

Spec small_spec() {
  Spec spec;
  spec.quantities = {Quantity::regime, Quantity::gap, Quantity::rate};
  spec.axes = {Axis("lambda", ListedValues{{1.0, 2.0}}), Axis("alpha", LinearRange{0, 4, 23}),
               Axis("beta", LinearRange{-0.5, 1, 19})};
  spec.percentiles = {1, 50, 99.9, 100};
  return spec;
}

CudaMapScan scan_of(const Spec& spec, std::int64_t tile_cells, std::size_t depth) {
  const Grid grid = make_grid(spec, tile_cells);
  return {std::make_unique<SweepOnCpu>(spec, grid, depth), grid};
}

TEST(CudaMapScan, GivesTheStatisticsOfTheCpu) {
  const Spec spec = small_spec();
  StatisticsOptions on_cpu;
  on_cpu.backend = Backend::cpu;
  const MapStatistics wanted = map_statistics(spec, on_cpu);
  for (const std::int64_t tile_cells : {19, 60, 100, 100000}) {
    for (const std::size_t depth : {1U, 2U, 5U}) {
      CudaMapScan scan = scan_of(spec, tile_cells, depth);
      const MapStatistics found = statistics_of(spec, scan, {});
      EXPECT_EQ(found.outcome, Outcome::complete);
      EXPECT_EQ(found.passes, 4);
      EXPECT_EQ(found.summary.cells, wanted.summary.cells);
      EXPECT_EQ(found.summary.regimes, wanted.summary.regimes);
      EXPECT_EQ(found.summary.best_rate->cell, wanted.summary.best_rate->cell);
      EXPECT_EQ(found.summary.best_gap->cell, wanted.summary.best_gap->cell);
      ASSERT_EQ(found.percentiles.size(), 2U);
      for (std::size_t q = 0; q < 2; ++q) {
        EXPECT_EQ(found.percentiles[q].quantity, wanted.percentiles[q].quantity);
        for (std::size_t k = 0; k < spec.percentiles.size(); ++k) {
          EXPECT_EQ(found.percentiles[q].percentiles[k].value, wanted.percentiles[q].percentiles[k].value);
        }
      }
    }
  }
}

TEST(CudaMapScan, TellsHowFarItIs) {
  const Spec spec = small_spec();
  CudaMapScan scan = scan_of(spec, 60, 2);
  Progress last;
  ScanOptions options;
  options.progress = [&last](const Progress& progress) {
    EXPECT_GE(progress.cells_done, last.cells_done);
    last = progress;
  };
  Summary summary;
  EXPECT_EQ(scan.summarize(summary, {}, options), Outcome::complete);
  EXPECT_EQ(last.cells_done, make_grid(spec).cells());
  EXPECT_EQ(last.tiles_done, make_grid(spec, 60).tile_count());
  EXPECT_EQ(scan.notes(), std::vector<std::string>{"a note"});
}

TEST(CudaMapScan, StopsWithinATileAndAfterOne) {
  const Spec spec = small_spec();
  for (const std::int64_t tiles_done : {0, 1}) {
    CudaMapScan scan = scan_of(spec, 60, 2);
    std::stop_source source;
    ScanOptions options;
    options.stop = source.get_token();
    Progress last;
    options.progress = [&](const Progress& progress) {
      last = progress;
      if (progress.tiles_done == tiles_done) source.request_stop();
    };
    EXPECT_EQ(scan.count({}, options), Outcome::interrupted);
    EXPECT_EQ(last.tiles_done, tiles_done);
  }
}

}  // namespace
}  // namespace ravine
