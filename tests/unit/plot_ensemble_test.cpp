// Pictures of ensembles: what is read from a store, what is drawn in which form, and where the points lie. The values
// are made up, so each has one right place.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "plot/ensemble_figure.hpp"
#include "plot/gnuplot.hpp"
#include "plot/map_source.hpp"
#include "plot/value_colors.hpp"
#include "ravine/error.hpp"
#include "ravine/field.hpp"
#include "ravine/plot.hpp"

namespace ravine::detail {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

Axis listed(const char* name, std::vector<double> values) {
  return Axis(name, ListedValues{std::move(values)});
}
Axis linear(const char* name, double from, double to, std::int64_t count) {
  return Axis(name, LinearRange{from, to, count});
}

Spec trajectory_spec(std::vector<Quantity> quantities, std::vector<Axis> axes) {
  Spec spec;
  spec.kind = Kind::trajectory;
  spec.quantities = std::move(quantities);
  spec.axes = std::move(axes);
  spec.ensemble = Ensemble{};
  spec.ensemble->record = {4, ListedSteps{{0, 2, 4}}, 1e-6};
  return spec;
}

Spec noise_spec(std::vector<Quantity> quantities, std::vector<Axis> axes) {
  Spec spec = trajectory_spec(std::move(quantities), std::move(axes));
  spec.kind = Kind::noise;
  spec.ensemble->noise = Noise{};
  spec.ensemble->noise->variance = {9};
  spec.ensemble->noise->replicates = 250;
  spec.ensemble->noise->histogram = {-1, 1, 1, {0.25, 0.5}};
  return spec;
}

/// One cell.
std::vector<Axis> single_cell() {
  return {listed("lambda", {1}), listed("alpha", {0.5}), listed("beta", {0})};
}

/// A value of a quantity by cell and by number within the cell.
using Values = std::function<double(Quantity, std::int64_t cell, std::int64_t number)>;

template <typename Stored>
void append(std::vector<std::byte>& bytes, Stored value) {
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), first, first + sizeof value);
}

void append_as(ValueType type, double value, std::vector<std::byte>& bytes) {
  switch (type) {
    case ValueType::uint8:
      return append(bytes, static_cast<std::uint8_t>(value));
    case ValueType::int64:
      return append(bytes, std::isnan(value) ? int64_fill : static_cast<std::int64_t>(value));
    case ValueType::float32:
      return append(bytes, static_cast<float>(value));
    case ValueType::float64:
      return append(bytes, value);
  }
}

class PlotEnsembleTest : public testing::Test {
 protected:
  /// A store in tiles of `tile_cells`, which must be whole rows, with the tiles below `tiles` done.
  Store store(const Spec& spec, const Values& values, std::int64_t tile_cells = 1000, std::int64_t tiles = 1000) {
    const Grid grid = make_grid(spec, tile_cells);
    const Store result = Store::create(folder_.path() / std::to_string(stores_++), spec, grid);
    StoreWriter writer(result, {}, {});
    for (std::int64_t id = 0; id < std::min(tiles, grid.tile_count()); ++id) {
      TileData tile;
      tile.id = id;
      tile.summary.cells = grid.tile(id).cells();
      for (const Field& field : result.fields()) {
        std::vector<std::byte> bytes;
        for (std::int64_t k = 0; k < grid.tile_capacity() * field.values_per_cell(); ++k) {
          const std::int64_t cell = id * grid.tile_capacity() + k / field.values_per_cell();
          append_as(field.type, values(field.quantity, cell, k % field.values_per_cell()), bytes);
        }
        tile.chunks.emplace_back(bytes);
      }
      writer.write_tile(tile);
    }
    writer.finish("interrupted", tiles, 0);
    return result;
  }

  Figure figure(const Spec& spec, Quantity quantity, const Values& values) {
    StoreSource source(store(spec, values));
    return ensemble_figure(source, quantity);
  }

 private:
  TemporaryFolder folder_;
  int stores_ = 0;
};

/// The points of each data file of lines, dots or areas.
std::vector<std::vector<Point>> points_of(const Figure& figure) {
  std::vector<std::vector<Point>> all;
  for (const DataFile& file : figure.files()) {
    if (!file.name.ends_with(".xy")) continue;
    std::istringstream text(file.bytes);
    all.emplace_back();
    for (Point point = {0, 0}; text >> point.x >> point.y;) all.back().push_back(point);
  }
  return all;
}

bool contains(const Figure& figure, const char* text) {
  return figure.script().find(text) != std::string::npos;
}

/// Data files have five decimals.
constexpr double last_decimal = 1.1e-5;

