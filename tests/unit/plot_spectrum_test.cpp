// Pictures of frozen spectra: what is read, where vertices go, and what the figures say.
#include "ravine/spectrum_plot.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "plot/drawn_spectrum.hpp"
#include "plot/gnuplot.hpp"
#include "plot/graph_layout.hpp"
#include "plot/spectrum_figure.hpp"
#include "plot/words.hpp"
#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

namespace fs = std::filesystem;

/// A store under construction.
struct Frozen {
  std::string title = "laplacian of a path graph";
  std::int64_t size = 0;
  std::int64_t kernel = 0;
  std::vector<StoredArray> arrays;

  void add(const char* name, std::vector<std::int64_t> shape, std::vector<double> values) {
    arrays.push_back({name, dimensions(name, shape.size()), shape, name, std::move(values)});
  }
  void add(const char* name, std::vector<std::int64_t> shape, std::vector<std::int64_t> values) {
    arrays.push_back({name, dimensions(name, shape.size()), shape, name, std::move(values)});
  }
  void add_spectrum(std::vector<std::int64_t> modes, std::vector<double> eigenvalues) {
    const auto count = static_cast<std::int64_t>(modes.size());
    const double bound = 1e-14 * std::abs(eigenvalues.back());
    add("mode", {count}, std::move(modes));
    add("eigenvalue", {count}, std::move(eigenvalues));
    add("eigenvalue_bound", {count}, std::vector<double>(static_cast<std::size_t>(count), bound));
  }
  void add_edges(const std::vector<std::int64_t>& ends) {
    add("edge", {static_cast<std::int64_t>(ends.size()) / 2, 2}, ends);
  }
  [[nodiscard]] SpectrumStore at(const fs::path& path) const {
    std::string quoted;
    for (const char c : title) quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    const std::string attributes =
        fmt::format(R"({{"title": "{}", "kind": "graph", "solver": "by hand", "n": {}, "kernel": {}, "nonzeros": 0,
                         "components": 1, "zero_tolerance": 0, "notes": [], "checks": {{"residual": null,
                         "orthogonality": null, "trace": null, "frobenius": null, "tolerance": 1e-13}}}})",
                    quoted, size, kernel);
    return SpectrumStore::create(path, "0123456789abcdef0123456789abcdef", [&] {
      return SpectrumContent{attributes, arrays};
    });
  }

 private:
  static std::vector<std::string> dimensions(const char* name, std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t k = 0; k < count; ++k) names.push_back(std::string(name) + std::to_string(k));
    return names;
  }
};

std::vector<std::int64_t> one_to(std::int64_t n) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t k = 1; k <= n; ++k) numbers.push_back(k);
  return numbers;
}

std::vector<std::int64_t> path_edges(std::int64_t n) {
  std::vector<std::int64_t> ends;
  for (std::int64_t k = 0; k + 1 < n; ++k) ends.insert(ends.end(), {k, k + 1});
  return ends;
}

/// The Laplacian of a path, in closed form.
Frozen frozen_path(std::int64_t n) {
  Frozen frozen;
  frozen.size = n;
  frozen.kernel = 1;
  std::vector<double> eigenvalues;
  std::vector<double> vectors;
  for (std::int64_t j = 0; j < n; ++j) {
    const double angle = std::numbers::pi * static_cast<double>(j) / static_cast<double>(n);
    eigenvalues.push_back(2 - 2 * std::cos(angle));
    for (std::int64_t i = 0; i < n; ++i) {
      // The sign is turned, so that the picture has to turn it back.
      vectors.push_back(-std::cos(angle * (static_cast<double>(i) + 0.5)));
    }
  }
  frozen.add_spectrum(one_to(n), eigenvalues);
  frozen.add("eigenvector", {n, n}, vectors);
  frozen.add_edges(path_edges(n));
  return frozen;
}

