#include "pair_errors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "problems/spectrum_matrices.hpp"
#include "ravine/error.hpp"

namespace ravine::gpu_check {
namespace {

/// [[2, 1], [1, 2]] and its pairs.
const DenseMatrix matrix{2, {2, 1, 1, 2}};
Spectrum right() {
  const double half = std::sqrt(0.5);
  Spectrum spectrum;
  spectrum.size = 2;
  spectrum.index = {1, 2};
  spectrum.eigenvalues = {1, 3};
  spectrum.vectors = {half, -half, half, half};
  return spectrum;
}

void expect_refused(const Spectrum& spectrum) {
  EXPECT_THROW(require_pairs(pair_errors(matrix, spectrum), allowed_error(2)), Error);
}

TEST(PairErrors, right_pairs_pass) {
  EXPECT_NO_THROW(require_pairs(pair_errors(matrix, right()), allowed_error(2)));
}

TEST(PairErrors, a_wrong_eigenvalue_is_noticed) {
  Spectrum spectrum = right();
  spectrum.eigenvalues[1] = 3 + 1e-12;
  expect_refused(spectrum);
}

TEST(PairErrors, exchanged_vectors_are_noticed) {
  Spectrum spectrum = right();
  std::swap(spectrum.eigenvalues[0], spectrum.eigenvalues[1]);
  expect_refused(spectrum);
}

TEST(PairErrors, a_vector_of_another_length_is_noticed) {
  Spectrum spectrum = right();
  spectrum.vectors[0] *= 1 + 1e-12;
  spectrum.vectors[1] *= 1 + 1e-12;
  expect_refused(spectrum);
}

TEST(PairErrors, what_is_not_a_number_is_noticed) {
  Spectrum spectrum = right();
  spectrum.vectors[2] = std::numeric_limits<double>::quiet_NaN();
  expect_refused(spectrum);
}

}  // namespace
}  // namespace ravine::gpu_check
