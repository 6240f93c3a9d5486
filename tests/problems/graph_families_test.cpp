// Graphs made by rule: the small ones by hand, what is refused, what random ones promise, and the same on every
// machine.
#include "problem/graph_families.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string>

#include "golden.hpp"
#include "problem/closed_forms.hpp"
#include "problem/operators.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

using Edges = std::vector<std::array<std::int32_t, 2>>;

GeneratedGraph of(GraphFamily family, std::vector<std::int64_t> sizes) {
  return {.family = family, .sizes = std::move(sizes)};
}

TEST(GraphFamilies, NumberTheirVerticesAsDocumented) {
  EXPECT_EQ(generate(of(GraphFamily::path, {3})).edges, (Edges{{0, 1}, {1, 2}}));
  EXPECT_EQ(generate(of(GraphFamily::cycle, {4})).edges, (Edges{{0, 1}, {0, 3}, {1, 2}, {2, 3}}));
  EXPECT_EQ(generate(of(GraphFamily::grid, {2, 3})).edges,
            (Edges{{0, 1}, {0, 3}, {1, 2}, {1, 4}, {2, 5}, {3, 4}, {4, 5}}));
  EXPECT_EQ(generate(of(GraphFamily::complete, {3})).edges, (Edges{{0, 1}, {0, 2}, {1, 2}}));
  EXPECT_EQ(generate(of(GraphFamily::star, {4})).edges, (Edges{{0, 1}, {0, 2}, {0, 3}}));
  EXPECT_EQ(generate(of(GraphFamily::complete_bipartite, {1, 2})).edges, (Edges{{0, 1}, {0, 2}}));
  EXPECT_EQ(generate(of(GraphFamily::complete_bipartite, {2, 1})).edges, (Edges{{0, 2}, {1, 2}}));
  EXPECT_EQ(generate(of(GraphFamily::hypercube, {2})).edges, (Edges{{0, 1}, {0, 2}, {1, 3}, {2, 3}}));
}

TEST(GraphFamilies, HaveAMemberOfOneVertex) {
  for (const GraphFamily family :
       {GraphFamily::path, GraphFamily::grid, GraphFamily::torus, GraphFamily::complete, GraphFamily::star,
        GraphFamily::small_world, GraphFamily::random_regular, GraphFamily::random}) {
    const Graph graph = generate(of(family, {1}));
    EXPECT_EQ(graph.vertices, 1) << name_of(family);
    EXPECT_TRUE(graph.edges.empty()) << name_of(family);
  }
}

TEST(GraphFamilies, ATorusClosesOnlySidesOfThreeAndMore) {
  EXPECT_EQ(generate(of(GraphFamily::torus, {1, 2})).edges, (Edges{{0, 1}}));
  EXPECT_EQ(generate(of(GraphFamily::torus, {3})).edges, (Edges{{0, 1}, {0, 2}, {1, 2}}));
  EXPECT_EQ(generate(of(GraphFamily::torus, {2, 3})).edges.size(), 9);
  EXPECT_EQ(generate(of(GraphFamily::torus, {3, 2})).edges.size(), 9);
}

/// Every edge once, its smaller vertex first, ascending, all vertices in range: what Graph promises.
void expect_simple(const Graph& graph) {
  EXPECT_TRUE(std::is_sorted(graph.edges.begin(), graph.edges.end()));
  EXPECT_EQ(std::adjacent_find(graph.edges.begin(), graph.edges.end()), graph.edges.end());
  for (const auto& [a, b] : graph.edges) {
    ASSERT_LE(0, a);
    ASSERT_LT(a, b);
    ASSERT_LT(b, graph.vertices);
  }
}

std::vector<std::int64_t> degrees_of(const Graph& graph) {
  std::vector<std::int64_t> degrees(static_cast<std::size_t>(graph.vertices));
  for (const auto& [a, b] : graph.edges) {
    ++degrees[static_cast<std::size_t>(a)];
    ++degrees[static_cast<std::size_t>(b)];
  }
  return degrees;
}