/// A regression's arrays with one number everywhere but in `curve`.
Frozen frozen_regression() {
  Frozen frozen;
  frozen.title = "polynomial of degree 1 fitted to `it's`.csv";
  frozen.size = 2;
  frozen.add_spectrum({1, 2}, {0.01, 4});
  frozen.add("input", {3}, std::vector<double>{0, 1, 2});
  frozen.add("observation", {3}, std::vector<double>{10, 11, 12});
  frozen.add("point", {2}, std::vector<double>{0, 2});
  frozen.add("eigenfeature", {2, 3}, std::vector<double>{0.1, 0, 0.1, 1, 1, 1});
  frozen.add("eigenfeature_curve", {2, 2}, std::vector<double>{0.2, 0.2, 1, 1});
  frozen.add("least_squares_curve", {2}, std::vector<double>{10, 12});
  frozen.add("step", {2}, std::vector<std::int64_t>{1, 100});
  frozen.add("eta", {2}, std::vector<double>{4, 0.04});
  for (const std::string method : {"gradient_descent", "ridge"}) {
    frozen.add((method + "_filter").c_str(), {2, 2}, std::vector<double>{0.0025, 0.5, 0.2, 0.99});
    frozen.add((method + "_loss").c_str(), {2}, std::vector<double>{5, 0.5});
    frozen.add((method + "_curve").c_str(), {2, 2}, std::vector<double>{-500, 5, 9, 12});
  }
  return frozen;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

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

class SpectrumPlotTest : public testing::Test {
 protected:
  TemporaryFolder folder;
  [[nodiscard]] SpectrumStore store(const Frozen& frozen, const char* name = "store") const {
    return frozen.at(folder.path() / name);
  }
};

TEST(PlotWords, LinesBreakAtSpacesAndCountLetters) {
  EXPECT_EQ(wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("λλλ λλλ", 7), (std::vector<std::string>{"λλλ λλλ"}));
  EXPECT_EQ(wrapped("incomprehensibilities", 7), (std::vector<std::string>{"incomprehensibilities"}));
  EXPECT_EQ(wrapped("", 7), std::vector<std::string>{});
  EXPECT_EQ(shortened("κappa", 5), "κappa");
  EXPECT_EQ(shortened("aκκκκκ", 4), "aκκ…");
}

TEST_F(SpectrumPlotTest, AKernelThatIsStoredOrKnownIsLeftOutOfKappa) {
  const DrawnSpectrum path(store(frozen_path(8), "path"));
  const double cotangent = 1 / std::tan(std::numbers::pi / 16);
  EXPECT_EQ(path.zeros(), 1);
  EXPECT_EQ(path.first_above_zero(), 1U);
  EXPECT_NEAR(path.kappa().value(), cotangent * cotangent, 1e-10 * cotangent * cotangent);

  Frozen ends;
  ends.size = 100;
  ends.kernel = 3;
  ends.add_spectrum({4, 5, 100}, {0.5, 0.6, 8});
  const DrawnSpectrum known(store(ends, "ends"));
  EXPECT_EQ(known.zeros(), 3);
  EXPECT_EQ(known.kappa(), 16);

  ends.kernel = 2;  // what is eigenvalue number 3?
  EXPECT_EQ(DrawnSpectrum(store(ends, "gap")).kappa(), std::nullopt);
}

TEST_F(SpectrumPlotTest, NegativeEigenvaluesHaveNoKappa) {
  Frozen frozen;
  frozen.size = 3;
  frozen.add_spectrum({1, 2, 3}, {-1, 0.5, 2});
  EXPECT_EQ(DrawnSpectrum(store(frozen)).kappa(), std::nullopt);
}

TEST_F(SpectrumPlotTest, EqualEigenvaluesAreCountedTogether) {
  Frozen frozen;
  frozen.size = 5;
  frozen.add_spectrum({1, 2, 3, 4, 5}, {0, 1, 1 + 1e-15, 1 + 2e-15, 3});
  const DrawnSpectrum spectrum(store(frozen));
  EXPECT_EQ(spectrum.multiplicity(0), 1);
  EXPECT_EQ(spectrum.multiplicity(1), 3);
  EXPECT_EQ(spectrum.multiplicity(3), 3);
  EXPECT_EQ(spectrum.multiplicity(4), 1);
}

TEST_F(SpectrumPlotTest, TheSignOfAnEigenvectorIsChosen) {
  DrawnSpectrum path(store(frozen_path(8)));
  const std::vector<double> vector = path.eigenvector(1);
  EXPECT_DOUBLE_EQ(vector.front(), std::cos(std::numbers::pi / 16));
  EXPECT_DOUBLE_EQ(vector.back(), std::cos(std::numbers::pi * 15 / 16));
}

TEST(GraphLayouts, APathIsAnArcAndACycleARing) {
  DrawnGraph graph{6, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}}, {}};
  EXPECT_EQ(lay_out(graph, {}).layout, Layout::arc);
  graph.edges.push_back({0, 5});
  const GraphLayout ring = lay_out(graph, {});
  EXPECT_EQ(ring.layout, Layout::ring);
  EXPECT_EQ(ring.places.size(), 6U);
  EXPECT_NEAR(ring.places[0].y, 1, 1e-12);  // the first on top
  EXPECT_NEAR(ring.places[3].y, 0, 1e-12);
}

