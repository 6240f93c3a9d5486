#include "spectra/sparse.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "problem/closed_forms.hpp"
#include "problem/graph_families.hpp"
#include "problem/operators.hpp"
#include "ravine/error.hpp"
#include "small_problems.hpp"
#include "spectra/checks.hpp"
#include "spectra/dense.hpp"

namespace ravine::spectra {
namespace {

constexpr int threads = 1;
/// Relative to the norm: the checks' own tolerance bounds the residual, and a symmetric matrix's eigenvalue is at most
/// as far off as its residual.
constexpr double relative_tolerance = 1e-12;

SpectrumRequest ends(std::int64_t smallest, std::int64_t largest) {
  return {Solver::sparse, Extremes{smallest, largest}, Vectors::kept};
}

Quadratic laplacian_of(const GeneratedGraph& family) {
  const Graph graph = generate(family);
  Quadratic problem = quadratic(laplacian(graph));
  problem.kernel = components_of(graph);
  return problem;
}

/// The ends are those of all eigenvalues, in their places, and pass the checks.
void expect_ends(const Quadratic& problem, const Extremes& extremes, const std::vector<double>& all) {
  Spectrum spectrum = sparse_spectrum(problem, ends(extremes.smallest, extremes.largest), threads);
  check(problem.matrix, spectrum);
  const double norm = norm_for_checks(problem.matrix);
  const double tolerance = relative_tolerance * norm;
  constexpr double of_a_bound = 1e-7;  // a star has factors with tiny pivots, whose rounding errors leave much open
  constexpr double of_what_is_expected = 1e-14;  // the dense solver's and the closed forms' own rounding
  std::vector<std::int64_t> index(static_cast<std::size_t>(extremes.smallest));
  std::iota(index.begin(), index.end(), problem.kernel.dimension + 1);
  for (std::int64_t k = extremes.largest; k-- > 0;) index.push_back(spectrum.size - k);
  ASSERT_EQ(spectrum.index, index);
  for (std::size_t k = 0; k < index.size(); ++k) {
    EXPECT_NEAR(spectrum.eigenvalues[k], all[static_cast<std::size_t>(index[k] - 1)], tolerance) << index[k];
    EXPECT_NEAR(spectrum.eigenvalues[k], all[static_cast<std::size_t>(index[k] - 1)],
                spectrum.bounds[k] + of_what_is_expected * norm)
        << index[k];
    EXPECT_LT(spectrum.bounds[k], norm > 0 ? of_a_bound * norm : of_a_bound) << index[k];
  }
}

Quadratic diagonal(const std::vector<double>& values) {
  std::vector<Entry> entries;
  for (const double value : values) {
    const auto i = static_cast<std::int32_t>(entries.size());
    entries.push_back({i, i, value});
  }
  return quadratic(sparse_matrix(static_cast<std::int64_t>(values.size()), entries));
}

void expect_closed_form(const GeneratedGraph& family, const Extremes& extremes) {
  SCOPED_TRACE(name_of(family.family));
  expect_ends(laplacian_of(family), extremes, laplacian_closed_form(family)->eigenvalues);
}

void expect_as_dense(const Quadratic& problem, const Extremes& extremes) {
  expect_ends(problem, extremes, dense_spectrum(problem, {}, threads).eigenvalues);
}

TEST(SparseSpectrum, CountsMultiplicitiesOfEveryFamily) {
  expect_closed_form({GraphFamily::path, {300}}, {5, 5});
  expect_closed_form({GraphFamily::cycle, {201}}, {5, 4});
  expect_closed_form({GraphFamily::cycle, {200}}, {6, 4});
  expect_closed_form({GraphFamily::grid, {15, 15}}, {6, 6});
  expect_closed_form({GraphFamily::grid, {6, 6, 6}}, {10, 7});
  expect_closed_form({GraphFamily::torus, {12, 12}}, {13, 9});
  expect_closed_form({GraphFamily::torus, {5, 5, 5}}, {7, 9});
  expect_closed_form({GraphFamily::complete, {80}}, {9, 12});
  expect_closed_form({GraphFamily::star, {200}}, {5, 3});
  expect_closed_form({GraphFamily::complete_bipartite, {40, 30}}, {12, 11});
}

TEST(SparseSpectrum, FindsMoreCopiesThanABlockHas) {
  expect_closed_form({GraphFamily::hypercube, {9}}, {12, 12});
}

TEST(SparseSpectrum, ClustersAreCutWhereTheRequestEnds) {
  for (std::int64_t k = 1; k <= 8; ++k) expect_closed_form({GraphFamily::torus, {10, 10}}, {k, k});
}

/// Disjoint paths of that many vertices, whose eigenvalues are those of one, so many times each.
void expect_paths(std::int64_t paths, std::int64_t vertices, const Extremes& extremes) {
  std::vector<std::array<std::int32_t, 2>> edges;
  for (std::int64_t i = 1; i < paths * vertices; ++i) {
    if (i % vertices != 0) edges.push_back({static_cast<std::int32_t>(i - 1), static_cast<std::int32_t>(i)});
  }
  std::vector<double> all;
  for (const double value : path_eigenvalues(vertices)) all.insert(all.end(), static_cast<std::size_t>(paths), value);
  std::sort(all.begin(), all.end());
  const Quadratic problem = laplacian(paths * vertices, edges);
  ASSERT_EQ(problem.kernel.dimension, paths);
  expect_ends(problem, extremes, all);
}

TEST(SparseSpectrum, CopiesAmongCloseEigenvaluesAreCounted) {
  // The largest eigenvalues of a path are closer to each other than 1e-6 of them.
  expect_paths(5, 3000, {0, 5});
  expect_paths(12, 1500, {0, 12});
}

TEST(SparseSpectrum, CloseEigenvaluesOfALongPath) {
  const GeneratedGraph path{GraphFamily::path, {20000}};
  const std::vector<double> all = laplacian_closed_form(path)->eigenvalues;
  ASSERT_LT(all[19999] - all[19998], 1e-7);
  expect_ends(laplacian_of(path), {0, 4}, all);
}

TEST(SparseSpectrum, BoundsAreAsSmallAsRoundingLets) {
  const Quadratic path = laplacian_of({GraphFamily::path, {300}});
  const Spectrum spectrum = sparse_spectrum(path, ends(4, 4), threads);
  for (const double bound : spectrum.bounds) EXPECT_LT(bound, 1e-14);
}

TEST(SparseSpectrum, ABandBehindAnEigenvalueThatTheShiftCannotPass) {
  // One eigenvalue of the distinguished vertex above 4, and the path's, 1e-6 from each other, below.
  const Graph path = generate({GraphFamily::path, {2100}});
  expect_as_dense(quadratic(colorization(path, std::vector<std::int64_t>{1050})), {1, 2});
}

TEST(SparseSpectrum, GradedMatrixWhoseSmallEigenvaluesAreRoundingErrorsOfTheLarge) {
  std::vector<double> all(2500);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = 1e-10 * std::pow(1e13, static_cast<double>(i) / 2500);
  expect_ends(diagonal(all), {3, 1}, all);
}

/// A vertex with so many leaves, and a path from it.
Quadratic hub_with_tail(std::int32_t leaves, std::int32_t tail) {
  std::vector<std::array<std::int32_t, 2>> edges;
  for (std::int32_t v = 1; v <= leaves; ++v) edges.push_back({0, v});
  for (std::int32_t v = leaves; v < leaves + tail; ++v) edges.push_back({v, v + 1});
  return laplacian(1 + leaves + tail, edges);
}

TEST(SparseSpectrum, ASmallEigenvalueBesideTheKernelAndALargeNorm) {
  expect_as_dense(hub_with_tail(1500, 400), {1, 1});
}

TEST(SparseSpectrum, EndsThatAreCloseBesideTheNormAreOrthogonal) {
  // A star's norm, and ends of another component's spectrum that are found to a residual beside it.
  std::vector<std::array<std::int32_t, 2>> edges;
  const std::int32_t leaves = 1000;
  for (std::int32_t v = 1; v <= leaves; ++v) edges.push_back({0, v});
  const std::int32_t others = 500;
  for (std::int32_t v = 0; v < others; ++v) {
    for (const std::int32_t step : {1, 7}) {
      if (v + step < others) edges.push_back({leaves + 1 + v, leaves + 1 + v + step});
    }
  }
  edges.push_back({0, leaves + 1});
  std::sort(edges.begin(), edges.end());
  expect_as_dense(laplacian(1 + leaves + others, edges), {10, 10});
}

TEST(SparseSpectrum, CopiesBesideEvenlySpacedEigenvalues) {
  std::vector<double> all(300);
  for (int i = 0; i < 300; ++i) all[static_cast<std::size_t>(i)] = i < 40 ? 1 : 1 + 1e-6 * (i - 39);
  expect_ends(diagonal(all), {45, 0}, all);
}

TEST(SparseSpectrum, MoreCopiesThanAreWantedBesideAnAllButEqualEigenvalue) {
  std::vector<double> all(1400, 1.0);
  std::fill(all.begin() + 700, all.end(), 1 + 1e-9);
  expect_ends(diagonal(all), {11, 7}, all);
}

TEST(SparseSpectrum, CloserThanTheCountCanTellIsWithinTheBounds) {
  std::vector<double> all(200);
  for (int i = 0; i < 200; ++i) all[static_cast<std::size_t>(i)] = i < 20 ? 1 + 1e-13 * i : 2 + i;
  const Spectrum spectrum = sparse_spectrum(diagonal(all), ends(15, 0), threads);
  for (std::size_t k = 0; k < 15; ++k) EXPECT_NEAR(spectrum.eigenvalues[k], all[k], spectrum.bounds[k]) << k;
}

TEST(SparseSpectrum, ManySmallEigenvaluesPassTheChecks) {
  expect_closed_form({GraphFamily::path, {100}}, {30, 0});
  expect_closed_form({GraphFamily::path, {100}}, {40, 5});
}

TEST(SparseSpectrum, SmallEigenvaluesKeepTheirDigits) {
  const GeneratedGraph path{GraphFamily::path, {4096}};
  const std::vector<double> expected = laplacian_closed_form(path)->eigenvalues;
  const Spectrum spectrum = sparse_spectrum(laplacian_of(path), ends(3, 1), threads);
  // 5.9e-7 beside a norm of 4: eps of the norm is 1.5e-9 of it.
  constexpr double sum_of_4096_squares = 1e-12;
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(spectrum.eigenvalues[k] / expected[k + 1], 1, sum_of_4096_squares);
  }
}

TEST(SparseSpectrum, LeavesTheKernelOfEveryComponentOut) {
  // Three paths, a triangle and a lonely vertex.
  std::vector<std::array<std::int32_t, 2>> edges;
  for (std::int32_t i = 1; i < 120; ++i) {
    if (i % 40 != 0) edges.push_back({i - 1, i});
  }
  edges.insert(edges.end(), {{120, 121}, {120, 122}, {121, 122}});
  const Quadratic problem = laplacian(124, edges);
  ASSERT_EQ(problem.kernel.dimension, 5);
  expect_as_dense(problem, {7, 4});
}

TEST(SparseSpectrum, ColorizationMayMissAComponent) {
  const Graph graph = generate({GraphFamily::grid, {9, 9}});
  Graph twice = graph;
  twice.vertices = 162;
  for (const auto& [a, b] : graph.edges) twice.edges.push_back({a + 81, b + 81});
  const std::vector<std::int64_t> distinguished = {3, 40};
  Quadratic problem = quadratic(colorization(twice, distinguished));
  problem.kernel = components_without(components_of(twice), distinguished);
  ASSERT_EQ(problem.kernel.dimension, 1);
  expect_as_dense(problem, {9, 5});
}

TEST(SparseSpectrum, ColorizationIsPositiveDefinite) {
  expect_as_dense(quadratic(colorization(generate({GraphFamily::grid, {12, 14}}), std::vector<std::int64_t>{70})),
                  {6, 3});
}

/// A sparse matrix with entries from a fixed sequence.
SparseMatrix scattered_sparse(std::int64_t size) {
  const DenseMatrix dense = scattered_matrix(size, 1);
  std::vector<Entry> entries;
  for (std::int32_t i = 0; i < size; ++i) {
    for (std::int32_t j = 0; j <= i; ++j) {
      if (i == j || (i * 7 + j * 13) % 23 == 0) {
        entries.push_back({i, j, dense.value[static_cast<std::size_t>(i * size + j)]});
      }
    }
  }
  return sparse_matrix(size, entries);
}

TEST(SparseSpectrum, IndefiniteMatricesGoBelowZero) {
  const Quadratic problem = quadratic(scattered_sparse(150));
  ASSERT_LT(dense_spectrum(problem, {}, threads).eigenvalues.front(), -1);
  expect_as_dense(problem, {8, 8});
}

TEST(SparseSpectrum, AKernelThatNobodyKnowsIsFound) {
  const GeneratedGraph torus{GraphFamily::torus, {9, 10}};
  expect_ends(quadratic(laplacian(generate(torus))), {6, 2}, laplacian_closed_form(torus)->eigenvalues);
  expect_ends(quadratic(sparse_matrix(70, {})), {3, 3}, std::vector<double>(70));
}

TEST(SparseSpectrum, ScaleDoesNotMatter) {
  for (const double scale : {1e-200, 1e150}) {
    SparseMatrix matrix = laplacian(generate({GraphFamily::torus, {9, 9}}));
    for (double& value : matrix.value) value *= scale;
    Quadratic problem = quadratic(matrix);
    problem.kernel = {1, std::vector<std::int32_t>(81)};
    std::vector<double> expected = laplacian_closed_form({GraphFamily::torus, {9, 9}})->eigenvalues;
    for (double& value : expected) value *= scale;
    expect_ends(problem, {5, 4}, expected);
  }
}

TEST(SparseSpectrum, WithoutVectorsTheResidualIsStillChecked) {
  SpectrumRequest request = ends(3, 2);
  request.vectors = Vectors::none;
  const Spectrum spectrum = sparse_spectrum(laplacian_of({GraphFamily::path, {100}}), request, threads);
  EXPECT_TRUE(spectrum.vectors.empty());
  ASSERT_TRUE(spectrum.checks.residual.has_value());
  EXPECT_LT(*spectrum.checks.residual, spectrum.checks.tolerance);
}

TEST(SparseSpectrum, IsTheSameEveryTime) {
  const Quadratic problem = laplacian_of({GraphFamily::torus, {11, 12}});
  const Spectrum first = sparse_spectrum(problem, ends(6, 6), threads);
  const Spectrum second = sparse_spectrum(problem, ends(6, 6), threads);
  EXPECT_EQ(first.eigenvalues, second.eigenvalues);
  EXPECT_EQ(first.vectors, second.vectors);
}

TEST(SparseSpectrum, LeavesToTheDenseSolverWhatIsIts) {
  const Quadratic sparse = laplacian_of({GraphFamily::path, {100}});
  EXPECT_THROW((void)sparse_spectrum(sparse, {}, threads), UsageError);
  EXPECT_THROW((void)sparse_spectrum(sparse, ends(30, 21), threads), UsageError);
  EXPECT_THROW((void)sparse_spectrum(laplacian_of({GraphFamily::path, {64}}), ends(1, 1), threads), UsageError);
  EXPECT_THROW((void)sparse_spectrum(quadratic(to_dense(sparse.matrix)), ends(1, 1), threads), UsageError);
}

TEST(SparseSpectrum, AWrongKernelIsNoSpectrum) {
  Quadratic problem = quadratic(scattered_sparse(100));
  problem.kernel = {1, std::vector<std::int32_t>(100)};
  EXPECT_THROW((void)sparse_spectrum(problem, ends(2, 1), threads), NumericalError);
}

}  // namespace
}  // namespace ravine::spectra