TEST(GraphFamilies, HaveTheirKnownSpectra) {
  constexpr double tolerance = 1e-13;  // of eigenvalues up to 11 by Jacobi's rotations
  for (const GeneratedGraph& graph : {of(GraphFamily::path, {1}),
                                      of(GraphFamily::path, {6}),
                                      of(GraphFamily::cycle, {3}),
                                      of(GraphFamily::cycle, {8}),
                                      of(GraphFamily::grid, {1}),
                                      of(GraphFamily::grid, {2, 1, 3}),
                                      of(GraphFamily::grid, {2, 3, 2, 2}),
                                      of(GraphFamily::torus, {1}),
                                      of(GraphFamily::torus, {2}),
                                      of(GraphFamily::torus, {2, 5}),
                                      of(GraphFamily::torus, {3, 1, 4}),
                                      of(GraphFamily::torus, {3, 2, 4}),
                                      of(GraphFamily::complete, {1}),
                                      of(GraphFamily::complete, {7}),
                                      of(GraphFamily::star, {1}),
                                      of(GraphFamily::star, {2}),
                                      of(GraphFamily::star, {9}),
                                      of(GraphFamily::complete_bipartite, {1, 1}),
                                      of(GraphFamily::complete_bipartite, {5, 3}),
                                      of(GraphFamily::complete_bipartite, {3, 5}),
                                      of(GraphFamily::hypercube, {1}),
                                      of(GraphFamily::hypercube, {5})}) {
    SCOPED_TRACE(std::string(name_of(graph.family)) + testing::PrintToString(graph.sizes));
    const Graph made = generate(graph);
    expect_simple(made);
    EXPECT_EQ(made.vertices, vertices_of(graph));
    EXPECT_LT(
        golden::distance(laplacian_closed_form(graph)->eigenvalues, golden::eigenvalues_by_rotations(laplacian(made))),
        tolerance);
  }
}

TEST(GraphFamilies, HaveTheConditionNumbersOfM47) {
  const auto condition = [](GraphFamily family, std::vector<std::int64_t> sizes) {
    const std::vector<double> values = laplacian_closed_form(of(family, std::move(sizes)))->eigenvalues;
    return values.back() / values[1];
  };
  const auto near = [](double found, double wanted) { EXPECT_NEAR(found, wanted, 1e-13 * wanted); };
  const double pi = std::acos(-1.0);
  const auto cotangent_squared = [](double x) { return std::pow(std::cos(x) / std::sin(x), 2); };
  near(condition(GraphFamily::path, {30}), cotangent_squared(pi / 60));
  near(condition(GraphFamily::grid, {16, 16}), 2 * cotangent_squared(pi / 32));
  near(condition(GraphFamily::grid, {9, 9, 9}), 3 * cotangent_squared(pi / 18));
  near(condition(GraphFamily::cycle, {50}), 1 / std::pow(std::sin(pi / 50), 2));
  near(condition(GraphFamily::complete, {50}), 1);
  near(condition(GraphFamily::star, {50}), 50);
  near(condition(GraphFamily::hypercube, {9}), 9);
}