TEST(GraphLayouts, ARingKeepsItsShapeWithAFifthOfItsEdgesRewired) {
  DrawnGraph graph{20, {}, {}};
  for (std::int64_t k = 0; k < 20; ++k) {
    for (std::int64_t step = 1; step <= 2; ++step) graph.edges.push_back({k, (k + step) % 20});
  }
  for (std::size_t k = 0; k < 8; ++k) graph.edges[5 * k][1] = (graph.edges[5 * k][0] + 10) % 20;
  const std::vector<Point> coordinates(20, Point{0, 0});
  EXPECT_EQ(lay_out(graph, coordinates).layout, Layout::ring);
}

TEST(GraphLayouts, AGridBeginsAboveAtTheLeft) {
  DrawnGraph graph{6, {{0, 1}, {1, 2}, {3, 4}, {4, 5}, {0, 3}, {1, 4}, {2, 5}}, {2, 3}};
  const GraphLayout grid = lay_out(graph, {});
  EXPECT_EQ(grid.layout, Layout::grid);
  EXPECT_DOUBLE_EQ(grid.places[0].x, 0);
  EXPECT_DOUBLE_EQ(grid.places[0].y, 0.75);
  EXPECT_DOUBLE_EQ(grid.places[5].x, 1);
  EXPECT_DOUBLE_EQ(grid.places[5].y, 0.25);
}

