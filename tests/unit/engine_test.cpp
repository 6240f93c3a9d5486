// The engine end to end, inside the process: tiles, threads, stops, folds and checks of small maps.
#include "ravine/engine.hpp"

#include <gtest/gtest.h>
#include <xmmintrin.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "grid/floating_point_environment.hpp"
#include "ravine/error.hpp"
#include "ravine/model/heavy_ball.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

class EngineTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ravine-engine-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path at(const std::string& name) const { return folder_ / name; }

  /// Every value of a quantity in grid order, read tile by tile.
  template <class T>
  static std::vector<T> values(const Store& store, std::size_t quantity) {
    const Grid& grid = store.grid();
    std::vector<T> all(static_cast<std::size_t>(grid.cells()));
    std::vector<T> chunk(static_cast<std::size_t>(grid.tile_capacity()));
    for (std::int64_t id = 0; id < grid.tile_count(); ++id) {
      store.read_chunk(id, quantity, std::as_writable_bytes(std::span(chunk)));
      const Box box = grid.tile(id);
      for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
        const Index index = grid.cell_index(cell);
        std::int64_t offset = 0;
        bool inside = true;
        for (std::size_t axis = 0; axis < index.size(); ++axis) {
          const std::int64_t local = index[axis] - box.first[axis];
          inside = inside && local >= 0 && local < box.shape[axis];
          offset = offset * grid.tile_shape[axis] + local;
        }
        if (inside) all[static_cast<std::size_t>(cell)] = chunk[static_cast<std::size_t>(offset)];
      }
    }
    return all;
  }

 private:
  fs::path folder_;
};

Spec small_spec() {
  Spec spec;
  spec.quantities = {Quantity::rate, Quantity::gap, Quantity::regime, Quantity::sigma1_im};
  spec.axes = {Axis("lambda", ListedValues{{0.5, 1.0, 2.0}}), Axis("alpha", LinearRange{0, 4, 13}),
               Axis("beta", LinearRange{-0.5, 1, 17})};
  return spec;
}

Store computed(const fs::path& path, const Spec& spec, std::int64_t tile, int threads) {
  const Store store = Store::create(path, spec, make_grid(spec, tile));
  RunOptions options;
  options.threads = threads;
  EXPECT_EQ(run(store, options).outcome, Outcome::complete);
  return store;
}

TEST_F(EngineTest, StoresTheModelsValuesWhateverTheTilesAndThreads) {
  const Spec spec = small_spec();
  int number = 0;
  for (const std::int64_t tile : {17, 40, 100, 100000}) {
    for (const int threads : {1, 3}) {
      const Store store = computed(at(std::to_string(number++)), spec, tile, threads);
      const auto rate = values<double>(store, 0);
      const auto gap = values<double>(store, 1);
      const auto regime = values<std::uint8_t>(store, 2);
      const auto imaginary = values<double>(store, 3);
      for (std::int64_t cell = 0; cell < store.grid().cells(); ++cell) {
        const Index index = store.grid().cell_index(cell);
        const auto i = static_cast<std::size_t>(cell);
        const model::Cell<double> mode{spec.axes[1].value(index[1]), spec.axes[2].value(index[2]),
                                       spec.axes[0].value(index[0])};
        ASSERT_EQ(rate[i], model::rate(mode));
        ASSERT_EQ(gap[i], model::gap(mode));
        ASSERT_EQ(regime[i], static_cast<std::uint8_t>(model::regime(mode)));
        ASSERT_EQ(imaginary[i], model::roots(mode).im1);
      }
    }
  }
}

TEST_F(EngineTest, TheFoldOfTheRecordsIsThatOfTheValues) {
  const Spec spec = small_spec();
  for (const std::int64_t tile : {20, 70, 100000}) {
    const Store store = computed(at(std::to_string(tile)), spec, tile, 2);
    const auto rate = values<double>(store, 0);
    const auto gap = values<double>(store, 1);
    const auto regime = values<std::uint8_t>(store, 2);
    const Summary summary = summarize(store).summary;

    EXPECT_EQ(summary.cells, store.grid().cells());
    const auto best = std::min_element(rate.begin(), rate.end());  // the first of equals
    EXPECT_EQ(summary.best_rate->value, *best);
    EXPECT_EQ(summary.best_rate->cell, best - rate.begin());
    const auto widest = std::max_element(gap.begin(), gap.end());
    EXPECT_EQ(summary.best_gap->cell, widest - gap.begin());
    std::array<std::int64_t, regime_count> counts{};
    std::int64_t convergent = 0;
    for (const std::uint8_t code : regime) {
      ++counts.at(code);
      convergent += converges(static_cast<Regime>(code)) ? 1 : 0;
    }
    EXPECT_EQ(summary.regimes, counts);
    EXPECT_EQ(summary.convergent, convergent);
  }
}