std::string message_for(const GeneratedGraph& graph) {
  try {
    (void)generate(graph);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(GraphFamilies, RefuseSizesThatNoMemberHas) {
  EXPECT_EQ(message_for(of(GraphFamily::path, {0})), "n: found 0; wanted one number from 1 to 2147483647 (path)");
  EXPECT_EQ(message_for(of(GraphFamily::path, {2, 3})), "n: found 2, 3; wanted one number from 1 to 2147483647 (path)");
  EXPECT_EQ(message_for(of(GraphFamily::cycle, {2})), "n: found 2; wanted one number from 3 to 2147483647 (cycle)");
  EXPECT_EQ(message_for(of(GraphFamily::grid, {4, 0})), "sides: found 4, 0; wanted sides of at least 1 (grid)");
  EXPECT_EQ(message_for(of(GraphFamily::torus, {})), "sides: found ; wanted the vertices along each side (torus)");
  EXPECT_EQ(message_for(of(GraphFamily::complete_bipartite, {4})),
            "parts: found 4; wanted two numbers of at least 1 (complete-bipartite)");
  EXPECT_EQ(message_for(of(GraphFamily::hypercube, {30})),
            "dimension: found 30; wanted one number from 1 to 29 (hypercube)");
}

TEST(GraphFamilies, RefuseMoreThanFitsBeforeAllocatingIt) {
  constexpr std::int64_t large = std::int64_t{1} << 62;
  EXPECT_EQ(message_for(of(GraphFamily::path, {std::int64_t{1} << 31})),
            "n: found 2147483648; wanted one number from 1 to 2147483647 (path)");
  EXPECT_EQ(message_for(of(GraphFamily::grid, {65536, 32768})),
            "sides: found 65536, 32768; wanted at most 2147483647 vertices (grid)");
  EXPECT_EQ(message_for(of(GraphFamily::grid, {large, large})),
            "sides: found 4611686018427387904, 4611686018427387904; wanted at most 2147483647 vertices (grid)");
  EXPECT_EQ(message_for(of(GraphFamily::complete_bipartite, {2147483647, 1})),
            "parts: found 2147483647, 1; wanted at most 2147483647 vertices (complete-bipartite)");
  EXPECT_EQ(message_for(of(GraphFamily::complete, {200000})),
            "n: found 200000; wanted at most 8589934592 edges, not 19999900000 (complete)");
  EXPECT_EQ(message_for({.family = GraphFamily::random, .sizes = {2147483647}, .probability = 0.5}),
            "n: found 2147483647; wanted at most 8589934592 edges, not 1152921502996234240 (random)");
}

TEST(GraphFamilies, RefuseDegreesAndProbabilitiesThatNoMemberHas) {
  const auto with = [](GraphFamily family, std::int64_t degree, double probability) {
    return GeneratedGraph{.family = family, .sizes = {9}, .degree = degree, .probability = probability};
  };
  EXPECT_EQ(message_for(with(GraphFamily::random, 0, 1.5)), "probability: found 1.5; wanted 0 to 1");
  EXPECT_EQ(message_for(with(GraphFamily::random, 0, std::nan(""))), "probability: found nan; wanted 0 to 1");
  EXPECT_EQ(message_for(with(GraphFamily::small_world, 4, -0.1)), "probability: found -0.1; wanted 0 to 1");
  EXPECT_EQ(message_for(with(GraphFamily::small_world, 3, 0.1)),
            "degree: found 3; wanted an even number, half of it on either side in the ring");
  EXPECT_EQ(message_for(with(GraphFamily::small_world, 10, 0.1)),
            "degree: found 10; wanted 0 to 8, less than the vertices");
  EXPECT_EQ(message_for(with(GraphFamily::random_regular, 9, 0)),
            "degree: found 9; wanted 0 to 8, less than the vertices");
  EXPECT_EQ(message_for(with(GraphFamily::random_regular, -2, 0)),
            "degree: found -2; wanted 0 to 8, less than the vertices");
  EXPECT_EQ(message_for(with(GraphFamily::random_regular, 3, 0)),
            "degree: found 3 for 9 vertices; wanted one of the two even, or no graph has it");
}

TEST(RandomGraphs, RegularOnesAreSimpleAndRegularForEveryDegree) {
  for (std::int64_t vertices = 1; vertices <= 14; ++vertices) {
    for (std::int64_t degree = 0; degree < vertices; ++degree) {
      if (vertices * degree % 2 != 0) continue;
      for (std::int64_t seed = 0; seed < 5; ++seed) {
        const Graph graph =
            generate({.family = GraphFamily::random_regular, .sizes = {vertices}, .degree = degree, .seed = seed});
        expect_simple(graph);
        EXPECT_EQ(degrees_of(graph), std::vector<std::int64_t>(static_cast<std::size_t>(vertices), degree));
      }
    }
  }
}

/// All 70 graphs of 2 neighbours each on 6 vertices: 60 cycles of six and 10 pairs of triangles.
TEST(RandomGraphs, EveryRegularGraphIsFoundAsOften) {
  constexpr int draws = 7000;
  std::map<Edges, int> found;
  for (std::int64_t seed = 0; seed < draws; ++seed) {
    ++found[generate({.family = GraphFamily::random_regular, .sizes = {6}, .degree = 2, .seed = seed}).edges];
  }
  EXPECT_EQ(found.size(), 70);
  for (const auto& [edges, times] : found) {
    constexpr double expected = draws / 70.0;
    const double deviation = std::sqrt(expected);
    EXPECT_NEAR(times, expected, 4 * deviation);
  }
}

TEST(RandomGraphs, SmallWorldsKeepTheirEdgesAndMoveSome) {
  GeneratedGraph world{.family = GraphFamily::small_world, .sizes = {100}, .degree = 6};
  const Graph ring = generate(world);
  expect_simple(ring);
  EXPECT_EQ(degrees_of(ring), std::vector<std::int64_t>(100, 6));
  for (const double probability : {0.1, 1.0}) {
    world.probability = probability;
    const Graph graph = generate(world);
    expect_simple(graph);
    EXPECT_EQ(graph.edges.size(), 300);
    const std::vector<std::int64_t> degrees = degrees_of(graph);
    EXPECT_GE(*std::min_element(degrees.begin(), degrees.end()), 3);  // each vertex keeps its ends of its own edges
    Edges kept;
    std::set_intersection(ring.edges.begin(), ring.edges.end(), graph.edges.begin(), graph.edges.end(),
                          std::back_inserter(kept));
    const double expected = 300 * (1 - probability);
    constexpr double few = 40;  // six standard deviations at 0.1; at 1 the edges moved onto places of the ring
    EXPECT_NEAR(static_cast<double>(kept.size()), expected, few);
  }
  const GeneratedGraph full{.family = GraphFamily::small_world, .sizes = {7}, .degree = 6, .probability = 1};
  EXPECT_EQ(generate(full).edges, generate(of(GraphFamily::complete, {7})).edges);  // no vertex to move an edge to
}

TEST(RandomGraphs, EachPairIsAnEdgeWithTheProbability) {
  constexpr int draws = 4000;
  for (const double probability : {0.02, 0.3, 0.9}) {
    std::map<std::array<std::int32_t, 2>, int> times;
    for (std::int64_t seed = 0; seed < draws; ++seed) {
      const Graph graph =
          generate({.family = GraphFamily::random, .sizes = {8}, .probability = probability, .seed = seed});
      expect_simple(graph);
      for (const auto& edge : graph.edges) ++times[edge];
    }
    EXPECT_EQ(times.size(), 28);
    const double deviation = std::sqrt(draws * probability * (1 - probability));
    for (const auto& [edge, count] : times) EXPECT_NEAR(count, draws * probability, 5 * deviation);
  }
}

TEST(RandomGraphs, AreCompleteWithProbabilityOneAndEmptyWithZero) {
  const auto with = [](double probability) {
    return generate({.family = GraphFamily::random, .sizes = {20}, .probability = probability}).edges;
  };
  EXPECT_EQ(with(1), generate(of(GraphFamily::complete, {20})).edges);
  EXPECT_TRUE(with(0).empty());
  EXPECT_TRUE(with(5e-324).empty());
  EXPECT_EQ(with(1 - 0x1p-53), with(1));
}

/// FNV-1a of the vertices of the edges.
std::uint64_t hash_of(const Graph& graph) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const auto& edge : graph.edges) {
    for (const std::int32_t v : edge) hash = (hash ^ static_cast<std::uint64_t>(v)) * 0x100000001B3U;
  }
  return hash;
}