TEST(GraphLayouts, OtherGraphsGoWhereTheirCoordinatesAre) {
  DrawnGraph petersen{10, {}, {}};
  for (std::int64_t k = 0; k < 5; ++k) {
    petersen.edges.insert(petersen.edges.end(), {{k, (k + 1) % 5}, {k, k + 5}, {k + 5, (k + 2) % 5 + 5}});
  }
  EXPECT_EQ(lay_out(petersen, {}).layout, Layout::ring);
  std::vector<Point> coordinates(10, Point{0, 0});
  coordinates[1] = {2, 0};
  coordinates[2] = {-2, 0};
  coordinates[3] = {0, 1};
  coordinates[4] = {0, -1};
  const GraphLayout layout = lay_out(petersen, coordinates);
  EXPECT_EQ(layout.layout, Layout::eigenvectors);
  EXPECT_DOUBLE_EQ(layout.places[1].x, 1);
  EXPECT_DOUBLE_EQ(layout.places[3].y, 0.75);
  // A star: six tips and one vertex with all the edges.
  const DrawnGraph star{7, {{0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {0, 6}}, {}};
  EXPECT_EQ(lay_out(star, std::vector<Point>(7, Point{0, 0})).layout, Layout::ring);
}

TEST_F(SpectrumPlotTest, ZerosAreNotOnALogarithmicScaleButCounted) {
  const std::string script = eigenvalue_figure({DrawnSpectrum(store(frozen_path(40)))}).script();
  EXPECT_TRUE(contains(script, "'1 zero, not drawn'"));
  EXPECT_TRUE(contains(script, "·  logarithmic'"));
  EXPECT_TRUE(contains(script, "'λₙ / smallest λ > 0 = 647.8'"));  // cot^2(pi/80)
  EXPECT_TRUE(contains(script, "'position in the ascending spectrum'"));
}

TEST_F(SpectrumPlotTest, OnALinearScaleZerosAreDrawn) {
  const Figure figure = eigenvalue_figure({DrawnSpectrum(store(frozen_path(4)))});
  EXPECT_TRUE(contains(figure.script(), "'1 zero'"));
  const std::string& dots = figure.files().back().bytes;
  EXPECT_EQ(std::count(dots.begin(), dots.end(), '\n'), 4);
}

TEST_F(SpectrumPlotTest, SpectraOfUnlikeSizeAreDividedByTheirLargest) {
  Frozen large;
  large.title = "large";
  large.size = 2;
  large.add_spectrum({1, 2}, {1e6, 3e6});
  const DrawnSpectrum path(store(frozen_path(4), "path"));
  const std::string script = eigenvalue_figure({path, DrawnSpectrum(store(large, "large"))}).script();
  EXPECT_TRUE(contains(script, "'eigenvalue λ / λₙ'"));
  EXPECT_TRUE(contains(script, "'large'"));
  EXPECT_TRUE(contains(script, "'position in the ascending spectrum / n'"));
  EXPECT_TRUE(contains(eigenvalue_figure({path, path}).script(), "'eigenvalue λ (curvature)'"));
}

TEST_F(SpectrumPlotTest, EndsOfASpectrumSayThatTheyAreEnds) {
  Frozen ends;
  ends.size = 5000;
  ends.kernel = 1;
  ends.add_spectrum({2, 3, 5000}, {0.5, 0.6, 8});
  const std::string script = eigenvalue_figure({DrawnSpectrum(store(ends))}).script();
  EXPECT_TRUE(contains(script, "'only 3 of 5000 eigenvalues are'"));
  EXPECT_TRUE(contains(script, "'1 zero, not drawn'"));
}

TEST_F(SpectrumPlotTest, AGridIsAnImageThatBeginsAbove) {
  Frozen grid;
  grid.title = "grid";
  grid.size = 2;
  grid.kernel = 1;
  grid.add_spectrum({1, 2}, {0, 2});
  grid.add("eigenvector", {2, 2}, std::vector<double>{1, 1, 1, -1});
  grid.add_edges({0, 1});
  grid.add("side", {2}, std::vector<std::int64_t>{2, 1});
  grid.add("distinguished", {1}, std::vector<std::int64_t>{1});
  std::vector<DrawnSpectrum> spectra = {DrawnSpectrum(store(grid))};
  const Figure figure = eigenvector_figure(spectra, std::nullopt);
  const auto image = std::find_if(figure.files().begin(), figure.files().end(),
                                  [](const DataFile& file) { return file.name.ends_with(".rgb"); });
  ASSERT_NE(image, figure.files().end());
  ASSERT_EQ(image->bytes.size(), 6U);
  const auto red = [&](std::size_t pixel) { return static_cast<unsigned char>(image->bytes[3 * pixel]); };
  EXPECT_EQ(red(0), red_blue_color(0).red);  // the lower one is vertex 1, below zero: blue
  EXPECT_EQ(red(1), red_blue_color(1).red);
  EXPECT_TRUE(contains(figure.files()[1].bytes, "0.50000 0.25000"));  // its mark
  EXPECT_TRUE(contains(figure.script(), "'distinguished vertex'"));
}

TEST_F(SpectrumPlotTest, SixEigenvectorsOfOneAndOneOfEachOfSeveral) {
  std::vector<DrawnSpectrum> one = {DrawnSpectrum(store(frozen_path(9), "one"))};
  const std::string six = eigenvector_figure(one, std::nullopt).script();
  EXPECT_TRUE(contains(six, "'mode 2: λ = 0.1206'"));
  EXPECT_TRUE(contains(six, "'mode 7: λ = 3'"));
  EXPECT_FALSE(contains(six, "mode 1:"));
  EXPECT_FALSE(contains(six, "mode 8:"));
  EXPECT_TRUE(contains(six, "'vertices along an arc, as'"));

  std::vector<DrawnSpectrum> two = {one.front(), DrawnSpectrum(store(frozen_path(5), "two"))};
  const std::string both = eigenvector_figure(two, 3).script();
  EXPECT_TRUE(contains(both, "'mode 3: λ = 0.4679, κ = 32.16'"));
  EXPECT_TRUE(contains(both, "'mode 3: λ = 1.382, κ = 9.472'"));
  EXPECT_TRUE(contains(message_of<UsageError>([&] { (void)eigenvector_figure(two, 6); }), "eigenvalues 1 to 5"));
}

TEST_F(SpectrumPlotTest, AMultipleEigenvalueSaysThatItsVectorIsOneOfMany) {
  Frozen cycle;
  cycle.size = 3;
  cycle.kernel = 1;
  cycle.add_spectrum({1, 2, 3}, {0, 3, 3});
  cycle.add("eigenvector", {3, 3}, std::vector<double>{1, 1, 1, 1, -1, 0, 1, 1, -2});
  cycle.add_edges({0, 1, 1, 2, 0, 2});
  std::vector<DrawnSpectrum> spectra = {DrawnSpectrum(store(cycle))};
  const std::string script = eigenvector_figure(spectra, 2).script();
  EXPECT_TRUE(contains(script, "mode 2: λ = 3 (2-fold)"));
  EXPECT_TRUE(contains(script, "'of a multiple eigenvalue: one'"));
}

TEST_F(SpectrumPlotTest, PanelsStandSoThatTheyAreLargest) {
  const auto columns = [this](const std::vector<std::int64_t>& sides) {
    const std::int64_t n = sides[0] * sides[1];
    Frozen grid;
    grid.size = n;
    grid.add_spectrum(one_to(n), std::vector<double>(static_cast<std::size_t>(n), 1.0));
    grid.add("eigenvector", {n, n}, std::vector<double>(static_cast<std::size_t>(n * n), 0.5));
    grid.add("side", {2}, sides);
    std::vector<DrawnSpectrum> spectra = {DrawnSpectrum(store(grid, fmt::format("{}x{}", sides[0], sides[1]).c_str()))};
    const std::string script = eigenvector_figure(spectra, std::nullopt).script();
    const std::string margin = "set lmargin at screen ";
    std::set<std::string> lefts;
    for (std::size_t at = script.find(margin); at != std::string::npos; at = script.find(margin, at + 1)) {
      lefts.insert(script.substr(at + margin.size(), 8));
    }
    return lefts.size() - 2;  // the bar and the notes
  };
  EXPECT_EQ(columns({2, 3}), 2U);
  EXPECT_EQ(columns({3, 3}), 3U);
  EXPECT_EQ(columns({1, 8}), 1U);
  EXPECT_EQ(columns({8, 1}), 6U);
}

TEST_F(SpectrumPlotTest, AMatrixWithoutAGraphHasItsComponentsAgainstTheirIndex) {
  Frozen matrix;
  matrix.title = "matrix";
  matrix.size = 3000;
  matrix.add_spectrum({1}, {1});
  std::vector<double> vector(3000, 0.0);
  vector[1234] = -1;  // a single peak must not fall between the points drawn
  matrix.add("eigenvector", {1, 3000}, vector);
  std::vector<DrawnSpectrum> spectra = {DrawnSpectrum(store(matrix))};
  const Figure figure = eigenvector_figure(spectra, std::nullopt);
  EXPECT_TRUE(contains(figure.script(), "'component against its index'"));
  const std::string& line = figure.files().back().bytes;
  EXPECT_TRUE(contains(line, "0.41153 0.97619"));  // 1235/3001 along, 1/1.05 of the upper half: the sign is turned
  EXPECT_LE(std::count(line.begin(), line.end(), '\n'), 2001);
}

TEST_F(SpectrumPlotTest, AFitIsCutWhereItLeavesTheSamples) {
  const DrawnSpectrum regression(store(frozen_regression()));
  const std::string script = fit_figure(regression).script();
  EXPECT_TRUE(contains(script, "'cut off beyond the plot'"));
  EXPECT_TRUE(contains(script, "'k = 100: loss 0.5'"));
  EXPECT_TRUE(contains(script, "it''s"));
  EXPECT_FALSE(contains(script, "\""));
}

TEST_F(SpectrumPlotTest, EigenfeaturesAreToTheirLargestValue) {
  const Figure figure = eigenfeature_figure(DrawnSpectrum(store(frozen_regression())));
  EXPECT_TRUE(contains(figure.script(), "'λ = 4'"));
  EXPECT_TRUE(contains(figure.script(), "'λ = 0.01'"));
  EXPECT_LT(figure.script().find("'λ = 4'"), figure.script().find("'λ = 0.01'"));
}

TEST_F(SpectrumPlotTest, FiltersMatchStepsWithPenalties) {
  const std::string script = filter_figure(DrawnSpectrum(store(frozen_regression()))).script();
  EXPECT_TRUE(contains(script, "'k = 100, η = 0.04'"));
  EXPECT_TRUE(contains(script, "'α = 1/λₙ = 0.25  ·"));
}

TEST_F(SpectrumPlotTest, PicturesAreThoseThatTheStoresHave) {
  const SpectrumStore path = store(frozen_path(4), "path");
  const SpectrumStore regression = store(frozen_regression(), "regression");
  using enum SpectrumPicture;
  EXPECT_EQ(pictures_of({path}), (std::vector{spectrum, eigenvectors}));
  EXPECT_EQ(pictures_of({regression}), (std::vector{spectrum, eigenfeatures, fits, filters}));
  EXPECT_EQ(pictures_of({path, regression}), std::vector{spectrum});
  const auto refuses = [](const std::vector<SpectrumStore>& stores, std::optional<SpectrumPicture> picture,
                          std::optional<std::int64_t> mode) {
    SpectrumPlotOptions options;
    options.picture = picture;
    options.mode = mode;
    return message_of<UsageError>([&] { plot_spectra(stores, options); });
  };
  EXPECT_TRUE(contains(refuses({regression}, eigenvectors, {}), "vectors = true"));
  EXPECT_TRUE(contains(refuses({path, regression}, fits, {}), "one store of a regression alone"));
  EXPECT_TRUE(contains(refuses({regression}, {}, 1), "no picture of eigenvectors"));
  EXPECT_TRUE(contains(refuses({}, {}, {}), "1 to 12"));
}

TEST_F(SpectrumPlotTest, TheFilesAreWhereTheyAreWanted) {
  SpectrumPlotOptions options;
  options.output = folder.path() / "pictures";
  const PlotFiles files = plot_spectra({store(frozen_path(4))}, options);
  ASSERT_EQ(files.png.size(), 2U);
  EXPECT_EQ(files.png[1], folder.path() / "pictures" / "eigenvectors.png");
  for (const auto& file : files.png) EXPECT_GT(fs::file_size(file), 1000U);
  for (const auto& file : files.svg) EXPECT_GT(fs::file_size(file), 1000U);
}

}  // namespace
}  // namespace ravine::detail
