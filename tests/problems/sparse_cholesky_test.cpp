#include "spectra/cholesky.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "problem/closed_forms.hpp"
#include "problem/graph_families.hpp"
#include "problem/operators.hpp"
#include "ravine/error.hpp"
#include "small_problems.hpp"
#include "spectra/inertia.hpp"
#include "spectra/rayleigh.hpp"

namespace ravine::spectra {
namespace {

TEST(SparseCholesky, SolvesAndRefines) {
  // The solution of colorization is 1 everywhere: L 1 = 0 and D 1 is b.
  const std::vector<std::int64_t> distinguished = {0, 17};
  const SparseMatrix matrix = colorization(generate({GraphFamily::grid, {20, 30}}), distinguished);
  std::vector<double> b(600);
  for (const std::int64_t i : distinguished) b[static_cast<std::size_t>(i)] = 1;
  constexpr double condition_times_eps = 1e-12;
  for (const double w : sparse_solution(matrix, b)) EXPECT_NEAR(w, 1, condition_times_eps);
}

TEST(SparseCholesky, SaysWhatIsNotPositiveDefinite) {
  const SparseMatrix matrix = sparse_matrix(2, std::vector<Entry>{{0, 0, 1}, {0, 1, 2}, {1, 1, 1}});
  EXPECT_THROW((void)sparse_solution(matrix, std::vector<double>{1, 1}), NotPositiveDefinite);
  EXPECT_THROW((void)sparse_solution(sparse_matrix(3, {}), std::vector<double>(3)), NotPositiveDefinite);
}

TEST(SparseCholesky, TakesSignsShiftsAndPins) {
  const SparseMatrix path = laplacian(generate({GraphFamily::path, {50}}));
  SparseCholesky cholesky(path);
  const auto factorises = [&](const ShiftedMatrix& what) {
    return cholesky.factorise(what) == SparseCholesky::Outcome::done;
  };
  EXPECT_TRUE(factorises({1, -0.01, {}, 0}));
  EXPECT_FALSE(factorises({1, 0.01, {}, 0}));
  EXPECT_TRUE(factorises({-1, -4, {}, 0}));
  EXPECT_FALSE(factorises({-1, -3.9, {}, 0}));
  const std::vector<std::int32_t> pinned = {7};
  EXPECT_TRUE(factorises({1, 0, pinned, 2}));
  // Where a pin holds the path at 0, what pulls at its end stretches it by 1 an edge.
  std::vector<double> b(50);
  b[7] = -1;
  b[49] = 1;
  std::vector<double> x(50);
  cholesky.solve(b, x, 1);
  for (std::size_t i = 0; i < 50; ++i) EXPECT_NEAR(x[i], i < 7 ? 0.0 : static_cast<double>(i) - 7, 1e-11) << i;
}

/// The count at numbers between the eigenvalues of a closed form, from both ends.
void expect_counts(const GeneratedGraph& family) {
  SCOPED_TRACE(name_of(family.family));
  const SparseMatrix matrix = laplacian(generate(family));
  const std::vector<double> all = laplacian_closed_form(family)->eigenvalues;
  const SparseCholesky pattern(matrix);
  const auto below = [&all](double shift) {
    return std::count_if(all.begin(), all.end(), [shift](double value) { return value < shift; });
  };
  for (const double shift : {-0.1, 0.0123, 0.7, 1.31, 1.93, 2.718, 3.6, 5.1, 7.77, 8.5}) {
    const Inertia from_below = inertia_of(matrix, {1, shift, {}, 0}, pattern.supernodes());
    EXPECT_EQ(from_below.negative, below(shift)) << shift;
    EXPECT_LT(from_below.uncertainty, 1e-8) << shift;
    const Inertia from_above = inertia_of(matrix, {-1, -shift, {}, 0}, pattern.supernodes());
    EXPECT_EQ(from_above.negative, matrix.size - below(shift)) << shift;
  }
}

TEST(Inertia, CountsEigenvaluesBelow) {
  expect_counts({GraphFamily::path, {30}});
  expect_counts({GraphFamily::grid, {17, 23}});
  expect_counts({GraphFamily::torus, {7, 8, 9}});  // a root supernode wider than a panel
  expect_counts({GraphFamily::hypercube, {6}});
  expect_counts({GraphFamily::star, {40}});
}

TEST(Inertia, SaysWhereItIsNotCertain) {
  // The first pivot is 0: what follows are no numbers.
  const SparseMatrix matrix = sparse_matrix(2, std::vector<Entry>{{0, 0, 1}, {0, 1, 1}, {1, 1, 1}});
  const SparseCholesky pattern(matrix);
  EXPECT_FALSE(inertia_of(matrix, {1, 1, {}, 0}, pattern.supernodes()).uncertainty < 1e300);
}

TEST(RayleighQuotient, KeepsTheDigitsOfSmallEigenvalues) {
  const std::int64_t n = 4096;
  const SparseMatrix matrix = laplacian(generate({GraphFamily::path, {n}}));
  std::vector<double> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::cos(M_PI * (static_cast<double>(i) + 0.5) / 4096);
  EXPECT_NEAR(rayleigh_quotient(matrix, x) / path_eigenvalues(n)[1], 1, 1e-13);
}

TEST(RayleighQuotient, TakesTheEntriesWhereTheyAreSmaller) {
  // Row sums of 2 and differences of 4 cancel; the entries do not.
  const SparseMatrix matrix = sparse_matrix(2, std::vector<Entry>{{0, 0, 1e-20}, {0, 1, 1}, {1, 1, 1e-20}});
  EXPECT_EQ(rayleigh_quotient(matrix, std::vector<double>{1, 0}), 1e-20);
}

}  // namespace
}  // namespace ravine::spectra
