// Graphs made by rule and their known spectra, against golden edges and eigenvalues.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "golden.hpp"
#include "problem/closed_forms.hpp"
#include "problem/graph_families.hpp"
#include "problem/operators.hpp"

namespace ravine {
namespace {

using golden::numbers;

std::optional<GraphFamily> family_of(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return graph_family_named(name);
}

/// The golden file's edges in the order of Graph.
Graph graph_of(const nlohmann::json& golden) {
  Graph graph{golden.at("n").get<std::int64_t>(), {}};
  for (const nlohmann::json& edge : golden.at("edges")) {
    const auto [a, b] = std::minmax({edge.at(0).get<std::int32_t>(), edge.at(1).get<std::int32_t>()});
    graph.edges.push_back({a, b});
  }
  std::sort(graph.edges.begin(), graph.edges.end());
  return graph;
}

/// Relative to the largest eigenvalue, for those by rotations too.
constexpr double tolerance = 1e-12;

TEST(GraphSpectra, AreTheGoldenOnes) {
  int known_families = 0;
  const nlohmann::json graphs = golden::json_of("graph_spectra.json");
  for (const nlohmann::json& golden : graphs) {
    const std::string name = golden.at("family").get<std::string>();
    SCOPED_TRACE(name + " " + golden.at("params").dump());
    const Graph wanted = graph_of(golden);
    const std::vector<double> eigenvalues = numbers(golden.at("eigenvalues"));
    const double limit = tolerance * std::max(1.0, eigenvalues.back());
    EXPECT_LT(golden::distance(golden::eigenvalues_by_rotations(laplacian(wanted)), eigenvalues), limit);

    const std::optional<GraphFamily> family = family_of(name);
    if (!family) continue;
    ++known_families;
    const GeneratedGraph generated{.family = *family, .sizes = golden.at("params").get<std::vector<std::int64_t>>()};
    const Quadratic problem = make_quadratic(GraphProblem{.graph = generated, .distinguished = {}}, "");
    EXPECT_EQ(problem.graph->vertices, wanted.vertices);
    EXPECT_EQ(problem.graph->edges, wanted.edges);
    EXPECT_EQ(problem.kernel.dimension, 1);
    ASSERT_TRUE(problem.eigenvalues);
    EXPECT_LT(golden::distance(*problem.eigenvalues, eigenvalues), limit);
    EXPECT_TRUE(std::is_sorted(problem.eigenvalues->begin(), problem.eigenvalues->end()));
    EXPECT_EQ(problem.eigenvalues->front(), 0);
  }
  EXPECT_EQ(graphs.size(), 23);
  EXPECT_EQ(known_families, 19);
}

std::vector<std::int64_t> sizes_of(std::string params) {
  std::replace(params.begin(), params.end(), 'x', ' ');
  std::istringstream text(params);
  std::vector<std::int64_t> sizes;
  for (std::int64_t size = 0; text >> size;) sizes.push_back(size);
  return sizes;
}

TEST(GraphSpectra, HaveTheGoldenExtremesOfLargeGraphs) {
  constexpr double relative = 1e-13;
  std::ifstream file(std::string(RAVINE_TEST_DATA) + "/oracle/graph_extremes_large.csv");
  std::string line;
  std::getline(file, line);
  ASSERT_EQ(line, "family,params,n,lambda2,lambda_max,kappa_pseudo\r");
  int rows = 0;
  while (std::getline(file, line)) {
    SCOPED_TRACE(line);
    std::istringstream text(line);
    std::vector<std::string> fields;
    for (std::string field; std::getline(text, field, ',');) fields.push_back(field);
    ASSERT_EQ(fields.size(), 6);
    const GeneratedGraph graph{.family = family_of(fields[0]).value(), .sizes = sizes_of(fields[1])};
    const std::vector<double> values = laplacian_closed_form(graph)->eigenvalues;
    ASSERT_EQ(values.size(), std::stoul(fields[2]));
    const auto near = [](double found, const std::string& wanted) {
      const double value = std::strtod(wanted.c_str(), nullptr);
      EXPECT_NEAR(found, value, relative * value);
    };
    near(values[1], fields[3]);
    near(values.back(), fields[4]);
    near(values.back() / values[1], fields[5]);
    ++rows;
  }
  EXPECT_EQ(rows, 19);
}

}  // namespace
}  // namespace ravine
