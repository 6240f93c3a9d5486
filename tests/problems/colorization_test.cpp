// Colorization (M45): golden spectra and iterates, known spectra, and distinguished vertices that miss a component.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "golden.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

using golden::number;
using golden::numbers;

Quadratic colorization_of(const GeneratedGraph& graph, std::vector<std::int64_t> distinguished) {
  return make_quadratic(
      GraphProblem{.graph = graph, .kind = Operator::colorization, .distinguished = std::move(distinguished)}, "");
}

TEST(Colorization, HasTheGoldenSpectraAndIterates) {
  constexpr double tolerance = 1e-11;
  int closed_forms = 0;
  for (const nlohmann::json& golden : golden::json_of("colorization.json")) {
    const std::string family = golden.at("family").get<std::string>();
    SCOPED_TRACE(family + " " + golden.at("params").dump());
    const GeneratedGraph graph{.family = graph_family_named(family).value(),
                               .sizes = golden.at("params").get<std::vector<std::int64_t>>()};
    const Quadratic problem = colorization_of(graph, golden.at("D").get<std::vector<std::int64_t>>());
    const std::vector<double> eigenvalues = numbers(golden.at("eigenvalues"));
    EXPECT_LT(golden::distance(golden::eigenvalues_by_rotations(problem.matrix), eigenvalues), tolerance);
    if (problem.eigenvalues) {
      EXPECT_LT(golden::distance(*problem.eigenvalues, eigenvalues), tolerance);
      ++closed_forms;
    }
    EXPECT_EQ(*problem.solution, std::vector<double>(problem.b.size(), 1.0));
    EXPECT_EQ(problem.kernel.dimension, 0);
    EXPECT_TRUE(problem.notes.empty());
    for (const nlohmann::json& run : golden.at("runs")) {
      for (const nlohmann::json& snapshot : run.at("snapshots")) {
        const std::vector<double> found = golden::heavy_ball_iterate(
            problem, number(run.at("alpha")), number(run.at("beta")), snapshot.at("k").get<int>());
        EXPECT_LT(golden::distance(found, numbers(snapshot.at("w"))), tolerance);
      }
    }
  }
  EXPECT_EQ(closed_forms, 1);  // one of them distinguishes a whole row
}

/// Its known spectrum is that of the matrix, and which it is.
void expect_closed_form(const GeneratedGraph& graph, const std::vector<std::int64_t>& distinguished,
                        const std::string& name) {
  SCOPED_TRACE(name + " " + testing::PrintToString(graph.sizes) + testing::PrintToString(distinguished));
  const Quadratic problem = colorization_of(graph, distinguished);
  ASSERT_TRUE(problem.eigenvalues);
  EXPECT_EQ(problem.closed_form, name);
  constexpr double tolerance = 1e-13;
  EXPECT_LT(golden::distance(*problem.eigenvalues, golden::eigenvalues_by_rotations(problem.matrix)), tolerance);
}

TEST(Colorization, HasItsKnownSpectra) {
  const GeneratedGraph path{.family = GraphFamily::path, .sizes = {7}};
  expect_closed_form(path, {0}, "path with a pinned end (M48)");
  expect_closed_form(path, {6}, "path with a pinned end (M48)");
  expect_closed_form(path, {0, 1, 2, 3, 4, 5, 6}, "path (M46), each larger by 1 (M48)");
  expect_closed_form({.family = GraphFamily::path, .sizes = {1}}, {0}, "path (M46), each larger by 1 (M48)");
  const std::string sums = "sums of paths, one with a pinned end (M48)";
  const GeneratedGraph grid{.family = GraphFamily::grid, .sizes = {3, 4}};
  expect_closed_form(grid, {0, 1, 2, 3}, sums);
  expect_closed_form(grid, {8, 9, 10, 11}, sums);
  expect_closed_form(grid, {0, 4, 8}, sums);
  expect_closed_form(grid, {3, 7, 11}, sums);
  const GeneratedGraph box{.family = GraphFamily::grid, .sizes = {2, 3, 2}};
  expect_closed_form(box, {0, 1, 6, 7}, sums);
  expect_closed_form(box, {4, 5, 10, 11}, sums);
  expect_closed_form({.family = GraphFamily::grid, .sizes = {1, 4}}, {3}, sums);
  expect_closed_form({.family = GraphFamily::star, .sizes = {3}}, {0, 1, 2}, "star (M46), each larger by 1 (M48)");
}

