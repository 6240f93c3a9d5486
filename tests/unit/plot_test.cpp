// Pictures: what is drawn, from a synthetic map without a store, and the whole way from a store to the files.
// Rates and regimes here are the textbook formulas, not the model's.
#include "ravine/plot.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>

#include <gtest/gtest.h>

#include "plot/colors.hpp"
#include "plot/figure.hpp"
#include "plot/gnuplot.hpp"
#include "plot/map_source.hpp"
#include "plot/placement.hpp"
#include "plot/plot_axis.hpp"
#include "plot/scan.hpp"
#include "plot/script.hpp"
#include "plot/words.hpp"
#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

namespace fs = std::filesystem;

double textbook_rate(double alpha, double beta) {
  const double t = 1 + beta - alpha;
  const double discriminant = t * t - 4 * beta;
  return discriminant < 0 ? std::sqrt(beta) : (std::abs(t) + std::sqrt(discriminant)) / 2;
}

std::uint8_t textbook_regime(double alpha, double beta) {
  if (alpha < 0 || alpha > 2 + 2 * beta || std::abs(beta) > 1) return 7;
  if (alpha == 0 || alpha == 2 + 2 * beta || beta == 1) return 6;
  const double t = 1 + beta - alpha;
  if (t * t < 4 * beta) return 2;
  return t > 0 ? 1 : 4;
}

Axis linear(const char* name, double from, double to, std::int64_t count) {
  return Axis(name, LinearRange{from, to, count});
}

/// A map whose cells come from functions of the cell's number.
class FakeMap final : public MapSource {
 public:
  FakeMap() = default;
  /// The textbook's map, alpha slow in [0, 4], beta fast in [0, 1].
  FakeMap(std::int64_t alphas, std::int64_t betas) {
    map_spec.axes = {linear("alpha", 0, 4, alphas), linear("beta", 0, 1, betas)};
    map_spec.quantities = {Quantity::rate, Quantity::regime};
    const auto fraction = [](std::int64_t i, std::int64_t n) {
      return static_cast<double>(i) / static_cast<double>(n - 1);
    };
    const auto alpha = [=](std::int64_t cell) { return 4 * fraction(cell / betas, alphas); };
    const auto beta = [=](std::int64_t cell) { return fraction(cell % betas, betas); };
    value = [=](std::int64_t cell) { return textbook_rate(alpha(cell), beta(cell)); };
    regime = [=](std::int64_t cell) { return textbook_regime(alpha(cell), beta(cell)); };
  }

  Spec map_spec;
  std::function<double(std::int64_t)> value;
  std::function<std::uint8_t(std::int64_t)> regime;
  std::size_t longest_run = 0;

  [[nodiscard]] const Spec& spec() const override { return map_spec; }
  void read(Quantity quantity, std::int64_t first, std::span<double> out) override {
    longest_run = std::max(longest_run, out.size());
    for (double& here : out) here = quantity == Quantity::gap ? 1 - value(first) : value(first), ++first;
  }
  void read_regimes(std::int64_t first, std::span<std::uint8_t> out) override {
    for (std::uint8_t& here : out) here = regime(first++);
  }
};

FakeMap textbook_map(std::int64_t alphas, std::int64_t betas) {
  return FakeMap(alphas, betas);
}

struct Scanned {
  PlotAxis slow;
  PlotAxis fast;
  Picture picture;
};
Scanned scan_map(FakeMap& map, Quantity drawn, RowsAre rows = RowsAre::vertical) {
  Scanned result{PlotAxis(map.map_spec.axes[0]), PlotAxis(map.map_spec.axes[1]), {}};
  const Plane plane = {&result.slow, &result.fast, rows, 0};
  result.picture = scan(map, plane, layers_of(map.map_spec, drawn), {1200, 900});
  return result;
}