TEST_F(PlotEnsembleTest, MembersAreReadAcrossTilesInEveryType) {
  Spec spec = trajectory_spec({Quantity::x, Quantity::peak_step, Quantity::status},
                              {listed("lambda", {1, 2}), linear("alpha", 0, 1, 4), linear("beta", 0, 1, 5)});
  spec.lambda_reduction = Reduction::sum;
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    spec.precision = precision;
    const auto values = [](Quantity quantity, std::int64_t cell, std::int64_t number) {
      if (quantity == Quantity::x) return cell == 7 ? nan : static_cast<double>(100 * cell + number);
      if (quantity == Quantity::status) return 1.0 + static_cast<double>(cell % 3);
      return cell == 3 ? -1.0 : cell == 4 ? nan : static_cast<double>(cell);
    };
    StoreSource source(store(spec, values, 10, 1));  // 4 x 5 cells in two tiles, the first one done
    EXPECT_EQ(source.cells(), 20);
    std::vector<double> x(20);
    source.read_member({Quantity::x, 5}, 0, x);  // at step 4 of lambda = 2
    std::vector<double> steps(12);
    source.read_member({Quantity::peak_step, 0}, 1, steps);
    std::vector<double> codes(20);
    source.read_member({Quantity::status, 0}, 0, codes);
    for (std::int64_t cell = 0; cell < 20; ++cell) {
      const auto k = static_cast<std::size_t>(cell);
      const double expected = cell == 7 ? no_value : static_cast<double>(100 * cell + 5);
      EXPECT_TRUE(cell < 10 ? x[k] == expected : std::isnan(x[k])) << cell << ": " << x[k];
      EXPECT_TRUE(cell < 10 ? codes[k] == 1.0 + static_cast<double>(cell % 3) : std::isnan(codes[k]))
          << cell << ": " << codes[k];
    }
    EXPECT_EQ(steps[0], 1);
    EXPECT_EQ(steps[2], no_value);  // -1
    EXPECT_EQ(steps[3], no_value);  // the fill
    EXPECT_EQ(steps[8], 9);
    EXPECT_TRUE(std::isnan(steps[9]));
  }
}

TEST(PlotForms, FollowFromTheAxesAndTheQuantity) {
  const auto form = [](Quantity quantity, std::int64_t alphas, std::int64_t betas) {
    return form_of(noise_spec({quantity}, {listed("lambda", {1}), linear("alpha", 0, alphas > 1, alphas),
                                           linear("beta", 0, betas > 1, betas)}),
                   quantity);
  };
  EXPECT_EQ(form(Quantity::mean_loss, 1, 1), Form::steps);
  EXPECT_EQ(form(Quantity::mean_loss, 3, 4), Form::steps);
  EXPECT_EQ(form(Quantity::mean_loss, 1, 13), Form::axis);
  EXPECT_EQ(form(Quantity::mean_loss, 2, 13), Form::axis);
  EXPECT_EQ(form(Quantity::mean_loss, 13, 6), Form::axis);
  EXPECT_EQ(form(Quantity::mean_loss, 13, 7), Form::map);
  EXPECT_EQ(form(Quantity::stationary_loss, 1, 1), Form::none);
  EXPECT_EQ(form(Quantity::stationary_loss, 1, 3), Form::axis);
  EXPECT_EQ(form(Quantity::moments, 7, 7), Form::map);
  EXPECT_EQ(form(Quantity::histogram, 3, 4), Form::histogram);
  EXPECT_EQ(form(Quantity::histogram, 1, 13), Form::none);
  EXPECT_EQ(form(Quantity::quantiles, 1, 1), Form::steps);
  EXPECT_EQ(form(Quantity::quantiles, 1, 13), Form::axis);
  EXPECT_EQ(form(Quantity::quantiles, 7, 7), Form::none);

  Spec one_step = noise_spec({Quantity::mean_loss}, single_cell());
  one_step.ensemble->record.at = ListedSteps{{4}};
  EXPECT_EQ(form_of(one_step, Quantity::mean_loss), Form::none);
}

TEST(PlotForms, ShortAxesBecomeLinesWhicheverIsSlower) {
  const auto lines = [](std::int64_t alphas, std::int64_t betas) {
    return *lines_over_axis(trajectory_spec(
        {Quantity::peak_loss}, {listed("lambda", {1}), linear("alpha", 0, 1, alphas), linear("beta", 0, 1, betas)}));
  };
  EXPECT_EQ(lines(2, 9).along.name(), "beta");
  EXPECT_EQ(lines(2, 9).slow, LinesOverAxis::Slow::lines);
  EXPECT_EQ(lines(9, 2).along.name(), "alpha");
  EXPECT_EQ(lines(9, 2).slow, LinesOverAxis::Slow::along);
  EXPECT_EQ(lines(3, 3).along.name(), "beta");
}

