// Problems of every kind, from their files.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "error_of.hpp"
#include "ravine/problem.hpp"

namespace ravine {
namespace {

const std::filesystem::path data = RAVINE_TEST_DATA;
const std::filesystem::path example_data = RAVINE_EXAMPLE_DATA;

/// A folder for the files of one test.
class MakeQuadratic : public testing::Test {
 protected:
  void SetUp() override {
    const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = std::filesystem::path(testing::TempDir()) / ("ravine_make_quadratic." + test);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  [[nodiscard]] std::string usage_error_of(const Problem& problem) const {
    try {
      (void)make_quadratic(problem, folder_);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "no usage error";
  }
  /// A grid whose distinguished vertices are those of mask.pgm.
  static GraphProblem masked(std::vector<std::int64_t> sides) {
    return {.graph = GeneratedGraph{.family = GraphFamily::grid, .sizes = std::move(sides)},
            .kind = Operator::colorization,
            .distinguished = std::filesystem::path("mask.pgm")};
  }

  std::filesystem::path folder_;
};

TEST_F(MakeQuadratic, OfAMatrixFile) {
  const Quadratic problem = make_quadratic(MatrixProblem{"bcsstk13.mtx", 1.0}, example_data);
  EXPECT_EQ(size_of(problem.matrix), 2003);
  EXPECT_EQ(problem.b, std::vector<double>(2003, 1.0));
  EXPECT_EQ(problem.kernel.dimension, 0);
  EXPECT_FALSE(problem.eigenvalues);
}

TEST_F(MakeQuadratic, OfAGraphFile) {
  const Quadratic karate =
      make_quadratic(GraphProblem{.graph = GraphFile{"karate.mtx"}, .distinguished = {}}, example_data);
  EXPECT_EQ(karate.graph->vertices, 34);
  EXPECT_EQ(karate.graph->edges.size(), 78);
  EXPECT_EQ(trace_of(karate.matrix), 2 * 78);
  EXPECT_EQ(karate.kernel.dimension, 1);
  EXPECT_TRUE(karate.notes.empty());
  EXPECT_TRUE(karate.sides.empty());
  EXPECT_FALSE(karate.eigenvalues);
}

TEST_F(MakeQuadratic, OfAListOfEdgesWithBFromAFile) {
  write("edges.txt", "0 1\n1 2\n");
  write("b.csv", "b\n1\n0\n-1\n");
  const GraphProblem problem{
      .graph = GraphFile{"edges.txt"}, .distinguished = {}, .b = WeightsFile{"b.csv", std::nullopt}};
  const Quadratic quadratic = make_quadratic(problem, folder_);
  EXPECT_EQ(to_dense(quadratic.matrix).value, (std::vector<double>{1, -1, 0, -1, 2, -1, 0, -1, 1}));
  EXPECT_EQ(quadratic.b, (std::vector<double>{1, 0, -1}));
  EXPECT_TRUE(quadratic.notes.empty());  // b has no part in the kernel
  EXPECT_FALSE(quadratic.solution);
}

TEST_F(MakeQuadratic, OfRegression) {
  const Quadratic wampler = make_quadratic(RegressionProblem{.path = "regression/wampler5.csv", .degree = 5}, data);
  EXPECT_EQ(size_of(wampler.matrix), 6);
  ASSERT_TRUE(wampler.regression);
  EXPECT_EQ(wampler.regression->input.size(), 21);
}

TEST_F(MakeQuadratic, AMaskDistinguishesThePixelsAboveHalf) {
  write("mask.pgm", "P2 3 2 200\n0 100 101\n200 99 0\n");
  for (const std::vector<std::int64_t>& sides : {std::vector<std::int64_t>{}, std::vector<std::int64_t>{2, 3}}) {
    const Quadratic problem = make_quadratic(masked(sides), folder_);
    EXPECT_EQ(problem.sides, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(problem.distinguished, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(problem.b, (std::vector<double>{0, 0, 1, 1, 0, 0}));
    EXPECT_EQ(trace_of(problem.matrix), 2 * 7 + 2);
  }
}

TEST_F(MakeQuadratic, AMaskOfAWholeRowHasItsKnownSpectrum) {
  write("mask.pgm", "P2 3 2 1\n1 1 1\n0 0 0\n");
  EXPECT_EQ(make_quadratic(masked({}), folder_).closed_form, "sums of paths, one with a pinned end (M48)");
}

TEST_F(MakeQuadratic, RefusesAMaskOfAnotherGraph) {
  write("mask.pgm", "P2 3 2 1\n1 1 1\n0 0 0\n");
  const std::string mask = (folder_ / "mask.pgm").string();
  EXPECT_EQ(usage_error_of(masked({3, 2})),
            "mask: found " + mask + " with 2 rows and 3 columns; wanted the sides of the grid, 3, 2");
  GraphProblem problem = masked({});
  problem.graph = GeneratedGraph{.family = GraphFamily::path, .sizes = {6}};
  EXPECT_EQ(usage_error_of(problem),
            "mask: found a graph of the family path; wanted a grid or torus, whose vertices are the picture's pixels");
  write("edges.txt", "0 1\n1 2\n");
  problem.graph = GraphFile{"edges.txt"};
  EXPECT_EQ(usage_error_of(problem),
            "mask: found " + mask + " with 2 rows and 3 columns; wanted a pixel for each of 3 vertices");
}

TEST_F(MakeQuadratic, RefusesADarkMask) {
  write("mask.pgm", "P2 2 1 9\n4 0\n");
  EXPECT_EQ(
      data_error_of([&] { (void)make_quadratic(masked({}), folder_); }),
      (folder_ / "mask.pgm").string() + ": found no pixel above half of 9; wanted at least one distinguished vertex");
}

}  // namespace
}  // namespace ravine
