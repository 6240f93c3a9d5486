#include "spectra/solution.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "ravine/error.hpp"
#include "small_problems.hpp"
#include "spectra/checks.hpp"
#include "spectra/dense.hpp"

namespace ravine::spectra {
namespace {

/// For condition numbers below 10.
constexpr double tolerance = 1e-14;

/// Positive definite: its diagonal outweighs the rest.
DenseMatrix definite_matrix(std::int64_t size, double scale) {
  DenseMatrix matrix = scattered_matrix(size, scale);
  for (std::int64_t i = 0; i < size; ++i) {
    matrix.value[static_cast<std::size_t>(i * (size + 1))] += 2 * scale * static_cast<double>(size);
  }
  return matrix;
}

std::vector<double> ramp(std::int64_t size) {
  std::vector<double> x(static_cast<std::size_t>(size));
  std::iota(x.begin(), x.end(), -3.0);
  return x;
}

std::vector<double> image_of(const SymmetricMatrix& matrix, const std::vector<double>& x) {
  std::vector<double> y(x.size());
  multiply(matrix, x, y);
  return y;
}

void expect_near(const std::vector<double>& found, const std::vector<double>& expected, double error) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], error) << i;
}

Spectrum spectrum_with_vectors(const Quadratic& problem) {
  Spectrum spectrum = dense_spectrum(problem, {Solver::dense, std::nullopt, Vectors::kept}, 1);
  spectrum.bounds.assign(spectrum.eigenvalues.size(),
                         tolerance_of_checks(spectrum.size) * norm_for_checks(problem.matrix));
  return spectrum;
}

SparseMatrix sparse_of(const DenseMatrix& matrix) {
  std::vector<Entry> entries;
  for (std::int32_t i = 0; i < matrix.size; ++i) {
    for (std::int32_t j = 0; j <= i; ++j) {
      entries.push_back({i, j, matrix.value[static_cast<std::size_t>(i * matrix.size + j)]});
    }
  }
  return sparse_matrix(matrix.size, entries);
}

TEST(DenseSolution, IsTheVectorThatBIsTheImageOf) {
  for (const double scale : {1.0, 1e150, 1e-150}) {
    const DenseMatrix matrix = definite_matrix(40, scale);
    const std::vector<double> w = ramp(40);
    const auto solution = std::get<Solution>(dense_solution(matrix, image_of(matrix, w), 1));
    expect_near(solution.w, w, tolerance * 40);
    EXPECT_LT(solution.residual, tolerance_of_checks(40));
  }
}

TEST(DenseSolution, OfZeroIsZero) {
  const auto solution = std::get<Solution>(dense_solution(definite_matrix(5, 1), std::vector<double>(5), 1));
  EXPECT_EQ(solution.w, std::vector<double>(5));
  EXPECT_EQ(solution.residual, 0);
}

TEST(DenseSolution, SaysWhichMinorIsNoCholeskyFactors) {
  const DenseMatrix matrix{3, {4, 0, 0, 0, -1, 0, 0, 0, 1}};
  const auto outcome = dense_solution(matrix, std::vector<double>{1, 1, 1}, 1);
  ASSERT_TRUE(std::holds_alternative<NoCholeskyFactors>(outcome));
  EXPECT_EQ(std::get<NoCholeskyFactors>(outcome).leading_minor, 2);
  // Singular, and exactly so in float64.
  const DenseMatrix laplacian_of_an_edge{2, {1, -1, -1, 1}};
  EXPECT_TRUE(
      std::holds_alternative<NoCholeskyFactors>(dense_solution(laplacian_of_an_edge, std::vector<double>{1, -1}, 1)));
}

TEST(DenseSolution, ThatOverflowsIsRefused) {
  const DenseMatrix matrix{1, {1e-300}};
  EXPECT_THROW(static_cast<void>(dense_solution(matrix, std::vector<double>{1e300}, 1)), NumericalError);
}

TEST(SolutionFromSpectrum, AgreesWithCholesky) {
  const DenseMatrix matrix = definite_matrix(30, 1);
  const std::vector<double> b = ramp(30);
  const SpectralSolution solution = solution_from_spectrum(spectrum_with_vectors(quadratic(matrix)), b);
  expect_near(solution.w, std::get<Solution>(dense_solution(matrix, b, 1)).w, tolerance);
  EXPECT_EQ(solution.outside, 0);
}