TEST(PlotForms, OneFamilyIsOnePicture) {
  const std::vector<Quantity> quantities = {Quantity::sample_loss,         Quantity::mean_loss,
                                            Quantity::standard_error_loss, Quantity::expected_loss,
                                            Quantity::stationary_loss,     Quantity::z_mean_loss};
  EXPECT_EQ(default_pictures(noise_spec(quantities, single_cell())),
            (std::vector<Quantity>{Quantity::mean_loss, Quantity::z_mean_loss}));
  // As maps they can't lie over each other.
  const Spec map = noise_spec(quantities, {listed("lambda", {1}), linear("alpha", 0, 1, 9), linear("beta", 0, 1, 9)});
  EXPECT_EQ(default_pictures(map),
            (std::vector<Quantity>{Quantity::sample_loss, Quantity::mean_loss, Quantity::expected_loss,
                                   Quantity::stationary_loss, Quantity::z_mean_loss}));
}

TEST(PlotForms, WhatIsLeftOutSaysWhy) {
  const auto told = [](std::vector<Quantity> quantities, std::int64_t alphas, std::int64_t betas) {
    std::vector<std::string> lines;
    const Spec spec = noise_spec(std::move(quantities), {listed("lambda", {1}), linear("alpha", 0, alphas > 1, alphas),
                                                         linear("beta", 0, betas > 1, betas)});
    for (const auto& [quantity, reason] : left_out(spec))
      lines.push_back(std::string(name_of(quantity)) + ": " + reason);
    return lines;
  };
  using Lines = std::vector<std::string>;
  const std::vector<Quantity> family = {Quantity::sample_loss, Quantity::mean_loss, Quantity::standard_error_loss,
                                        Quantity::expected_loss, Quantity::stationary_loss};
  EXPECT_EQ(told({Quantity::quantiles, Quantity::histogram, Quantity::moments}, 6, 6),
            (Lines{"quantiles: 36 cells; at most 12", "histogram: 36 cells; at most 12"}));
  EXPECT_EQ(told({Quantity::quantiles, Quantity::histogram, Quantity::moments}, 1, 1),
            (Lines{"moments: one value in a single cell"}));
  // One picture has them all over the steps; over an axis one run is left out, on maps the error of the mean is.
  EXPECT_EQ(told(family, 1, 1), Lines{});
  EXPECT_EQ(told(family, 6, 6), (Lines{"sample_loss: a picture of its own with --quantity sample_loss"}));
  EXPECT_EQ(told(family, 9, 9),
            (Lines{"standard_error_loss: a picture of its own with --quantity standard_error_loss"}));
}

