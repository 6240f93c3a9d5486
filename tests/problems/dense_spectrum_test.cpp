#include "spectra/dense.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "problem/matrix_market.hpp"
#include "ravine/error.hpp"
#include "small_problems.hpp"
#include "spectra/blas_threads.hpp"
#include "spectra/checks.hpp"

extern "C" int openblas_get_num_threads();

namespace ravine::spectra {
namespace {

/// The oracle's README: plain float64 is 3e-14 off at most.
constexpr double laplacian_tolerance = 1e-12;
constexpr double colorization_tolerance = 1e-11;

constexpr int threads = 1;

Spectrum checked_spectrum(const Quadratic& problem, const SpectrumRequest& request = {}) {
  Spectrum spectrum = dense_spectrum(problem, request, threads);
  check(problem.matrix, spectrum);
  return spectrum;
}

std::vector<double> sorted_numbers(const nlohmann::json& strings) {
  std::vector<double> numbers = numbers_of(strings);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void expect_eigenvalues(const std::vector<double>& found, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t k = 0; k < found.size(); ++k) EXPECT_NEAR(found[k], expected[k], tolerance) << k;
}

Quadratic oracle_problem(const nlohmann::json& graph) {
  const auto edges = graph["edges"].get<std::vector<std::array<std::int32_t, 2>>>();
  const auto size = graph["n"].get<std::int64_t>();
  if (!graph.contains("D")) return laplacian(size, edges);
  return quadratic(operator_of(size, edges, graph["D"].get<std::vector<std::int32_t>>()));
}

TEST(DenseSpectrum, OfEveryLaplacianOfTheOracle) {
  for (const auto& graph : oracle_json("graph_spectra.json")) {
    SCOPED_TRACE(graph["family"].get<std::string>() + graph["params"].dump());
    const Quadratic problem = oracle_problem(graph);
    const std::vector<double> expected = sorted_numbers(graph["eigenvalues"]);
    const double tolerance = laplacian_tolerance * expected.back();
    for (const Vectors vectors : {Vectors::none, Vectors::kept}) {
      const Spectrum spectrum = checked_spectrum(problem, {Solver::dense, std::nullopt, vectors});
      expect_eigenvalues(spectrum.eigenvalues, expected, tolerance);
      for (std::int64_t k = 0; k < problem.kernel.dimension; ++k) {
        EXPECT_EQ(spectrum.eigenvalues[static_cast<std::size_t>(k)], 0.0);
      }
      EXPECT_EQ(spectrum.checks.residual.has_value(), vectors == Vectors::kept);
      EXPECT_TRUE(spectrum.checks.trace);
    }
  }
}

TEST(DenseSpectrum, OfEveryColorizationOfTheOracle) {
  for (const auto& graph : oracle_json("colorization.json")) {
    SCOPED_TRACE(graph["family"].get<std::string>() + graph["params"].dump());
    const Spectrum spectrum = checked_spectrum(oracle_problem(graph), {Solver::dense, std::nullopt, Vectors::kept});
    expect_eigenvalues(spectrum.eigenvalues, sorted_numbers(graph["eigenvalues"]), colorization_tolerance);
  }
}

TEST(DenseSpectrum, EndsAreThoseOfTheWholeSpectrumAboveTheKernel) {
  const Quadratic problem = path(50);
  const std::vector<double> whole = checked_spectrum(problem).eigenvalues;
  for (const Vectors vectors : {Vectors::none, Vectors::kept}) {
    const Spectrum ends = checked_spectrum(problem, {Solver::dense, Extremes{2, 3}, vectors});
    EXPECT_EQ(ends.index, (std::vector<std::int64_t>{2, 3, 48, 49, 50}));
    expect_eigenvalues(ends.eigenvalues, {whole[1], whole[2], whole[47], whole[48], whole[49]}, 1e-14);
    EXPECT_EQ(ends.vectors.size(), vectors == Vectors::kept ? 5 * 50U : 0U);
    EXPECT_TRUE(ends.checks.trace);  // of all, from which they were cut
  }
}

TEST(DenseSpectrum, EndsThatMeetAreTheWholeSpectrum) {
  const Quadratic problem = path(10);
  const Spectrum ends = checked_spectrum(problem, {Solver::dense, Extremes{4, 5}, Vectors::none});
  EXPECT_EQ(ends.index.size(), 10U);
  EXPECT_EQ(ends.eigenvalues, checked_spectrum(problem).eigenvalues);
  EXPECT_EQ(checked_spectrum(problem, {Solver::dense, Extremes{4, 4}, Vectors::none}).index.size(), 8U);
}

TEST(DenseSpectrum, OneEndAlone) {
  const Quadratic problem = path(10);
  EXPECT_EQ(checked_spectrum(problem, {Solver::dense, Extremes{2, 0}, Vectors::kept}).index,
            (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(checked_spectrum(problem, {Solver::dense, Extremes{0, 2}, Vectors::kept}).index,
            (std::vector<std::int64_t>{9, 10}));
  EXPECT_THROW(static_cast<void>(dense_spectrum(problem, {Solver::dense, Extremes{0, 0}, Vectors::kept}, threads)),
               UsageError);
}

TEST(DenseSpectrum, KeepsPairsOfAnEigenvalueWithPlacesAtBothEnds) {
  // 1 has multiplicity 98: two ranges computed apart have vectors that are not orthogonal.
  const Spectrum ends = checked_spectrum(star(100), {Solver::dense, Extremes{4, 6}, Vectors::kept});
  expect_eigenvalues(ends.eigenvalues, {1, 1, 1, 1, 1, 1, 1, 1, 1, 100}, 1e-12);
}

TEST(DenseSpectrum, KernelHasTheIndicatorsOfItsComponents) {
  const Spectrum spectrum =
      checked_spectrum(laplacian(5, {{0, 3}, {1, 4}, {2, 4}}), {Solver::dense, std::nullopt, Vectors::kept});
  const double half = 1 / std::sqrt(2.0);
  const double third = 1 / std::sqrt(3.0);
  EXPECT_EQ(spectrum.eigenvalues[0], 0);
  EXPECT_EQ(spectrum.eigenvalues[1], 0);
  EXPECT_EQ(std::vector(spectrum.vectors.begin(), spectrum.vectors.begin() + 10),
            (std::vector{half, 0.0, 0.0, half, 0.0, 0.0, third, third, 0.0, third}));
}

TEST(DenseSpectrum, VectorsBesideTheKernelAreOrthogonalToIt) {
  // lambda_2 is 2.5e-5: a solver's first two vectors are mixed by about 1e-11.
  const Quadratic problem = path(625);
  const Spectrum spectrum = checked_spectrum(problem, {Solver::dense, Extremes{1, 1}, Vectors::kept});
  const double sum = std::accumulate(spectrum.vectors.begin(), spectrum.vectors.begin() + 625, 0.0);
  EXPECT_LT(std::fabs(sum), 1e-13);
}

TEST(DenseSpectrum, AKernelThatIsNoneIsRefused) {
  Quadratic problem = path(10);
  problem.matrix = operator_of(10, {{0, 1}}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_THROW(static_cast<void>(dense_spectrum(problem, {}, threads)), NumericalError);
}

std::string bytes_of(const std::string& name) {
  std::ifstream file(std::string(RAVINE_EXAMPLE_DATA) + "/" + name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// As scipy.linalg.eigvalsh has them.
TEST(DenseSpectrum, OfTheKarateClub) {
  const std::string name = "karate.mtx";
  const Graph graph = parse_graph_matrix_market(bytes_of(name), name);
  const Spectrum spectrum = checked_spectrum(laplacian(graph.vertices, graph.edges));
  EXPECT_EQ(spectrum.eigenvalues[0], 0);
  EXPECT_NEAR(spectrum.eigenvalues[1], 0.46852522670139, 1e-13);
  EXPECT_NEAR(spectrum.eigenvalues[33], 18.1366959730044, 1e-12);
}

TEST(DenseSpectrum, OfAStiffnessMatrix) {
  const std::string name = "bcsstk13.mtx";
  const Quadratic problem = quadratic(parse_matrix_market(bytes_of(name), name));
  const Spectrum spectrum = checked_spectrum(problem, {Solver::dense, Extremes{1, 2}, Vectors::none});
  const double error = 1e-13 * 3.114811969167e12;
  expect_eigenvalues(spectrum.eigenvalues, {284.33, 3.088185879807317e12, 3.114811969167262e12}, error);
}

TEST(DenseSpectrum, SignsAreFixed) {
  const Spectrum spectrum = checked_spectrum(path(20), {Solver::dense, std::nullopt, Vectors::kept});
  for (std::size_t k = 0; k < 20; ++k) {
    const auto vector = std::span(spectrum.vectors).subspan(20 * k, 20);
    double largest = 0;
    for (const double x : vector) largest = std::max(largest, std::fabs(x));
    const auto first =
        std::find_if(vector.begin(), vector.end(), [largest](double x) { return std::fabs(x) > 0.9 * largest; });
    EXPECT_GT(*first, 0) << k;
  }
}

TEST(DenseSpectrum, OfOneWeight) {
  for (const Vectors vectors : {Vectors::none, Vectors::kept}) {
    const Spectrum spectrum = checked_spectrum(quadratic(DenseMatrix{1, {-3}}), {Solver::dense, std::nullopt, vectors});
    EXPECT_EQ(spectrum.eigenvalues, std::vector<double>{-3});
    EXPECT_EQ(spectrum.vectors, vectors == Vectors::kept ? std::vector<double>{1} : std::vector<double>{});
  }
}

TEST(DenseSpectrum, OfNoWeightsIsRefused) {
  EXPECT_THROW(static_cast<void>(dense_spectrum(quadratic(sparse_matrix(0, {})), {}, threads)), UsageError);
}

TEST(DenseSpectrum, BeyondLapackIsRefusedBeforeItTakesMemory) {
  const Quadratic too_large = quadratic(sparse_matrix(32'767, {}));
  try {
    static_cast<void>(dense_spectrum(too_large, {Solver::dense, std::nullopt, Vectors::kept}, threads));
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("32767 rows: the dense solver takes at most 32766 with vectors"),
              std::string::npos)
        << error.what();
  }
  EXPECT_THROW(static_cast<void>(dense_spectrum(quadratic(sparse_matrix(46'341, {})), {}, threads)), UsageError);
}

TEST(DenseSpectrum, OfTheZeroMatrix) {
  const Spectrum spectrum =
      checked_spectrum(quadratic(sparse_matrix(3, {})), {Solver::dense, std::nullopt, Vectors::kept});
  EXPECT_EQ(spectrum.eigenvalues, (std::vector<double>{0, 0, 0}));
}

TEST(DenseSpectrum, ScalesWithTheMatrix) {
  const std::vector<double> eigenvalues = checked_spectrum(quadratic(scattered_matrix(70, 1))).eigenvalues;
  for (const double scale : {1e150, 1e-150}) {
    for (const Vectors vectors : {Vectors::none, Vectors::kept}) {
      const Spectrum scaled =
          checked_spectrum(quadratic(scattered_matrix(70, scale)), {Solver::dense, std::nullopt, vectors});
      for (std::size_t k = 0; k < 70; ++k) EXPECT_NEAR(scaled.eigenvalues[k] / scale, eigenvalues[k], 1e-13) << scale;
    }
  }
}

TEST(DenseSpectrum, LeavesBlasItsThreads) {
  const BlasThreads three(3);
  static_cast<void>(dense_spectrum(path(5), {}, 1));
  EXPECT_EQ(openblas_get_num_threads(), 3);
}

TEST(DenseSpectrum, EqualCallsGiveEqualBits) {
  const Quadratic problem = quadratic(scattered_matrix(120, 1));
  const SpectrumRequest request{Solver::dense, std::nullopt, Vectors::kept};
  const Spectrum first = checked_spectrum(problem, request);
  const Spectrum second = checked_spectrum(problem, request);
  EXPECT_EQ(first.eigenvalues, second.eigenvalues);
  EXPECT_EQ(first.vectors, second.vectors);
  EXPECT_EQ(first.checks.residual, second.checks.residual);
}

}  // namespace
}  // namespace ravine::spectra