TEST_F(EngineTest, AReducedMapHoldsTheWorstEigenvalue) {
  Spec spec = small_spec();
  spec.quantities = {Quantity::rate, Quantity::gap, Quantity::regime};
  spec.lambda_reduction = Reduction::worst;
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    spec.precision = precision;
    Spec full = spec;
    full.lambda_reduction = Reduction::none;
    const bool is_double = precision == Precision::float64;
    const Store store = computed(at(is_double ? "reduced64" : "reduced32"), spec, 50, 2);
    const Store whole = computed(at(is_double ? "full64" : "full32"), full, 50, 2);
    const auto check = [&](auto zero) {
      using F = decltype(zero);
      const auto rate = values<F>(store, 0);
      const auto gap = values<F>(store, 1);
      const auto regime = values<std::uint8_t>(store, 2);
      const auto all_rates = values<F>(whole, 0);
      const auto all_gaps = values<F>(whole, 1);
      const auto all_regimes = values<std::uint8_t>(whole, 2);
      const std::size_t cells = rate.size();
      ASSERT_EQ(all_rates.size(), 3 * cells);
      for (std::size_t i = 0; i < cells; ++i) {
        std::size_t worst = i;
        F least = all_gaps[i];
        for (std::size_t k = 1; k < 3; ++k) {
          if (all_rates[worst] < all_rates[k * cells + i]) worst = k * cells + i;
          least = std::min(least, all_gaps[k * cells + i]);
        }
        ASSERT_EQ(rate[i], all_rates[worst]);
        ASSERT_EQ(gap[i], least);
        ASSERT_EQ(regime[i], all_regimes[worst]);
      }
    };
    is_double ? check(double{}) : check(float{});
  }
}

TEST_F(EngineTest, AStoppedRunIsResumedToTheSameValues) {
  const Spec spec = small_spec();
  const Store whole = computed(at("whole"), spec, 20, 1);
  const Store store = Store::create(at("stopped"), spec, make_grid(spec, 20));
  std::stop_source source;
  RunOptions options;
  options.threads = 2;
  options.stop = source.get_token();
  options.progress = [&source](const Progress& progress) {
    if (progress.tiles_done == 5) source.request_stop();
  };
  EXPECT_EQ(run(store, options).outcome, Outcome::interrupted);
  EXPECT_EQ(summarize(store).tiles_done, 5);

  const RunReport rest = run(store, RunOptions{});
  EXPECT_EQ(rest.outcome, Outcome::complete);
  EXPECT_EQ(rest.tiles_kept, 5);
  EXPECT_EQ(rest.tiles_computed, store.grid().tile_count() - 5);
  EXPECT_EQ(values<double>(store, 0), values<double>(whole, 0));
}

TEST_F(EngineTest, NoTileStartsAfterTheDeadline) {
  const Spec spec = small_spec();
  const Store store = Store::create(at("late"), spec, make_grid(spec, 20));
  RunOptions options;
  options.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  const RunReport report = run(store, options);
  EXPECT_EQ(report.outcome, Outcome::interrupted);
  EXPECT_EQ(report.tiles_computed, 0);
}

TEST_F(EngineTest, ShardsShareTheTilesAndNeedNoMerge) {
  const Spec spec = small_spec();
  const Store whole = computed(at("whole"), spec, 20, 1);
  const Store store = Store::create(at("sharded"), spec, make_grid(spec, 20));
  for (const std::int64_t index : {2, 0, 1}) {
    RunOptions options;
    options.shard = {index, 3};
    EXPECT_EQ(run(store, options).outcome, Outcome::complete);
  }
  EXPECT_EQ(summarize(store).tiles_done, store.grid().tile_count());
  EXPECT_EQ(values<double>(store, 0), values<double>(whole, 0));
}

TEST_F(EngineTest, VerifyRecomputesWhatItIsAskedTo) {
  const Store store = computed(at("good"), small_spec(), 100, 1);
  const VerifyReport all = verify(store, 1.0);
  EXPECT_EQ(all.tiles_done, store.grid().tile_count());
  EXPECT_EQ(all.cells_recomputed, store.grid().cells());
  EXPECT_EQ(all.cells_different, 0);
  EXPECT_TRUE(all.problems.empty());
  EXPECT_EQ(verify(store, 0.0).cells_recomputed, 0);
  EXPECT_THROW((void)verify(store, 1.5), UsageError);
}

// A value that was wrong before it was checksummed: only the recomputed sample can tell.
TEST_F(EngineTest, VerifyFindsAValueThatWasStoredWrong) {
  Spec spec = small_spec();
  spec.quantities = {Quantity::sigma1_im};
  const Store good = computed(at("good"), spec, 100000, 1);
  const Store bad = Store::create(at("bad"), spec, good.grid());
  TileData tile;
  tile.summary = good.tile_summary(0);
  tile.chunks.resize(1);
  tile.chunks[0].resize(static_cast<std::size_t>(good.grid().tile_capacity()) * sizeof(double));
  good.read_chunk(0, 0, tile.chunks[0]);
  tile.chunks[0][8] ^= std::byte{1};
  StoreWriter(bad, {}, {"test", "cpu", 1}).write_tile(tile);
  const VerifyReport report = verify(bad, 1.0);
  EXPECT_EQ(report.cells_different, 1);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_NE(report.problems[0].find("differ"), std::string::npos);
}