TEST_F(PlotEnsembleTest, WhatCannotBeDrawnSaysWhatWouldHelp) {
  const auto zero = [](Quantity, std::int64_t, std::int64_t) { return 1.0; };
  const auto message = [&](const Spec& spec, std::optional<Quantity> quantity) -> std::string {
    PlotOptions options;
    options.quantity = quantity;
    try {
      plot(store(spec, zero), options);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "drawn";
  };
  const Spec single = trajectory_spec({Quantity::peak_loss, Quantity::status}, single_cell());
  EXPECT_NE(message(single, std::nullopt).find("peak_loss has one value in a single cell"), std::string::npos);
  EXPECT_NE(message(single, Quantity::status).find("give an axis more values, or print it with `ravine export"),
            std::string::npos);
  Spec many =
      trajectory_spec({Quantity::x}, {listed("lambda", {1, 2}), linear("alpha", 0, 1, 9), linear("beta", 0, 1, 9)});
  many.lambda_reduction = Reduction::sum;
  EXPECT_NE(message(many, Quantity::x).find("x has several values in each of 81 cells"), std::string::npos);
  const Spec histogram =
      noise_spec({Quantity::histogram}, {listed("lambda", {1}), linear("alpha", 0, 1, 13), listed("beta", {0})});
  EXPECT_NE(message(histogram, std::nullopt).find("draw quantiles, or give shorter axes"), std::string::npos);
}

TEST(PlotScale, PlacesValuesAndMarksRoundOnes) {
  const Scale log(Scale::Kind::logarithmic, 1e-4, 1e4);
  EXPECT_NEAR(log.place(1), 0.5, 1e-12);
  EXPECT_NEAR(log.value(0.75), 100, 1e-10);
  EXPECT_TRUE(std::isnan(log.place(0)));
  EXPECT_TRUE(std::isnan(log.place(-1)));
  const Scale linear_scale(Scale::Kind::linear, -1, 3);
  EXPECT_EQ(linear_scale.place(1), 0.5);
  EXPECT_EQ(linear_scale.place(7), 2);
  EXPECT_EQ(linear_scale.value(0.5), 1);
  const auto labels = [](const Scale& scale) {
    std::vector<std::string> result;
    for (const Tick& tick : scale.ticks(5)) {
      if (!tick.label.empty()) result.push_back(tick.label);
    }
    return result;
  };
  EXPECT_EQ(labels(log), (std::vector<std::string>{"10⁻⁴", "10⁻²", "1", "10²", "10⁴"}));
  EXPECT_EQ(labels(Scale(Scale::Kind::linear, 0, 200)), (std::vector<std::string>{"0", "50", "100", "150", "200"}));
  EXPECT_EQ(labels(Scale(Scale::Kind::logarithmic, 20, 60)), (std::vector<std::string>{"20", "30", "40", "50", "60"}));
}

Extent extent_of(std::initializer_list<double> values) {
  Extent extent;
  for (const double value : values) extent.take(value);
  return extent;
}

TEST(PlotScale, IsLogarithmicOnlyForWhatSpansDecades) {
  EXPECT_EQ(scale_for(extent_of({1, 50}), 0).kind(), Scale::Kind::linear);
  EXPECT_EQ(scale_for(extent_of({1, 50}), 0).low(), 0);  // from 0, so that heights compare
  EXPECT_EQ(scale_for(extent_of({1, 500}), 0).kind(), Scale::Kind::logarithmic);
  EXPECT_EQ(scale_for(extent_of({0, 1, 500}), 0).kind(), Scale::Kind::logarithmic);
  EXPECT_EQ(scale_for(extent_of({-1, 500}), 0).kind(), Scale::Kind::linear);
  EXPECT_EQ(scale_for(extent_of({1, infinity, nan}), 0).kind(), Scale::Kind::linear);
  const Scale deep = scale_for(extent_of({1e-200, 1}), 1e-12);
  EXPECT_GT(deep.low(), 1e-13);
  EXPECT_LT(deep.low(), 1e-12);
  EXPECT_GT(scale_for(extent_of({1e-9, 1.7e308}), 0).high(), 1.7e308);
  EXPECT_LT(scale_for(extent_of({1e-9, 1.7e308}), 0).high(), infinity);
  EXPECT_EQ(scale_for(Extent{}, 0).high(), 1);               // nothing computed
  EXPECT_LT(scale_for(extent_of({0}), 0).low(), 0);          // all zero
  EXPECT_EQ(bar_scale(extent_of({37, 1984}), 0).low(), 37);  // colours need every bit of the range
  EXPECT_EQ(bar_scale(extent_of({37, 38}), 0).kind(), Scale::Kind::linear);
}

TEST(PlotValueColors, NoValueAndNotComputedAreOutsideThePalette) {
  const ValueColors steps(Quantity::steps_to_tolerance, extent_of({10, 1000}), 0);
  EXPECT_EQ(steps.color(10), viridis_color(0));
  EXPECT_EQ(steps.color(100), viridis_color(0.5));
  EXPECT_EQ(steps.color(1000), viridis_color(1));
  EXPECT_EQ(steps.color(0), viridis_color(0));
  EXPECT_EQ(steps.color(no_value), too_slow_color);
  EXPECT_EQ(steps.color(infinity), divergent_color);
  EXPECT_EQ(steps.color(nan), not_computed_color);
  const ValueColors scores(Quantity::z_mean_loss, extent_of({-3, 1}), 0);
  EXPECT_EQ(scores.scale()->high(), 3);  // 0 in the middle
  EXPECT_EQ(scores.color(0), red_blue_color(0.5));
  EXPECT_EQ(scores.color(no_value), divergent_color);
  const ValueColors peaks(Quantity::peak_step, extent_of({1, 8}), 0);
  EXPECT_EQ(peaks.color(0), peak_at_start_color);
  EXPECT_EQ(peaks.color(1), viridis_color(0));
  const ValueColors codes(Quantity::status, extent_of({1, 3}), 0);
  EXPECT_FALSE(codes.scale());
  EXPECT_EQ(codes.color(nan), not_computed_color);
  for (const double other : {1.0, 2.0}) EXPECT_FALSE(codes.color(3) == codes.color(other));
}

TEST_F(PlotEnsembleTest, AGeometricLossIsAStraightLineOverTheSteps) {
  const auto values = [](Quantity, std::int64_t, std::int64_t number) {
    return std::pow(10.0, -2.0 * static_cast<double>(number));
  };
  const auto lines = points_of(figure(trajectory_spec({Quantity::loss}, single_cell()), Quantity::loss, values));
  ASSERT_EQ(lines.size(), 1U);
  ASSERT_EQ(lines[0].size(), 3U);
  EXPECT_EQ(lines[0][0].x, 0);
  EXPECT_EQ(lines[0][1].x, 0.5);
  EXPECT_EQ(lines[0][2].x, 1);
  EXPECT_NEAR(lines[0][1].y, (lines[0][0].y + lines[0][2].y) / 2, last_decimal);
  EXPECT_GT(lines[0][0].y, 0.9);
  EXPECT_LT(lines[0][2].y, 0.1);
}

TEST_F(PlotEnsembleTest, CellsOfOneLineEachShareAChart) {
  const Spec spec =
      trajectory_spec({Quantity::loss}, {listed("lambda", {1}), listed("alpha", {0.5, 1}), listed("beta", {0})});
  const Figure drawn = figure(
      spec, Quantity::loss, [](Quantity, std::int64_t cell, std::int64_t) { return 1.0 + static_cast<double>(cell); });
  EXPECT_EQ(points_of(drawn).size(), 2U);
  EXPECT_TRUE(contains(drawn, "'α = 0.5'"));
  EXPECT_TRUE(contains(drawn, "'α = 1'"));
  EXPECT_FALSE(contains(drawn, "not computed"));
}

TEST_F(PlotEnsembleTest, PartsLieOnEachOther) {
  Spec spec =
      trajectory_spec({Quantity::loss_parts}, {listed("lambda", {1, 2}), listed("alpha", {0.5}), listed("beta", {0})});
  spec.lambda_reduction = Reduction::sum;
  const auto values = [](Quantity, std::int64_t, std::int64_t number) { return number % 2 == 0 ? 1.0 : 2.0; };
  const auto areas = points_of(figure(spec, Quantity::loss_parts, values));
  ASSERT_EQ(areas.size(), 2U);  // the upper part first
  ASSERT_EQ(areas[0].size(), 6U);
  const double whole = areas[0][0].y;
  EXPECT_NEAR(areas[0][5].y, whole / 3, last_decimal);  // its lower edge
  EXPECT_NEAR(areas[1][0].y, whole / 3, last_decimal);  // is the other's upper one
  EXPECT_EQ(areas[1][5].y, 0);
}

TEST_F(PlotEnsembleTest, ManyPartsAreChosenNamedAndNotStacked) {
  const auto spec = [](std::int64_t eigenvalues) {
    Spec result = trajectory_spec({Quantity::loss_parts},
                                  {linear("lambda", 1, 2, eigenvalues), listed("alpha", {0.5}), listed("beta", {0})});
    result.lambda_reduction = Reduction::sum;
    return result;
  };
  const auto values = [](Quantity, std::int64_t, std::int64_t number) {
    return 1.0 + static_cast<double>(number % 200);
  };
  const Figure many = figure(spec(200), Quantity::loss_parts, values);
  const auto lines = points_of(many);
  ASSERT_EQ(lines.size(), 50U);
  EXPECT_EQ(lines[0].size(), 3U);  // a line, no area
  EXPECT_LT(lines[0][0].y, lines[1][0].y);
  EXPECT_LT(lines[48][0].y, lines[49][0].y);
  EXPECT_TRUE(contains(many, "50 of 200 lines drawn, evenly chosen  ·  20 of the lines named"));
  EXPECT_TRUE(contains(many, "'λ = 1'"));
  EXPECT_TRUE(contains(many, "'λ = 2'"));
  const Figure fewer = figure(spec(50), Quantity::loss_parts, values);
  EXPECT_EQ(points_of(fewer)[0].size(), 6U);  // areas
  EXPECT_FALSE(contains(fewer, "evenly chosen"));
}

TEST_F(PlotEnsembleTest, CellsNotComputedAreCountedOverAnAxisToo) {
  const Spec spec = noise_spec({Quantity::mean_loss, Quantity::standard_error_loss},
                               {listed("lambda", {1}), linear("alpha", 0, 1, 16), linear("beta", 0, 1, 2)});
  StoreSource source(store(
      spec, [](Quantity, std::int64_t, std::int64_t) { return 1.0; }, 8, 2));  // 8 of 32 cells a tile
  EXPECT_TRUE(contains(ensemble_figure(source, Quantity::mean_loss), "incomplete: 50 % of the cells not computed"));
}

TEST_F(PlotEnsembleTest, WhatDivergesDoesNotFlattenTheRest) {
  const Spec spec =
      trajectory_spec({Quantity::loss}, {listed("lambda", {1}), listed("alpha", {0.5, 9}), listed("beta", {0})});
  const auto values = [](Quantity, std::int64_t cell, std::int64_t number) {
    const auto k = static_cast<double>(number);
    return cell == 0 ? 0.5 * std::pow(10.0, -k) : number == 2 ? infinity : 0.5 * std::pow(10.0, 140 * k);
  };
  const Figure drawn = figure(spec, Quantity::loss, values);
  const auto lines = points_of(drawn);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_GT(lines[0][0].y - lines[0][2].y, 0.2);
  ASSERT_EQ(lines[1].size(), 2U);  // it breaks at infinity
  EXPECT_GT(lines[1][1].y, 1);     // and leaves the plot
  EXPECT_TRUE(contains(drawn, "cut off beyond the plot"));
}

/// The loss of a study whose deterministic part falls below the stochastic one between steps 2 and 4.
double study(Quantity quantity, std::int64_t /*cell*/, std::int64_t number) {
  const double deterministic = number == 0 ? 4 : number == 1 ? 2 : 0;
  switch (quantity) {
    case Quantity::expected_loss_deterministic:
      return deterministic;
    case Quantity::expected_loss_stochastic:
      return 1;
    case Quantity::standard_error_loss:
      return 0.5;
    default:
      return deterministic + 1;
  }
}

TEST_F(PlotEnsembleTest, ANoisyRunIsDrawnWithItsTheory) {
  const Spec spec =
      noise_spec({Quantity::sample_loss, Quantity::mean_loss, Quantity::standard_error_loss, Quantity::expected_loss,
                  Quantity::expected_loss_deterministic, Quantity::expected_loss_stochastic},
                 single_cell());
  const Figure drawn = figure(spec, Quantity::mean_loss, study);
  for (const char* text :
       {"'one run, replicate 0'", "'mean of 250 runs'", "'± 2 standard errors'", "'expected'", "'deterministic part'",
        "'stochastic part'", "noise variance = 9", "250 replicates, seed 0", "'transient'", "'fine-tuning'"}) {
    EXPECT_TRUE(contains(drawn, text)) << text;
  }
  // Band, dots, mean, parts, expected and the line between the phases.
  const auto elements = points_of(drawn);
  ASSERT_EQ(elements.size(), 7U);
  const double unit = elements[4][0].y;  // the stochastic part is 1
  EXPECT_NEAR(elements[0][0].y, 6 * unit, 6 * last_decimal);
  EXPECT_NEAR(elements[0][5].y, 4 * unit, 6 * last_decimal);
  EXPECT_NEAR(elements[2][0].y, 5 * unit, 6 * last_decimal);
  EXPECT_EQ(elements[6][0].x, 1);  // step 4 of 4
}

TEST_F(PlotEnsembleTest, TheNoiseFloorHasALineAndBarsForEachStepSize) {
  const Spec spec = noise_spec({Quantity::mean_loss, Quantity::standard_error_loss, Quantity::stationary_loss},
                               {listed("lambda", {1}), listed("alpha", {0.5, 1.5}), linear("beta", 0, 0.8, 9)});
  const auto values = [](Quantity quantity, std::int64_t cell, std::int64_t number) {
    if (quantity == Quantity::standard_error_loss) return 0.25;
    if (quantity == Quantity::mean_loss && number < 2) return 77.0;  // only the last step counts
    return cell < 9 ? 1.0 : 2.0;
  };
  const Figure drawn = figure(spec, Quantity::mean_loss, values);
  const auto elements = points_of(drawn);
  ASSERT_EQ(elements.size(), 6U);  // line, bars and dots for each alpha
  const double unit = elements[0][0].y;
  ASSERT_EQ(elements[1].size(), 9U * 6U);  // a bar and its two ends
  EXPECT_NEAR(elements[1][0].y, 0.5 * unit, last_decimal);
  EXPECT_NEAR(elements[1][1].y, 1.5 * unit, 3 * last_decimal);
  EXPECT_NEAR(elements[3][0].y, 2 * unit, 3 * last_decimal);
  for (const char* text : {"'α = 0.5: stationary'", "'α = 1.5: mean of the runs'", "bars: ± 2 standard errors",
                           "at step 4", "9 values of β"}) {
    EXPECT_TRUE(contains(drawn, text)) << text;
  }
}

TEST_F(PlotEnsembleTest, AMapOfStepsMarksTheFewestAndNamesWhatIsMissing) {
  Spec spec = trajectory_spec({Quantity::steps_to_tolerance},
                              {listed("lambda", {1}), linear("alpha", 0, 1.2, 13), linear("beta", 0, 0.9, 10)});
  const auto values = [](Quantity, std::int64_t cell, std::int64_t) {
    return cell % 3 == 0 ? -1.0 : cell == 25 ? 2.0 : 4.0;  // 25 is alpha = 0.2, beta = 0.5
  };
  const Figure drawn = figure(spec, Quantity::steps_to_tolerance, values);
  for (const char* text : {"'not within 4 steps'", "'2 steps'", "'α = 0.2'", "'β = 0.5'", "tolerance 10⁻⁶"}) {
    EXPECT_TRUE(contains(drawn, text)) << text;
  }
  for (const char* text : {"first of several cells", "not computed"}) EXPECT_FALSE(contains(drawn, text)) << text;
  const auto tied = [](Quantity, std::int64_t cell, std::int64_t) { return cell == 25 || cell == 31 ? 2.0 : 4.0; };
  const Figure with_ties = figure(spec, Quantity::steps_to_tolerance, tied);
  EXPECT_TRUE(contains(with_ties, "first of several cells"));
  EXPECT_TRUE(contains(with_ties, "'β = 0.5'"));
  EXPECT_FALSE(contains(with_ties, "not within"));
}

TEST_F(PlotEnsembleTest, AMapSaysWhatDoesNotExistAndWhatIsNotComputed) {
  const Spec spec = noise_spec({Quantity::stationary_loss, Quantity::moments},
                               {listed("lambda", {1}), linear("alpha", 0, 4, 13), linear("beta", 0, 0.9, 10)});
  const auto values = [](Quantity quantity, std::int64_t cell, std::int64_t) {
    const bool exists = cell % 2 == 0;
    return quantity == Quantity::moments ? (exists ? 1.0 : 2.0) : exists ? 1.0 : nan;
  };
  StoreSource source(store(spec, values, 10, 6));  // 6 rows of 13
  const Figure loss = ensemble_figure(source, Quantity::stationary_loss);
  EXPECT_TRUE(contains(loss, "'no stationary state'"));
  EXPECT_TRUE(contains(loss, "incomplete: 53.8 % of the cells not computed"));
  const Figure moments = ensemble_figure(source, Quantity::moments);
  EXPECT_TRUE(contains(moments, "'exist'"));
  EXPECT_TRUE(contains(moments, "'do not exist'"));
}

TEST_F(PlotEnsembleTest, AMapOfStepsTellsWhatDivergesFromWhatIsSlow) {
  const std::vector<Axis> axes = {listed("lambda", {1}), linear("alpha", 0, 1.2, 13), linear("beta", 0, 0.9, 10)};
  const auto values = [](Quantity quantity, std::int64_t cell, std::int64_t) {
    if (quantity == Quantity::steps_to_tolerance) return cell % 3 == 0 ? 2.0 : -1.0;
    const bool diverges = cell % 3 == 1;
    if (quantity == Quantity::status) return diverges ? 3.0 : 1.0;
    return diverges ? infinity : 1.0;
  };
  for (const Quantity witness : {Quantity::status, Quantity::peak_loss}) {
    const Figure told =
        figure(trajectory_spec({Quantity::steps_to_tolerance, witness}, axes), Quantity::steps_to_tolerance, values);
    EXPECT_TRUE(contains(told, "'diverged'"));
    EXPECT_TRUE(contains(told, "'not within 4 steps'"));
    EXPECT_TRUE(contains(told, "'(43 cells)'")) << name_of(witness);
  }
  const Figure alone =
      figure(trajectory_spec({Quantity::steps_to_tolerance}, axes), Quantity::steps_to_tolerance, values);
  EXPECT_FALSE(contains(alone, "'diverged'"));
  EXPECT_TRUE(contains(alone, "'(86 cells)'"));
}

TEST_F(PlotEnsembleTest, APeakAtTheStartIsNotOnTheBar) {
  const Spec spec = trajectory_spec({Quantity::peak_step},
                                    {listed("lambda", {1}), linear("alpha", 0, 1.2, 13), linear("beta", 0, 0.9, 10)});
  const auto from = [](double first) {
    return [first](Quantity, std::int64_t cell, std::int64_t) { return cell % 2 == 0 ? first : 3.0; };
  };
  EXPECT_TRUE(contains(figure(spec, Quantity::peak_step, from(0)), "'0: highest at the start'"));
  EXPECT_FALSE(contains(figure(spec, Quantity::peak_step, from(1)), "at the start"));
}

TEST_F(PlotEnsembleTest, LongNamesOfCodesHaveRoom) {
  const Spec spec = noise_spec({Quantity::moments, Quantity::stationary_loss},
                               {listed("lambda", {1}), linear("alpha", 0, 4, 3), linear("beta", 0, 0.9, 6)});
  const auto left_of = [&](Quantity quantity) {
    const Figure drawn = figure(spec, quantity, [](Quantity, std::int64_t, std::int64_t) { return 1.0; });
    const std::string margin = "set lmargin at screen ";
    double left = 0;  // notes have the whole canvas
    for (std::size_t at = drawn.script().find(margin); at != std::string::npos;
         at = drawn.script().find(margin, at + 1)) {
      left = std::max(left, canvas_width * std::stod(drawn.script().substr(at + margin.size())));
    }
    return left;
  };
  EXPECT_NEAR(left_of(Quantity::stationary_loss), map_box.left, 0.01);
  EXPECT_GE(left_of(Quantity::moments), 16 + 12 * 8);  // "do not exist"
}

TEST_F(PlotEnsembleTest, ScoresLieOverWhatIsUsual) {
  const Spec spec =
      noise_spec({Quantity::z_mean_loss}, {listed("lambda", {1}), listed("alpha", {0.5}), linear("beta", 0, 0.9, 13)});
  const auto values = [](Quantity, std::int64_t cell, std::int64_t) { return cell < 3 ? nan : 0.5; };
  const Figure drawn = figure(spec, Quantity::z_mean_loss, values);
  EXPECT_TRUE(contains(drawn, "'within ± 2'"));
  EXPECT_TRUE(contains(drawn, "'no value: diverges'"));
  EXPECT_TRUE(contains(drawn, "'(3 cells)'"));
  const auto elements = points_of(drawn);  // the band, the line at 0, dots
  ASSERT_EQ(elements.size(), 3U);
  ASSERT_EQ(elements[0].size(), 4U);
  const double high = elements[0][0].y;
  const double low = elements[0][2].y;
  EXPECT_LT(high, 1);  // all of it is in the plot
  EXPECT_GT(low, 0);
  EXPECT_NEAR(elements[1][0].y, (low + high) / 2, last_decimal);
  EXPECT_EQ(elements[2].size(), 10U);
  const Spec quiet = [&] {
    Spec result = spec;
    result.ensemble->noise->variance = {0};
    return result;
  }();
  EXPECT_TRUE(contains(figure(quiet, Quantity::z_mean_loss, values), "'no value: diverges, or no noise'"));
}

TEST_F(PlotEnsembleTest, CountsAreWholeAndStartAtZero) {
  const auto labels = [](const Scale& scale) {
    std::vector<std::string> result;
    for (const Tick& tick : whole_ticks(scale, 14)) result.push_back(tick.label);
    return result;
  };
  using Labels = std::vector<std::string>;
  EXPECT_EQ(labels(Scale(Scale::Kind::linear, 0, 1)), (Labels{"0", "1"}));
  EXPECT_EQ(labels(Scale(Scale::Kind::linear, 0, 3.09)), (Labels{"0", "1", "2", "3"}));
  EXPECT_EQ(labels(Scale(Scale::Kind::linear, 0, 40)).size(), labels(Scale(Scale::Kind::linear, 0, 4)).size() * 2 - 1);
  const auto zero = [](Quantity, std::int64_t, std::int64_t) { return 0.0; };
  const auto script = [&](std::int64_t betas) {
    return figure(noise_spec({Quantity::diverged},
                             {listed("lambda", {1}), linear("alpha", 0, 1, 9), linear("beta", 0, 1, betas)}),
                  Quantity::diverged, zero)
        .script();
  };
  EXPECT_EQ(script(2).find("'−1'"), std::string::npos);
  EXPECT_EQ(points_of(figure(noise_spec({Quantity::diverged},
                                        {listed("lambda", {1}), linear("alpha", 0, 1, 13), listed("beta", {0})}),
                             Quantity::diverged, zero))[0][0]
                .y,
            0);
}

TEST_F(PlotEnsembleTest, CellsBeyondThePlotBreakLinesAndLeaveTheLegend) {
  const Spec spec = noise_spec({Quantity::mean_loss, Quantity::standard_error_loss, Quantity::expected_loss},
                               {listed("lambda", {1}), listed("alpha", {0.5, 1.5}), linear("beta", 0, 0.9, 9)});
  const auto values = [](Quantity quantity, std::int64_t cell, std::int64_t) {
    if (quantity == Quantity::standard_error_loss) return cell < 9 && cell != 4 ? 0.25 : 1e100;
    return cell < 9 && cell != 4 ? 12.0 : 1e101;
  };
  const Figure drawn = figure(spec, Quantity::mean_loss, values);
  EXPECT_TRUE(contains(drawn, "'α = 0.5: expected'"));
  EXPECT_FALSE(contains(drawn, "'α = 1.5: expected'"));
  EXPECT_TRUE(contains(drawn, "'2 more: no points here'"));
  EXPECT_TRUE(contains(drawn, "cut off beyond the plot"));
  const auto elements = points_of(drawn);
  ASSERT_GE(elements.size(), 2U);
  EXPECT_EQ(elements[0].size(), 8U);  // the expected loss in two parts
  for (const auto& points : {elements[0], elements[1]}) {
    for (const Point& point : points) EXPECT_LE(point.y, 1);
  }
  EXPECT_EQ(elements[1].size(), 8U * 6U);  // no bar at the border
}

TEST_F(PlotEnsembleTest, HistogramsAreDensitiesOverTheLogarithm) {
  // Bins of the loss: below 1/2, [1/2, 3/4), [3/4, 1), [1, 3/2), [3/2, 2), from 2 on.
  const Spec spec = noise_spec({Quantity::histogram}, single_cell());
  const auto values = [](Quantity, std::int64_t, std::int64_t number) {
    const double at_last_step[] = {3, 10, 20, 10, 20, 0};
    return number < 12 ? 500.0 : at_last_step[number - 12];
  };
  const Figure drawn = figure(spec, Quantity::histogram, values);
  EXPECT_TRUE(contains(drawn, "'3 below the bins'"));
  EXPECT_FALSE(contains(drawn, "above the bins"));
  const auto lines = points_of(drawn);
  ASSERT_EQ(lines.size(), 1U);
  ASSERT_EQ(lines[0].size(), 8U);
  // Areas are as the counts.
  const auto area = [&](std::size_t bin) {
    return (lines[0][2 * bin + 1].x - lines[0][2 * bin].x) * lines[0][2 * bin].y;
  };
  EXPECT_NEAR(area(1) / area(0), 2, 1e-3);
  EXPECT_NEAR(area(2) / area(0), 1, 1e-3);
  EXPECT_NEAR(area(3) / area(0), 2, 1e-3);
}

}  // namespace
}  // namespace ravine::detail
