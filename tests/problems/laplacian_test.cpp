// The Laplacian (M44), its kernel, and what is said of disconnected graphs.
#include <gtest/gtest.h>

#include "problem/operators.hpp"
#include "ravine/problem.hpp"

namespace ravine {
namespace {

/// Two components, 0-3-4 and 1-5, and vertex 2 alone.
Graph parted() {
  return {6, {{0, 3}, {0, 4}, {1, 5}, {3, 4}}};
}

TEST(Laplacian, HasDegreesAndEdges) {
  const SparseMatrix matrix = laplacian(parted());
  EXPECT_EQ(to_dense(matrix).value, (std::vector<double>{2,  0,  0, -1, -1, 0,   //
                                                         0,  1,  0, 0,  0,  -1,  //
                                                         0,  0,  0, 0,  0,  0,   //
                                                         -1, 0,  0, 2,  -1, 0,   //
                                                         -1, 0,  0, -1, 2,  0,   //
                                                         0,  -1, 0, 0,  0,  1}));
  EXPECT_EQ(matrix.row_begin, (std::vector<std::int64_t>{0, 3, 5, 6, 9, 12, 14}));
  EXPECT_EQ(matrix.column, (std::vector<std::int32_t>{0, 3, 4, 1, 5, 2, 0, 3, 4, 0, 3, 4, 1, 5}));
}

TEST(Laplacian, ColorizationAddsOneToTheDistinguished) {
  const SymmetricMatrix plain = laplacian(parted());
  const std::vector<std::int64_t> distinguished = {2, 4};
  const SymmetricMatrix colored = colorization(parted(), distinguished);
  std::vector<double> difference = to_dense(colored).value;
  const std::vector<double> subtracted = to_dense(plain).value;
  for (std::size_t k = 0; k < difference.size(); ++k) difference[k] -= subtracted[k];
  std::vector<double> wanted(36);
  wanted[2 * 6 + 2] = wanted[4 * 6 + 4] = 1;
  EXPECT_EQ(difference, wanted);
}

TEST(Laplacian, VanishesOnItsComponents) {
  const Kernel kernel = components_of(parted());
  EXPECT_EQ(kernel.dimension, 3);
  EXPECT_EQ(kernel.component, (std::vector<std::int32_t>{0, 1, 2, 0, 0, 1}));
  EXPECT_EQ(kernel.dimension, connected_components_of(laplacian(parted())));
  EXPECT_EQ(isolated_vertices_of(parted()), 1);
}

TEST(Laplacian, ComponentsAreFoundInWhateverOrderTheyAreJoined) {
  // A path whose numbers jump: 5-0, 5-3, 1-3, 1-4, 2-4.
  const Graph path = {6, {{0, 5}, {1, 3}, {1, 4}, {2, 4}, {3, 5}}};
  EXPECT_EQ(components_of(path).dimension, 1);
  EXPECT_EQ(components_of(path).component, std::vector<std::int32_t>(6, 0));
}

TEST(Laplacian, ColorizationVanishesWhereNothingIsDistinguished) {
  const Kernel components = components_of(parted());
  const std::vector<std::int64_t> in_the_second = {1};
  const Kernel kernel = components_without(components, in_the_second);
  EXPECT_EQ(kernel.dimension, 2);
  EXPECT_EQ(kernel.component, (std::vector<std::int32_t>{0, -1, 1, 0, 0, -1}));
  const std::vector<std::int64_t> in_each = {1, 2, 3, 4};
  EXPECT_EQ(components_without(components, in_each).dimension, 0);
  EXPECT_TRUE(components_without(components, in_each).component.empty());
}

Quadratic laplacian_of_no_edges(double b) {
  const GeneratedGraph graph{.family = GraphFamily::random, .sizes = {2}, .probability = 0};
  return make_quadratic(GraphProblem{.graph = graph, .distinguished = {}, .b = b}, "");
}

TEST(Laplacian, SaysWhereItIsSingularAndUnbounded) {
  const std::string parts = "the graph has 2 connected components: 0 is an eigenvalue of its Laplacian 2 times";
  const std::string alone = "2 vertices have no edge";
  EXPECT_EQ(laplacian_of_no_edges(0).notes, (std::vector<std::string>{parts, alone}));
  EXPECT_EQ(*laplacian_of_no_edges(0).solution, (std::vector<double>{0, 0}));
  const std::string falls =
      "f has no minimum: b sums to 3 over a connected component, and A is 0 on its constant vectors";
  EXPECT_EQ(laplacian_of_no_edges(3).notes, (std::vector<std::string>{parts, alone, falls}));
  EXPECT_FALSE(laplacian_of_no_edges(3).solution);
}

TEST(Laplacian, OfAGridKnowsItsSides) {
  const GeneratedGraph graph{.family = GraphFamily::grid, .sizes = {2, 5}};
  const Quadratic problem = make_quadratic(GraphProblem{.graph = graph, .distinguished = {}}, "");
  EXPECT_EQ(problem.sides, (std::vector<std::int64_t>{2, 5}));
  EXPECT_EQ(problem.closed_form, "sums of paths (M46)");
  EXPECT_TRUE(problem.notes.empty());
}

}  // namespace
}  // namespace ravine