TEST_F(EngineTest, AFailedWriteEndsTheRun) {
  const Spec spec = small_spec();
  const Store store = Store::create(at("broken"), spec, make_grid(spec, 20));
  fs::remove_all(at("broken") / "rate");
  std::ofstream(at("broken") / "rate") << "a file where a folder is wanted";
  EXPECT_THROW(run(store, RunOptions{}), IoError);
}

TEST_F(EngineTest, ThePredictionCountsCellsAndBytes) {
  const Spec spec = small_spec();
  const Estimate estimate_of_map = estimate(spec, make_grid(spec, 100000), 1);
  EXPECT_EQ(estimate_of_map.cells, 3 * 13 * 17);
  EXPECT_EQ(estimate_of_map.tiles, 1);
  EXPECT_EQ(estimate_of_map.bytes, 3 * 13 * 17 * (8 + 8 + 1 + 8));
  EXPECT_GT(estimate_of_map.seconds, 0);
}

// A host program may have loaded a library that turns subnormals into zeros.
TEST_F(EngineTest, TheCallersFloatingPointEnvironmentDoesNotShow) {
  Spec spec;
  spec.precision = Precision::float32;
  spec.quantities = {Quantity::rate, Quantity::gap};
  spec.axes = {Axis("alpha", LinearRange{1e-40, 1, 5}), Axis("beta", ListedValues{{0.5, 1e-42}}),
               Axis("lambda", ListedValues{{-1e-40, 1e-40}})};
  spec.lambda_reduction = Reduction::worst;
  const Store usual = computed(at("usual"), spec, 100, 2);
  constexpr unsigned flush_to_zero_and_denormals_are_zero = 0x8040;
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | flush_to_zero_and_denormals_are_zero);
  const Store flushed = computed(at("flushed"), spec, 100, 2);
  const VerifyReport report = verify(usual, 1.0);
  _mm_setcsr(before);
  EXPECT_EQ(values<float>(flushed, 0), values<float>(usual, 0));
  EXPECT_EQ(values<float>(flushed, 1), values<float>(usual, 1));
  EXPECT_TRUE(flushed.damaged_coordinates().empty());
  EXPECT_EQ(report.cells_different, 0);
}

TEST_F(EngineTest, AStopInTheMiddleOfATileGivesItUp) {
  Spec spec = small_spec();
  spec.axes[1] = Axis("alpha", LinearRange{0, 4, 400});
  spec.axes[2] = Axis("beta", LinearRange{0, 1, 400});
  const Store store = Store::create(at("one-tile"), spec, make_grid(spec));
  ASSERT_EQ(store.grid().tile_count(), 1);
  std::stop_source source;
  RunOptions options;
  options.threads = 2;
  options.stop = source.get_token();
  options.progress = [&source](const Progress& progress) {
    EXPECT_LT(progress.cells_done, progress.cells_total);
    source.request_stop();
  };
  const RunReport report = run(store, options);
  EXPECT_EQ(report.outcome, Outcome::interrupted);
  EXPECT_GT(report.times.compute, 0);
  EXPECT_EQ(summarize(store).tiles_done, 0);
  EXPECT_EQ(run(store, RunOptions{}).outcome, Outcome::complete);
}

TEST(FloatingPointEnvironmentTest, UndoesFlushToZeroAndPutsItBack) {
  constexpr unsigned flush_to_zero = 0x8000;
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | flush_to_zero);
  {
    const detail::FloatingPointEnvironment exact;
    EXPECT_EQ(_mm_getcsr() & flush_to_zero, 0U);
  }
  EXPECT_EQ(_mm_getcsr() & flush_to_zero, flush_to_zero);
  _mm_setcsr(before);
}

TEST(EvaluateTest, RoundsItsInputsToThePrecisionOnce) {
  const CellTable cells{{0.1}, {0.3}, {0.7}};
  EXPECT_EQ(evaluate(Quantity::rate, Precision::float64, cells).at(0), model::rate(model::Cell<double>{0.1, 0.3, 0.7}));
  EXPECT_EQ(evaluate(Quantity::rate, Precision::float32, cells).at(0),
            static_cast<double>(model::rate(model::Cell<float>{0.1F, 0.3F, 0.7F})));
}

TEST(EvaluateTest, RefusesTablesItCannotEvaluate) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THROW((void)evaluate(Quantity::rate, Precision::float64, {{infinity}, {0}, {1}}), UsageError);
  EXPECT_THROW((void)evaluate(Quantity::rate, Precision::float32, {{1e300}, {0}, {1}}), UsageError);
  EXPECT_THROW((void)evaluate(Quantity::rate, Precision::float64, {{1, 2}, {0}, {1, 1}}), UsageError);
}

TEST(EvaluateTest, GradientDescentIsHeavyBallWithoutMomentum) {
  const CellTable cells{{0.1}, {}, {0.7}};
  EXPECT_EQ(evaluate(Quantity::rate, Precision::float64, cells).at(0), model::rate(model::Cell<double>{0.1, 0, 0.7}));
}

}  // namespace
}  // namespace ravine
