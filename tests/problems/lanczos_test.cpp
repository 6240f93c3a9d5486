// Lanczos's method, on the host: the algorithm that runs on devices, over plain loops.
#include "kernels/lanczos.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "host_lanczos_space.hpp"
#include "ravine/error.hpp"
#include "spectrum_matrices.hpp"

namespace ravine::cuda {
namespace {

/// Of eigenvalues and of ||A q - lambda q||, relative to the norm: what the plan asks for, and what rounding adds.
constexpr double eigenvalue_error = 1e-12;
constexpr double residual_error = 1e-11;
/// Full reorthogonalisation keeps the basis orthonormal to rounding.
constexpr double orthogonality_error = 1e-13;

LanczosPlan plan_of(const SymmetricMatrix& matrix, std::int64_t count, std::int64_t basis) {
  LanczosPlan plan;
  plan.count = count;
  plan.basis = std::min(basis, size_of(matrix));
  plan.norm = row_sum_norm_of(matrix);
  return plan;
}

/// Finds the largest eigenvalues with vectors and checks that they are those, and that the pairs are pairs.
LanczosResult expect_largest(const SymmetricMatrix& matrix, const LanczosPlan& plan, std::vector<double> all) {
  HostLanczosSpace space(matrix, columns_for(plan));
  LanczosResult found = lanczos(space, plan);
  all.erase(all.begin(), all.end() - plan.count);
  EXPECT_EQ(found.eigenvalues.size(), all.size());
  const double scale = std::max(plan.norm, 1.0);
  std::vector<std::vector<double>> vectors;
  for (std::size_t k = 0; k < std::min(all.size(), found.eigenvalues.size()); ++k) {
    EXPECT_NEAR(found.eigenvalues[k], all[k], eigenvalue_error * scale) << "pair " << k;
    std::vector<double>& vector = vectors.emplace_back(static_cast<std::size_t>(space.size()));
    space.read(found.columns[k], vector);
    std::vector<double> rest(vector.size());
    multiply(matrix, vector, rest);
    for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= found.eigenvalues[k] * vector[i];
    EXPECT_LE(std::sqrt(HostLanczosSpace::dot(rest, rest)), residual_error * scale) << "pair " << k;
  }
  for (std::size_t a = 0; a < vectors.size(); ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      EXPECT_NEAR(HostLanczosSpace::dot(vectors[a], vectors[b]), a == b ? 1 : 0, orthogonality_error) << a << ", " << b;
    }
  }
  return found;
}

Quadratic diagonal(const std::vector<double>& values) {
  std::vector<Entry> entries;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(values.size()); ++i) {
    entries.push_back({i, i, values[static_cast<std::size_t>(i)]});
  }
  Quadratic problem;
  problem.matrix = sparse_matrix(static_cast<std::int64_t>(values.size()), entries);
  return problem;
}

TEST(Lanczos, a_small_basis_converges_by_restarts) {
  const Quadratic path = grid_laplacian(1, 150);
  const LanczosResult found = expect_largest(path.matrix, plan_of(path.matrix, 4, 16), grid_eigenvalues(1, 150));
  EXPECT_GT(found.products, 100);  // many times the basis
}

TEST(Lanczos, double_eigenvalues_are_found_twice) {
  const Quadratic square = grid_laplacian(12, 12);
  expect_largest(square.matrix, plan_of(square.matrix, 9, 40), grid_eigenvalues(12, 12));
}

TEST(Lanczos, the_last_of_a_pair_may_be_cut_off) {
  const Quadratic square = grid_laplacian(9, 9);
  for (const std::int64_t count : {1, 2, 3, 4, 5, 6}) {
    expect_largest(square.matrix, plan_of(square.matrix, count, 30), grid_eigenvalues(9, 9));
  }
}

TEST(Lanczos, an_eigenvalue_of_almost_every_vector_is_found_as_often_as_it_is_wanted) {
  const Quadratic complete = complete_laplacian(24);
  std::vector<double> all(24, 24.0);
  all.front() = 0;
  const LanczosResult found = expect_largest(complete.matrix, plan_of(complete.matrix, 7, 20), all);
  EXPECT_GE(found.runs, 7);  // each finds one copy, the last finds that no more is needed
}

TEST(Lanczos, a_space_that_the_matrix_does_not_leave_ends_a_run) {
  expect_largest(diagonal({3, 3, 3, 1, 1}).matrix, plan_of(diagonal({3, 3, 3, 1, 1}).matrix, 4, 5), {1, 1, 3, 3, 3});
}

TEST(Lanczos, everything_is_the_largest_end_too) {
  const Quadratic grid = grid_laplacian(3, 4);
  expect_largest(grid.matrix, plan_of(grid.matrix, 12, 12), grid_eigenvalues(3, 4));
}

TEST(Lanczos, negative_eigenvalues_count_by_value_not_size) {
  const Quadratic problem = diagonal({-9, -5, -1, 2, 4, 6});
  expect_largest(problem.matrix, plan_of(problem.matrix, 2, 6), {-9, -5, -1, 2, 4, 6});
}

TEST(Lanczos, a_matrix_of_zeros_has_zeros) {
  const Quadratic problem = diagonal({0, 0, 0});
  expect_largest(problem.matrix, plan_of(problem.matrix, 2, 3), {0, 0, 0});
}

TEST(Lanczos, a_matrix_of_one_row) {
  const Quadratic problem = diagonal({7});
  expect_largest(problem.matrix, plan_of(problem.matrix, 1, 1), {7});
}

TEST(Lanczos, tiny_and_huge_matrices_are_as_any) {
  for (const double scale : {1e-150, 1e140}) {
    const Quadratic problem = diagonal({1 * scale, 2 * scale, 3 * scale, 4 * scale});
    const LanczosPlan plan = plan_of(problem.matrix, 2, 4);
    HostLanczosSpace space(problem.matrix, columns_for(plan));
    const LanczosResult found = lanczos(space, plan);
    ASSERT_EQ(found.eigenvalues.size(), 2U);
    EXPECT_NEAR(found.eigenvalues[1] / scale, 4, eigenvalue_error * 4);
  }
}

TEST(Lanczos, runs_give_equal_bits) {
  const Quadratic square = grid_laplacian(8, 8);
  const LanczosPlan plan = plan_of(square.matrix, 5, 20);
  HostLanczosSpace first(square.matrix, columns_for(plan));
  HostLanczosSpace second(square.matrix, columns_for(plan));
  EXPECT_EQ(lanczos(first, plan).eigenvalues, lanczos(second, plan).eigenvalues);
}

TEST(Lanczos, too_few_products_are_said) {
  const Quadratic path = grid_laplacian(1, 300);
  LanczosPlan plan = plan_of(path.matrix, 3, 12);
  plan.most_products = 50;
  HostLanczosSpace space(path.matrix, columns_for(plan));
  EXPECT_THROW(static_cast<void>(lanczos(space, plan)), NumericalError);
}

}  // namespace
}  // namespace ravine::cuda
