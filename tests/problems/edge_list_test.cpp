#include "problem/edge_list.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"

namespace ravine {
namespace {

using Edges = std::vector<std::array<std::int32_t, 2>>;

std::string error_in(const std::string& text) {
  return data_error_of([&] { (void)parse_edge_list(text, "a.txt"); });
}

TEST(EdgeList, TwoVerticesALine) {
  const Graph graph = parse_edge_list("# a path, and 4 alone\n2 1\n\n0\t1\r\n% more\n 3, 2 # the end\n5,3", "a.txt");
  EXPECT_EQ(graph.vertices, 6);
  EXPECT_EQ(graph.edges, (Edges{{0, 1}, {1, 2}, {2, 3}, {3, 5}}));
}

TEST(EdgeList, MatrixMarketIsToldByItsName) {
  const Graph edges = parse_graph("0 1\n", "a.edges");
  const Graph matrix = parse_graph("%%MatrixMarket matrix coordinate pattern symmetric\n2 2 1\n2 1\n", "a.mtx");
  EXPECT_EQ(edges.vertices, matrix.vertices);
  EXPECT_EQ(edges.edges, matrix.edges);
  EXPECT_EQ(read_graph(std::string(RAVINE_EXAMPLE_DATA) + "/karate.mtx").vertices, 34);
}

TEST(EdgeListErrors, HaveAPlace) {
  EXPECT_EQ(error_in("# nothing\n"), "a.txt:2:1: found no edge; wanted at least one, as two vertices in a line");
  EXPECT_EQ(error_in("0 1\n 2\n"), "a.txt:2:2: found 1 fields; wanted 2, the vertices of an edge");
  EXPECT_EQ(error_in("0 1 0.5\n"), "a.txt:1:5: found 3 fields; wanted 2, the vertices of an edge");
  EXPECT_EQ(error_in("0,1,2\n"), "a.txt:1:5: found 3 fields; wanted 2, the vertices of an edge");
  EXPECT_EQ(error_in("0 1\n1,\n"), "a.txt:2:3: found \"\"; wanted a vertex, from 0 to 2147483646");
  EXPECT_EQ(error_in("0 1\n1, 2 3\n"), "a.txt:2:4: found \"2 3\"; wanted a vertex, from 0 to 2147483646");
  EXPECT_EQ(error_in("0 1\n1 -2\n"), "a.txt:2:3: found \"-2\"; wanted a vertex, from 0 to 2147483646");
  EXPECT_EQ(error_in("0 1.5\n"), "a.txt:1:3: found \"1.5\"; wanted a vertex, from 0 to 2147483646");
  EXPECT_EQ(error_in("from to\n"), "a.txt:1:1: found \"from\"; wanted a vertex, from 0 to 2147483646");
  EXPECT_EQ(error_in("0 99999999999999999999\n"),
            "a.txt:1:3: found \"99999999999999999999\"; wanted a vertex, from 0 to 2147483646");
}

TEST(EdgeListErrors, LoopsAndDuplicates) {
  EXPECT_EQ(error_in("0 1\n\n3 3\n"), "a.txt:3:1: found an edge from 3 to itself; wanted two vertices");
  EXPECT_EQ(error_in("0 1\n1 2\n0 1\n"),
            "a.txt:3:1: found the edge of 0 and 1 again, which line 1 has; wanted each once");
  EXPECT_EQ(error_in("0 1\n1 2\n 1 0\n"),
            "a.txt:3:2: found the edge of 0 and 1 again, which line 1 has; wanted each once");
}

TEST(EdgeListErrors, AHugeVertexIsRefusedBeforeAnythingIsAllocated) {
  EXPECT_EQ(
      error_in("0 2147483646\n"),
      "a.txt:1:3: found vertex 2147483646 in a file of 13 bytes; wanted vertices numbered from 0 on, most of them "
      "with edges");
}

}  // namespace
}  // namespace ravine