/// The colorizer's grid, too large for rotations: A q = lambda q for products q of sines down the columns and cosines
/// along the rows (M49), with lambda their sum (M48).
TEST(Colorization, OfALargeGridHasSeparableEigenvectors) {
  constexpr std::int64_t rows = 28;
  constexpr std::int64_t columns = 40;
  std::vector<std::int64_t> first_row(columns);
  std::iota(first_row.begin(), first_row.end(), 0);
  const Quadratic problem = colorization_of({.family = GraphFamily::grid, .sizes = {rows, columns}}, first_row);
  const double pi = std::acos(-1.0);
  for (const auto& [i, j] : {std::pair{1, 0}, {1, 1}, {2, 7}, {15, 22}, {28, 39}}) {
    const double down = (2 * i - 1) * pi / (2 * rows + 1);
    const double along = j * pi / columns;
    const double lambda = 4 - 2 * std::cos(down) - 2 * std::cos(along);
    std::vector<double> vector;
    for (int row = 1; row <= rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        vector.push_back(std::sin(row * down) * std::cos((column + 0.5) * along));
      }
    }
    std::vector<double> product(vector.size());
    multiply(problem.matrix, vector, product);
    for (double& component : vector) component *= lambda;
    constexpr double rounding = 1e-13;  // of arguments up to 90 of sines and cosines, times an eigenvalue of up to 8
    EXPECT_LT(golden::distance(product, vector), rounding) << i << " " << j;
    const auto near = [lambda](double value) { return std::fabs(value - lambda) < rounding; };
    EXPECT_TRUE(std::any_of(problem.eigenvalues->begin(), problem.eigenvalues->end(), near)) << i << " " << j;
  }
}

TEST(Colorization, ClaimsNoSpectrumThatIsNotKnown) {
  const GeneratedGraph grid{.family = GraphFamily::grid, .sizes = {3, 3}};
  EXPECT_FALSE(colorization_of(grid, {3, 4, 5}).eigenvalues);  // the row in the middle
  EXPECT_FALSE(colorization_of(grid, {0, 1}).eigenvalues);
  EXPECT_FALSE(colorization_of(grid, {0, 1, 5}).eigenvalues);
  EXPECT_FALSE(colorization_of({.family = GraphFamily::torus, .sizes = {3, 3}}, {0, 1, 2}).eigenvalues);
  EXPECT_FALSE(colorization_of({.family = GraphFamily::cycle, .sizes = {5}}, {0}).eigenvalues);
}

std::string message_for(std::vector<std::int64_t> distinguished) {
  try {
    (void)colorization_of({.family = GraphFamily::path, .sizes = {5}}, std::move(distinguished));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Colorization, RefusesVerticesThatAreNone) {
  EXPECT_EQ(message_for({0, 5}), "distinguished: found 5; wanted vertices from 0 to 4");
  EXPECT_EQ(message_for({-1}), "distinguished: found -1; wanted vertices from 0 to 4");
  EXPECT_EQ(message_for({3, 1, 3}), "distinguished: found 3 twice; wanted each vertex once");
  EXPECT_EQ(message_for({}), "distinguished: found no vertex; wanted at least one");
}

TEST(Colorization, SaysWhichComponentsItMisses) {
  // No edge at all: each vertex is a component.
  const GeneratedGraph graph{.family = GraphFamily::random, .sizes = {3}, .probability = 0};
  const Quadratic problem = colorization_of(graph, {1});
  EXPECT_EQ(problem.kernel.dimension, 2);
  EXPECT_EQ(problem.kernel.component, (std::vector<std::int32_t>{0, -1, 1}));
  EXPECT_EQ(*problem.solution, (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(problem.notes, (std::vector<std::string>{
                               "the graph has 3 connected components: 0 is an eigenvalue of its Laplacian 3 times",
                               "3 vertices have no edge",
                               "2 of 3 components have no distinguished vertex: the mean of their weights does "
                               "not move, and A is singular"}));
}

}  // namespace
}  // namespace ravine