TEST(SolutionFromSpectrum, OfALaplacianIsTheShortestWhereBHasNoPartInTheKernel) {
  const Quadratic problem = laplacian(7, {{0, 1}, {1, 2}, {2, 3}, {4, 5}, {5, 6}});
  const std::vector<double> w = {-1.5, -0.5, 0.5, 1.5, -2, 0, 2};  // orthogonal to both components' indicators
  const SpectralSolution solution = solution_from_spectrum(spectrum_with_vectors(problem), image_of(problem.matrix, w));
  expect_near(solution.w, w, tolerance * 10);
  EXPECT_LT(solution.outside, tolerance);
}

TEST(SolutionFromSpectrum, SaysHowMuchOfBIsOutsideTheRange) {
  const Quadratic problem = path(4);
  // Of length sqrt(4 + 4), half of its square along the kernel.
  const SpectralSolution solution =
      solution_from_spectrum(spectrum_with_vectors(problem), std::vector<double>{2, 2, 0, 0});
  EXPECT_NEAR(solution.outside, std::sqrt(0.5), tolerance);
  expect_near(image_of(problem.matrix, solution.w), {1, 1, -1, -1}, tolerance * 10);
}

TEST(SolutionFromSpectrum, TakesForZeroWhatIsWithinItsBound) {
  Spectrum spectrum = spectrum_with_vectors(quadratic(DenseMatrix{2, {1e-20, 0, 0, 1}}));
  const std::vector<double> b = {1e-20, 1};
  EXPECT_EQ(solution_from_spectrum(spectrum, b).w, (std::vector<double>{0, 1}));
  spectrum.bounds = {0, 0};
  EXPECT_EQ(solution_from_spectrum(spectrum, b).w, (std::vector<double>{1, 1}));
}

TEST(SmallestByFactors, IsThatOfADiagonalMatrix) {
  for (const double scale : {1.0, 0x1p-1000, 0x1p1000}) {
    const DenseMatrix dense{3, {4 * scale, 0, 0, 0, scale / 4, 0, 0, 0, scale}};
    EXPECT_EQ(smallest_by_factors(dense, 1), scale / 4);
    EXPECT_EQ(smallest_by_factors(sparse_of(dense), 1), scale / 4);
  }
}

TEST(SmallestByFactors, IsNearTheSmallestOfAnyMatrix) {
  DenseMatrix shifted = to_dense(path(60).matrix);
  shifted.value.front() += 1;
  const Quadratic problem = quadratic(shifted);
  const double smallest = spectrum_with_vectors(problem).eigenvalues.front();
  for (const double found : {smallest_by_factors(shifted, 1), smallest_by_factors(sparse_of(shifted), 1)}) {
    EXPECT_LT(found, 3 * smallest);
    EXPECT_GT(found, smallest / std::sqrt(60));
  }
}

TEST(SmallestByFactors, IsZeroWithoutFactors) {
  const DenseMatrix indefinite{2, {1, 2, 2, 1}};
  EXPECT_EQ(smallest_by_factors(indefinite, 1), 0);
  EXPECT_EQ(smallest_by_factors(sparse_of(indefinite), 1), 0);
}

/// Its pivots are all 1, and its smallest eigenvalue is about 4^-n.
TEST(SmallestByFactors, SeesWhatNoPivotTells) {
  const std::int64_t n = 40;
  DenseMatrix matrix{n, {}};
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      matrix.value.push_back(static_cast<double>(std::min(i, j)) + (i == j ? 1.0 : -1.0));
    }
  }
  EXPECT_LT(smallest_by_factors(matrix, 1), 1e-20);
  EXPECT_LT(smallest_by_factors(sparse_of(matrix), 1), 1e-13);
}

TEST(Project, HasAComponentForEachVector) {
  const std::vector<double> vectors = {1, 0, 0, 0, 0.6, 0.8};
  expect_near(project(vectors, std::vector<double>{7, 5, 10}), {7, 11}, tolerance * 10);
}

}  // namespace
}  // namespace ravine::spectra