/// The same on every machine: hashes that change only if graphs are meant to.
TEST(RandomGraphs, AreTheSameEverywhere) {
  const auto made = [](GraphFamily family, std::int64_t degree, double probability) {
    return GeneratedGraph{.family = family, .sizes = {600}, .degree = degree, .probability = probability, .seed = -7};
  };
  const GeneratedGraph world = made(GraphFamily::small_world, 8, 0.25);
  const GeneratedGraph regular = made(GraphFamily::random_regular, 5, 0);
  const GeneratedGraph dense_regular = made(GraphFamily::random_regular, 590, 0);
  const GeneratedGraph random = made(GraphFamily::random, 0, 0.01);
  GeneratedGraph rare = made(GraphFamily::random, 0, 0x1p-21);  // so small that its logarithm is a series
  rare.sizes = {20000};
  EXPECT_EQ(hash_of(generate(world)), 0xC0D5887C278ED570U);
  EXPECT_EQ(hash_of(generate(regular)), 0xF79E2DA16CDD019U);
  EXPECT_EQ(hash_of(generate(dense_regular)), 0x473C16FBC784A1EBU);
  EXPECT_EQ(hash_of(generate(random)), 0x8DE51EBA074F08FBU);
  EXPECT_EQ(hash_of(generate(rare)), 0x20F25333E24ADBD7U);
  for (GeneratedGraph graph : {world, regular, dense_regular, random}) {
    const Graph first = generate(graph);
    ++graph.seed;
    EXPECT_NE(generate(graph).edges, first.edges) << name_of(graph.family);
  }
}

}  // namespace
}  // namespace ravine