double length_of(const std::vector<Polyline>& lines) {
  double length = 0;
  for (const Polyline& line : lines) {
    for (std::size_t i = 1; i < line.size(); ++i) {
      length += std::hypot(line[i].x - line[i - 1].x, line[i].y - line[i - 1].y);
    }
  }
  return length;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Calls `act`, which must throw an `Expected`; its message.
template <typename Expected, typename Act>
std::string message_of(Act act) {
  try {
    act();
  } catch (const Expected& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another exception: ") + error.what();
  }
  return "no exception";
}

TEST(PlotQuoting, LeavesNothingToExecute) {
  EXPECT_EQ(single_quoted("it's"), "'it''s'");
  EXPECT_EQ(single_quoted("`id` $(id) \"x\" \\"), "'`id` $(id) \"x\" \\'");
  EXPECT_EQ(single_quoted("a\nset output"), "'aset output'");
}

TEST(PlotAxisTest, CellsOfARangeAreEquallyWide) {
  const PlotAxis axis(linear("alpha", 0, 4, 5));
  EXPECT_DOUBLE_EQ(axis.edge(0), 0);
  EXPECT_DOUBLE_EQ(axis.edge(5), 1);
  EXPECT_DOUBLE_EQ(axis.centre(0), 0.1);
  EXPECT_EQ(axis.cell_at(0.0), 0);
  EXPECT_EQ(axis.cell_at(0.21), 1);
  EXPECT_EQ(axis.cell_at(1.0), 4);
}

TEST(PlotAxisTest, ListedCellsAreToScale) {
  const PlotAxis axis(Axis("lambda", ListedValues{{1, 2, 6}}));
  // Edges 0.5, 1.5, 4, 8: half-way between the values, and as far beyond the last ones.
  EXPECT_DOUBLE_EQ(axis.edge(1), 1.0 / 7.5);
  EXPECT_DOUBLE_EQ(axis.edge(2), 3.5 / 7.5);
  EXPECT_DOUBLE_EQ(axis.centre(2), 5.5 / 7.5);
  EXPECT_EQ(axis.cell_at(3.4 / 7.5), 1);
  EXPECT_EQ(axis.cell_at(3.6 / 7.5), 2);
}

TEST(PlotAxisTest, RefusesListsThatDoNotIncrease) {
  const std::string message = message_of<UsageError>([] {
    PlotAxis(Axis("lambda", ListedValues{{1.0, 3.0, 3.0, 4.0}}));
  });
  EXPECT_TRUE(contains(message, "axis lambda: value 3 of its list, 3, is not above")) << message;
}

TEST(PlotAxisTest, TicksAreRoundAndInPlace) {
  const std::vector<Tick> ticks = PlotAxis(linear("alpha", 0, 4, 401)).ticks(10);
  ASSERT_EQ(ticks.size(), 9U);
  EXPECT_EQ(ticks[1].label, "0.5");
  EXPECT_NEAR(ticks[1].at, 50.5 / 401, 1e-12);
  const std::vector<Tick> logs = PlotAxis(Axis("lambda", LogRange{1e-2, 10, 4})).ticks(8);
  std::vector<std::string> labels;
  for (const Tick& tick : logs) {
    if (!tick.label.empty()) labels.push_back(tick.label);
  }
  EXPECT_EQ(labels, (std::vector<std::string>{"10⁻²", "10⁻¹", "1", "10"}));
  EXPECT_NEAR(logs.front().at, 0.5 / 4, 1e-12);
}

TEST(PlotAxisTest, NarrowRangesHaveLabelsThatDiffer) {
  const std::vector<Tick> ticks = PlotAxis(linear("alpha", 1, 1 + 1e-9, 11)).ticks(5);
  ASSERT_GE(ticks.size(), 2U);
  EXPECT_NE(ticks[0].label, ticks[1].label);
}

TEST(PlotWords, NumbersReadAsTypeset) {
  EXPECT_EQ(number(-0.5), "−0.5");
  EXPECT_EQ(number(3e-7), "3×10⁻⁷");
  EXPECT_EQ(number(1e10), "10¹⁰");
  EXPECT_EQ(number(-0.0), "0");
}

TEST(PlotColors, DivergentAndNotComputedAreOutsideThePalette) {
  const ColorScale rate(Quantity::rate, 0, 3);
  EXPECT_EQ(hex(rate.color(0)), "#440154");
  EXPECT_EQ(hex(rate.color(1)), "#fde725");
  EXPECT_EQ(rate.color(std::nextafter(1, 2)), divergent_color);
  EXPECT_EQ(rate.color(std::nan("")), not_computed_color);
  EXPECT_EQ(ColorScale(Quantity::gap, -1, 1).color(-1e-300), divergent_color);
  EXPECT_EQ(hex(ColorScale(Quantity::sigma1_re, -2, 1).color(0)), "#f7f6f6");
}

TEST(PlotColors, TheRangeStartsAtARoundValueBelowTheLowest) {
  EXPECT_NEAR(ColorScale(Quantity::rate, 0.724, 1.2).low(), 0.7, 1e-12);
  EXPECT_NEAR(ColorScale(Quantity::rate, 0.9995, 1).low(), 0.9995, 1e-12);
  EXPECT_EQ(ColorScale(Quantity::rate, 0.002, 1).low(), 0);
  EXPECT_EQ(ColorScale(Quantity::rate, 2, 3).low(), 0);
  EXPECT_NEAR(ColorScale(Quantity::gap, -1, 0.03).high(), 0.03, 1e-12);
  EXPECT_EQ(ColorScale(Quantity::sigma2_re, -std::numeric_limits<double>::infinity(), 1).high(), 4);
}

TEST(PlotLines, ConvergenceEndsOnTheKnownTriangle) {
  FakeMap map = textbook_map(401, 201);
  const Scanned scanned = scan_map(map, Quantity::rate);
  ASSERT_FALSE(scanned.picture.convergence.empty());
  double nearest_corner = 1;
  for (const Polyline& line : scanned.picture.convergence) {
    for (const Point& point : line) {
      const double alpha = (point.x * 401 - 0.5) / 100;
      const double beta = (point.y * 201 - 0.5) / 200;
      const double off = std::min({std::abs(alpha), std::abs(beta - 1), std::abs(alpha - 2 - 2 * beta) / 2});
      EXPECT_LT(off, 0.011) << alpha << ' ' << beta;  // a cell's width and the lattice
      nearest_corner = std::min(nearest_corner, std::hypot(alpha - 2, beta));
    }
  }
  EXPECT_LT(nearest_corner, 0.02);
}

TEST(PlotLines, RowsMayLieEitherWay) {
  FakeMap map = textbook_map(101, 51);
  const Picture upright = scan_map(map, Quantity::rate, RowsAre::vertical).picture;
  const Picture lying = scan_map(map, Quantity::rate, RowsAre::horizontal).picture;
  EXPECT_EQ(upright.size.width, 1200 / 101 * 101);
  EXPECT_EQ(lying.size.width, 1200 / 51 * 51);
  EXPECT_EQ(upright.values[static_cast<std::size_t>(upright.size.width) - 1], textbook_rate(4, 0));
  EXPECT_EQ(lying.values[static_cast<std::size_t>(lying.size.width) - 1], textbook_rate(0, 1));
}

TEST(PlotLines, BoundaryOneCellWideSurvivesInAHugeMapInBoundedMemory) {
  constexpr std::int64_t side = 5000;
  constexpr std::int64_t column = 2501;  // of one cell that diverges, and has a regime of its own, amid the rest
  FakeMap map;
  map.map_spec.axes = {linear("alpha", 0, 4, side), linear("beta", 0, 1, side)};
  map.map_spec.quantities = {Quantity::rate, Quantity::regime};
  map.value = [](std::int64_t cell) { return cell / side == column ? 1.5 : 0.5; };
  map.regime = [](std::int64_t cell) { return static_cast<std::uint8_t>(cell / side == column ? 7 : 2); };
  rusage before = {};
  getrusage(RUSAGE_SELF, &before);
  const Picture picture = scan_map(map, Quantity::rate).picture;
  rusage after = {};
  getrusage(RUSAGE_SELF, &after);
  // One side each, the whole height, near the column's place; the sampled image does not show the column.
  ASSERT_FALSE(picture.convergence.empty());
  EXPECT_NEAR(length_of(picture.convergence), 2, 0.1);
  for (const Polyline& line : picture.convergence) {
    for (const Point& point : line) EXPECT_NEAR(point.x, (column + 0.5) / side, 1.0 / 1200);
  }
  ASSERT_FALSE(picture.boundaries.empty());
  EXPECT_GT(length_of(picture.boundaries), 0.95);
  EXPECT_EQ(picture.by_regime[7].cells, side);
  EXPECT_LE(map.longest_run, 5000U);
  // The map would be 200 MB; image and rows take some 15. The limit leaves room for a sanitizer's shadow.
  EXPECT_LT((after.ru_maxrss - before.ru_maxrss) / 1024, 100);
}

TEST(PlotLines, SingleCellLeavesADot) {
  FakeMap map;
  map.map_spec.axes = {linear("alpha", 0, 4, 5000), linear("beta", 0, 1, 3000)};
  map.map_spec.quantities = {Quantity::rate};
  map.value = [](std::int64_t cell) { return cell == 1234 * 3000 + 777 ? 2.0 : 0.5; };
  const Picture picture = scan_map(map, Quantity::rate).picture;
  ASSERT_EQ(picture.convergence.size(), 1U);
  EXPECT_NEAR(picture.convergence[0][0].x, 1234.5 / 5000, 2.0 / 1200);
  EXPECT_NEAR(picture.convergence[0][0].y, 777.5 / 3000, 2.0 / 900);
  EXPECT_GE(length_of(picture.convergence), 0.5 / 1200);
}

TEST(PlotLines, WhatShrinksToAPointIsStillDrawn) {
  SegmentSet segments(1200, 900);
  segments.add({0.5, 0.5}, {0.5 + 1e-6, 0.5});
  const std::vector<Polyline> lines = segments.polylines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NEAR(length_of(lines), 1.0 / 1200, 1e-9);
}

TEST(PlotLines, NoiseCannotGrowTheSegmentsBeyondTheLimit) {
  constexpr std::size_t limit = 2000;
  SegmentSet segments(1200, 900, limit);
  std::uint32_t state = 1;
  const auto random = [&state] {
    state = state * 1664525U + 1013904223U;
    return (state >> 8) / 16777216.0;
  };
  for (int k = 0; k < 100000; ++k) {
    const Point at = {random(), random()};
    segments.add(at, {at.x + 0.0005, at.y});
    ASSERT_LE(segments.size(), 2 * limit);
  }
  EXPECT_FALSE(segments.polylines().empty());
}

TEST(PlotLines, StripsOfALongRowJoin) {
  constexpr std::int64_t row = 1'200'000;  // longer than what a scan holds at once
  FakeMap map;
  map.map_spec.axes = {linear("alpha", 0, 4, 3), linear("beta", 0, 1, row)};
  map.map_spec.quantities = {Quantity::rate};
  map.value = [](std::int64_t cell) { return cell / row == 0 ? 1.5 : cell % row >= 1'100'000 ? 0.25 : 0.5; };
  const Picture picture = scan_map(map, Quantity::rate).picture;
  ASSERT_EQ(picture.convergence.size(), 1U);
  EXPECT_NEAR(length_of(picture.convergence), 1, 0.1);
  ASSERT_TRUE(picture.best.has_value());
  EXPECT_EQ(picture.best->slow, 1);  // the first in grid order of many
  EXPECT_EQ(picture.best->fast, 1'100'000);
  EXPECT_LE(map.longest_run, (std::size_t{1} << 19) + 1);
}

TEST(PlotLines, BoundariesBetweenStripsAreSeen) {
  constexpr std::int64_t row = 1'200'000;
  for (const std::int64_t edge : {std::int64_t{1} << 19, std::int64_t{1} << 20}) {
    FakeMap map;
    map.map_spec.axes = {linear("alpha", 0, 4, 3), linear("beta", 0, 1, row)};
    map.map_spec.quantities = {Quantity::rate, Quantity::regime};
    map.value = [=](std::int64_t cell) { return cell % row < edge ? 1.5 : 0.5; };
    map.regime = [=](std::int64_t cell) { return static_cast<std::uint8_t>(cell % row < edge ? 7 : 2); };
    const Picture picture = scan_map(map, Quantity::rate).picture;
    EXPECT_NEAR(length_of(picture.convergence), 2.0 / 3, 0.01) << edge;  // from the first row's middle to the last's
    EXPECT_NEAR(length_of(picture.boundaries), 1, 0.01) << edge;
  }
}

TEST(PlotImage, OneCellNotComputedShowsAndLinesKeepOff) {
  FakeMap map = textbook_map(3000, 2000);
  const auto whole = map.value;
  constexpr std::int64_t missing = 700 * 2000 + 900;
  map.value = [whole](std::int64_t cell) { return cell == missing ? std::nan("") : whole(cell); };
  const Picture picture = scan_map(map, Quantity::rate).picture;
  EXPECT_EQ(picture.not_computed, 1);
  const auto blank =
      std::count_if(picture.values.begin(), picture.values.end(), [](double v) { return std::isnan(v); });
  EXPECT_GE(blank, 1);
  EXPECT_LE(blank, 4);
  EXPECT_TRUE(std::isnan(picture.values[static_cast<std::size_t>(900 * 900 / 2000 * 1200 + 700 * 1200 / 3000)]));
}

TEST(PlotPlacement, LabelsLieInsideTheirRegion) {
  FakeMap map = textbook_map(401, 201);
  const Picture picture = scan_map(map, Quantity::rate).picture;
  for (const std::uint8_t regime : std::initializer_list<std::uint8_t>{1, 2, 4, 7}) {
    const auto at = place_inside(picture, regime, {{0, 0}, 0.03, 0.03}, {});
    ASSERT_TRUE(at.has_value()) << int{regime};
    for (const double side : {-0.015, 0.015}) {
      const auto x = static_cast<std::size_t>((at->x + side) * picture.size.width);
      const auto y = static_cast<std::size_t>((at->y + side) * picture.size.height);
      EXPECT_EQ(picture.regimes[y * static_cast<std::size_t>(picture.size.width) + x], regime);
    }
  }
  EXPECT_FALSE(place_inside(picture, 6, {{0, 0}, 0.03, 0.03}, {}).has_value());  // a cell wide
}

TEST(PlotPanels, TwelveAtMostWithBothEnds) {
  EXPECT_EQ(chosen_panels(3), (std::vector<std::int64_t>{0, 1, 2}));
  const std::vector<std::int64_t> many = chosen_panels(std::int64_t{1} << 62);
  ASSERT_EQ(many.size(), 12U);
  EXPECT_EQ(many.front(), 0);
  EXPECT_EQ(many.back(), (std::int64_t{1} << 62) - 1);
  EXPECT_TRUE(std::is_sorted(many.begin(), many.end()));
}

TEST(PlotFigures, OnlyRegimesThatOccurAreInTheLegend) {
  FakeMap map = textbook_map(41, 21);
  const std::string script = map_figure(map, Quantity::rate).script();
  for (const char* name : {"'ripples'", "'monotone'", "'oscillation'", "'divergent'", "'rate = 1'"}) {
    EXPECT_TRUE(contains(script, name)) << name;
  }
  for (const char* name : {"mixed sign", "not computed", "incomplete"}) EXPECT_FALSE(contains(script, name)) << name;
}

/// Tests that run gnuplot write into a folder of their own.
class PlotFilesTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path path(const char* name) const { return folder_.path() / name; }
  void draw_to(const Figure& figure, const char* name, const std::string& program = "gnuplot") const {
    draw(figure, program, path(name).replace_extension(".png"), path(name).replace_extension(".svg"));
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(PlotFilesTest, AreWholeAndTheSameEveryTime) {
  FakeMap map = textbook_map(41, 21);
  draw_to(map_figure(map, Quantity::rate), "one");
  draw_to(map_figure(map, Quantity::rate), "two");
  const std::string png = bytes_of(path("one.png"));
  EXPECT_EQ(png.substr(1, 3), "PNG");
  EXPECT_EQ(png.substr(16, 8), std::string("\0\0\x04\xb0\0\0\x03\x84", 8));  // 1200 x 900
  EXPECT_TRUE(png == bytes_of(path("two.png")));
  const std::string svg = bytes_of(path("one.svg"));
  EXPECT_TRUE(svg == bytes_of(path("two.svg")));
  for (const char* text : {"heavy ball: convergence rate max|σ|", "step size α (1/curvature)", "1, diverges"}) {
    EXPECT_TRUE(contains(svg, text)) << text;
  }
  EXPECT_FALSE(contains(svg, "figure_image"));  // the image is inside, not beside
}

TEST_F(PlotFilesTest, EveryKindOfMapDraws) {
  FakeMap map = textbook_map(41, 21);
  draw_to(map_figure(map, Quantity::regime), "regime");
  draw_to(map_figure(map, Quantity::gap), "gap");
  draw_to(map_figure(map, Quantity::sigma1_re), "sigma");
  FakeMap line = textbook_map(41, 21);
  line.map_spec.axes = {linear("alpha", 0, 4, 41)};
  draw_to(line_figure(line, Quantity::rate), "line");
  FakeMap missing = textbook_map(41, 21);
  missing.value = [](std::int64_t) { return std::nan(""); };
  missing.regime = [](std::int64_t) { return regime_not_computed; };
  draw_to(map_figure(missing, Quantity::rate), "missing");
  EXPECT_TRUE(contains(bytes_of(path("missing.svg")), "incomplete: 100 % of the cells not computed"));
  FakeMap infinite = textbook_map(41, 21);
  infinite.value = [](std::int64_t cell) { return cell % 2 == 0 ? 0.5 : std::numeric_limits<double>::infinity(); };
  draw_to(map_figure(infinite, Quantity::rate), "infinite");
  draw_to(map_figure(infinite, Quantity::sigma2_im), "infinite_sigma");
}

TEST_F(PlotFilesTest, TextIsNeverExecuted) {
  FakeMap map = textbook_map(5, 5);
  Figure figure = map_figure(map, Quantity::rate);
  const std::string bad = "`touch " + path("executed").string() + "` 'x";
  figure.add_notes(std::vector<std::string>{label_command(bad, {100, 100}, {})});
  draw_to(figure, "bad");
  EXPECT_FALSE(fs::exists(path("executed")));
  EXPECT_TRUE(contains(bytes_of(path("bad.svg")), "`touch"));
}

TEST_F(PlotFilesTest, MissingGnuplotNamesThePackage) {
  FakeMap map = textbook_map(5, 5);
  const Figure figure = map_figure(map, Quantity::rate);
  const std::string message = message_of<BackendError>([&] { draw_to(figure, "x", "no-such-gnuplot"); });
  EXPECT_TRUE(contains(message, "no-such-gnuplot")) << message;
  EXPECT_TRUE(contains(message, "apt install gnuplot-nox")) << message;
}

TEST_F(PlotFilesTest, FailingGnuplotIsQuotedAndLeavesOldFiles) {
  FakeMap map = textbook_map(5, 5);
  Figure figure = map_figure(map, Quantity::rate);
  draw_to(figure, "x");
  const std::string before = bytes_of(path("x.png"));
  figure.add_notes(std::vector<std::string>{"nonsense command\n"});
  const std::string message = message_of<BackendError>([&] { draw_to(figure, "x"); });
  EXPECT_TRUE(contains(message, "invalid command")) << message;
  EXPECT_TRUE(before == bytes_of(path("x.png")));
  EXPECT_TRUE(contains(message_of<BackendError>([&] { draw_to(figure, "x", "false"); }), "status 1"));
}

/// A store of rates and regimes, 6 x 5 cells in tiles of two rows, with the tiles of `ids` done.
Store small_store(const fs::path& path, Precision precision, const std::vector<std::int64_t>& ids) {
  Spec spec;
  spec.precision = precision;
  spec.quantities = {Quantity::rate, Quantity::regime};
  spec.axes = {Axis("lambda", ListedValues{{1}}), linear("alpha", 0, 2, 6), linear("beta", 0, 0.5, 5)};
  const Grid grid = make_grid(spec, 10);
  const Store store = Store::create(path, spec, grid);
  StoreWriter writer(store, {}, {});
  for (const std::int64_t id : ids) {
    TileData tile;
    tile.id = id;
    const std::size_t cells = static_cast<std::size_t>(grid.tile_capacity());
    const std::vector<std::byte> regimes(cells, std::byte{2});
    std::vector<std::byte> rates;
    for (std::size_t k = 0; k < cells; ++k) {
      const double value = 0.01 * static_cast<double>(id * 10 + static_cast<std::int64_t>(k));
      const auto narrow = static_cast<float>(value);
      const bool wide = precision == Precision::float64;
      const auto* bytes =
          wide ? reinterpret_cast<const std::byte*>(&value) : reinterpret_cast<const std::byte*>(&narrow);
      rates.insert(rates.end(), bytes, bytes + (wide ? sizeof value : sizeof narrow));
    }
    tile.chunks = {ByteBuffer(rates), ByteBuffer(regimes)};
    tile.summary.cells = static_cast<std::int64_t>(cells);
    tile.summary.convergent = tile.summary.cells;
    tile.summary.best_rate = BestCell{0.1 * static_cast<double>(id), id * 10};
    tile.summary.regimes = std::array<std::int64_t, regime_count>{0, 0, tile.summary.cells};
    writer.write_tile(tile);
  }
  writer.finish("interrupted", static_cast<std::int64_t>(ids.size()), 0);
  return store;
}

TEST_F(PlotFilesTest, StoreGivesCellsInGridOrderAcrossTiles) {
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    const Store store = small_store(path(precision == Precision::float64 ? "wide" : "narrow"), precision, {0, 2});
    ASSERT_EQ(store.grid().tile_count(), 3);
    StoreSource source(store);
    std::vector<double> rates(30);
    std::vector<std::uint8_t> regimes(30);
    source.read(Quantity::rate, 0, rates);
    source.read_regimes(0, regimes);
    for (std::size_t k = 0; k < 30; ++k) {
      const bool missing = k >= 10 && k < 20;
      EXPECT_EQ(std::isnan(rates[k]), missing) << k;
      EXPECT_EQ(regimes[k], missing ? regime_not_computed : 2) << k;
      if (!missing) {
        EXPECT_NEAR(rates[k], 0.01 * static_cast<double>(k), 1e-7);
      }
    }
    std::vector<double> part(3);
    source.read(Quantity::rate, 8, part);
    EXPECT_NEAR(part[1], 0.09, 1e-7);
    EXPECT_TRUE(std::isnan(part[2]));
  }
}

TEST_F(PlotFilesTest, AnIncompleteStoreSaysSo) {
  const Store store = small_store(path("store"), Precision::float64, {0, 1});
  PlotOptions options;
  options.output = path("new/pictures");
  const PlotFiles files = plot(store, options);
  ASSERT_EQ(files.png, std::vector<fs::path>{path("new/pictures") / "rate.png"});
  ASSERT_EQ(files.svg, std::vector<fs::path>{path("new/pictures") / "rate.svg"});
  const std::string svg = bytes_of(files.svg[0]);
  EXPECT_TRUE(contains(svg, "incomplete: 33.3 % of the cells not computed"));
  EXPECT_TRUE(contains(svg, "λ = 1"));
  options.quantity = Quantity::regime;
  options.output.clear();
  EXPECT_EQ(plot(store, options).png, std::vector<fs::path>{store.path() / "regime.png"});
  EXPECT_GT(fs::file_size(store.path() / "regime.png"), 1000U);
}

TEST_F(PlotFilesTest, WhatCannotBeDrawnIsRefused) {
  const Store store = small_store(path("store"), Precision::float64, {0, 1, 2});
  PlotOptions options;
  options.quantity = Quantity::gap;
  const std::string message = message_of<UsageError>([&] { plot(store, options); });
  EXPECT_TRUE(contains(message, "has no quantity gap; it has rate, regime")) << message;
  options.quantity.reset();
  options.output = path("file") / "below";
  std::ofstream(path("file")) << "x";
  EXPECT_TRUE(contains(message_of<IoError>([&] { plot(store, options); }), "can't create the folder"));

  Spec spec = store.spec();
  spec.axes = {linear("lambda", 1, 1, 1), linear("alpha", 1, 1, 1), linear("beta", 0.5, 0.5, 1)};
  const Store cell = Store::create(path("cell"), spec, make_grid(spec));
  EXPECT_TRUE(contains(message_of<UsageError>([&] { plot(cell, {}); }), "single cell"));
}

TEST_F(PlotFilesTest, ACorruptTileIsAnErrorNotAPicture) {
  const Store store = small_store(path("store"), Precision::float64, {0, 1, 2});
  for (const auto& entry : fs::recursive_directory_iterator(store.path() / "rate")) {
    if (!entry.is_regular_file() || entry.path().filename().string().starts_with(".")) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.write("damaged!", 8);
  }
  EXPECT_FALSE(contains(message_of<DataError>([&] { plot(store, {}); }), "exception"));
  EXPECT_FALSE(fs::exists(store.path() / "rate.png"));
}

}  // namespace
}  // namespace ravine::detail
