#include "ravine/spectrum_spec.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "ravine/error.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

/// A folder of its own, in which the spec is `map.toml`.
class SpectrumSpecTest : public testing::Test {
 protected:
  SpectrumSpecTest() {
    std::string pattern = (fs::temp_directory_path() / "ravine-problem-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SpectrumSpecTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  [[nodiscard]] SpectrumSpec read(const std::string& text) const {
    write("map.toml", text);
    return read_spectrum_spec(folder_ / "map.toml");
  }
  /// The message, without the folder.
  [[nodiscard]] std::string error(const std::string& text) const {
    try {
      static_cast<void>(read(text));
    } catch (const Error& failure) {
      const std::string message = failure.what();
      const std::string prefix = folder_.string() + "/";
      return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
    }
    return "no error";
  }

  fs::path folder_;
};

TEST_F(SpectrumSpecTest, ReadsEveryKindOfProblem) {
  write("a.mtx", "x");
  write("d.csv", "x");
  const SpectrumSpec matrix = read("[problem]\nmatrix = \"a.mtx\"\nb = 1.5\nw0 = 2\n");
  EXPECT_EQ(std::get<MatrixProblem>(matrix.problem).path, "a.mtx");
  EXPECT_EQ(std::get<double>(std::get<MatrixProblem>(matrix.problem).b), 1.5);
  EXPECT_EQ(std::get<double>(matrix.start), 2);
  ASSERT_EQ(matrix.inputs.size(), 1U);
  EXPECT_EQ(matrix.inputs[0].path, "a.mtx");
  EXPECT_EQ(matrix.store, fs::path("out/map.spectrum"));

  const SpectrumSpec grid = read(
      "[problem]\ngraph = \"grid\"\nsides = [3, 4]\noperator = \"colorization\"\ndistinguished = [0, 5]\n"
      "[spectrum]\nvalues = { smallest = 3 }\nvectors = true\nsolver = \"sparse\"\n[output]\nspectrum = \"s\"\n");
  const auto& graph = std::get<GraphProblem>(grid.problem);
  EXPECT_EQ(std::get<GeneratedGraph>(graph.graph).sizes, (std::vector<std::int64_t>{3, 4}));
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(graph.distinguished), (std::vector<std::int64_t>{0, 5}));
  EXPECT_EQ(grid.request.extremes->smallest, 3);
  EXPECT_EQ(grid.request.extremes->largest, 0);
  EXPECT_EQ(grid.request.solver, Solver::sparse);
  EXPECT_EQ(grid.request.vectors, Vectors::kept);
  EXPECT_EQ(grid.store, fs::path("s"));

  const SpectrumSpec rosenbrock = read("[problem]\nrosenbrock = \"pinned\"\nn = 25\nkappa = 100\n");
  EXPECT_EQ(std::get<RosenbrockProblem>(rosenbrock.problem).end, RosenbrockEnd::pinned);
  const SpectrumSpec regression = read("[problem]\nregression = \"d.csv\"\ndegree = 10\nsteps = [1, 5]\n");
  EXPECT_EQ(std::get<RegressionProblem>(regression.problem).steps, (std::vector<std::int64_t>{1, 5}));
  const SpectrumSpec world =
      read("[problem]\ngraph = \"small-world\"\nn = 36\ndegree = 4\nprobability = 0.1\nseed = 7\n");
  EXPECT_EQ(std::get<GeneratedGraph>(std::get<GraphProblem>(world.problem).graph).seed, 7);
}

TEST_F(SpectrumSpecTest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error("[axes]\n"),
            "map.toml:1:1: found no [problem]; wanted a table [problem] with a matrix, a graph or a data set");
  EXPECT_EQ(error("[problem]\nw0 = 1\n"),
            "map.toml:1:1: found [problem] of no kind; wanted one of the keys \"matrix\", \"graph\", \"rosenbrock\" or "
            "\"regression\"");
  EXPECT_EQ(error("[problem]\ngraph = \"gird\"\n"),
            "map.toml:2:9: found the unknown graph \"gird\"; wanted \"path\", \"cycle\", \"grid\", \"torus\", "
            "\"complete\", \"star\", \"complete-bipartite\", \"hypercube\", \"small-world\", \"random-regular\", "
            "\"random\" or \"file\" (did you mean \"grid\"?)");
  EXPECT_EQ(error("[problem]\ngraph = \"path\"\n"),
            "map.toml:1:1: found [problem] without n; wanted problem.n = the number of vertices");
  EXPECT_EQ(error("[problem]\ngraph = \"path\"\nn = 0\n"),
            "map.toml:3:5: found the integer 0; wanted problem.n to be an integer from 1 to 2147483647");
  EXPECT_EQ(error("[problem]\ngraph = \"path\"\nn = 5\ndegree = 2\n"),
            "map.toml:4:1: found the key \"degree\" beside \"graph\"; wanted \"operator\", \"n\", \"b\", \"graph\" or "
            "\"w0\"");
  EXPECT_EQ(error("[problem]\ngraph = \"path\"\nn = 5\noperator = \"colorization\"\n"),
            "map.toml:1:1: found colorization without distinguished vertices; wanted problem.distinguished = "
            "[vertices, from 0], or problem.mask = \"picture.pgm\"");
  EXPECT_EQ(error("[problem]\nrosenbrock = \"free\"\nn = 5\nkappa = 1\n"),
            "map.toml:4:9: found the integer 1; wanted problem.kappa to be above 1");
  EXPECT_EQ(error("[problem]\ngraph = \"path\"\nn = 5\n[spectrum]\nvalues = { smallest = 0 }\n"),
            "map.toml:5:10: found no eigenvalue; wanted spectrum.values to be \"all\" or a table such as { smallest = "
            "10, largest = 1 }");
  EXPECT_EQ(error("[problem]\ngraph = \"path\"\nn = 5\n[spectrum]\nsolver = \"lanczos\"\n"),
            "map.toml:5:10: found the unknown solver \"lanczos\"; wanted \"auto\", \"closed-form\", \"dense\" or "
            "\"sparse\"");
  EXPECT_NE(error("[problem]\nmatrix = \"none.mtx\"\n").find("map.toml:1:1: can't open"), std::string::npos);
}

TEST_F(SpectrumSpecTest, IdentityFollowsTheContentAndNotThePaths) {
  write("a.mtx", "one");
  write("b.mtx", "one");
  write("c.mtx", "two");
  const auto identity = [this](const std::string& text) { return identity_of(read(text)); };
  const std::string a = identity("[problem]\nmatrix = \"a.mtx\"\n");
  EXPECT_EQ(a, identity("[output]\nspectrum = \"x\"\n[problem]\nmatrix = \"b.mtx\"\n"));
  EXPECT_NE(a, identity("[problem]\nmatrix = \"c.mtx\"\n"));
  EXPECT_NE(a, identity("[problem]\nmatrix = \"a.mtx\"\nb = 1\n"));
  EXPECT_NE(a, identity("[problem]\nmatrix = \"a.mtx\"\nw0 = 1\n"));
  EXPECT_NE(a, identity("[problem]\nmatrix = \"a.mtx\"\n[spectrum]\nvectors = true\n"));
  EXPECT_NE(identity("[problem]\ngraph = \"path\"\nn = 5\n"), identity("[problem]\ngraph = \"path\"\nn = 6\n"));
}

}  // namespace
}  // namespace ravine
