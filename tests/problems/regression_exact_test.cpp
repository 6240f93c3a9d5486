// Regressions at random against exact rationals: the weights by elimination, the eigenvalues by the signs of pivots.
#include <gmpxx.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "problem/regression.hpp"
#include "ravine/model/pair_numbers.hpp"
#include "spectra/regression.hpp"

namespace ravine {
namespace {

using Row = std::vector<mpq_class>;

/// Z'Z with Z'd as a last column.
std::vector<Row> normal_equations(const Regression& regression) {
  const std::size_t n = static_cast<std::size_t>(regression.degree) + 1;
  std::vector<Row> rows(n, Row(n + 1));
  for (std::size_t s = 0; s < regression.input.size(); ++s) {
    Row terms{1};
    while (terms.size() < n) terms.emplace_back(terms.back() * mpq_class(regression.input[s]));
    terms.emplace_back(regression.observation[s]);
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= n; ++k) rows[j][k] += terms[j] * terms[k];
    }
  }
  return rows;
}

/// Elimination without exchanges; leaves the pivots on the diagonal.
void eliminate(std::vector<Row>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t r = i + 1; r < rows.size(); ++r) {
      const mpq_class factor = rows[r][i] / rows[i][i];
      for (std::size_t c = i; c < rows[r].size(); ++c) rows[r][c] -= factor * rows[i][c];
    }
  }
}

Row exact_weights(std::vector<Row> rows) {
  eliminate(rows);
  const std::size_t n = rows.size();
  Row weights(n);
  for (std::size_t i = n; i-- > 0;) {
    weights[i] = rows[i][n];
    for (std::size_t c = i + 1; c < n; ++c) weights[i] -= rows[i][c] * weights[c];
    weights[i] /= rows[i][i];
  }
  return weights;
}

/// How many eigenvalues of Z'Z are below `bound`: the negative pivots of Z'Z - bound I (Sylvester's law of inertia).
std::size_t eigenvalues_below(std::vector<Row> rows, const mpq_class& bound) {
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i][i] -= bound;
  eliminate(rows);
  std::size_t count = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) count += rows[i][i] < 0 ? 1U : 0U;
  return count;
}

/// Each eigenvalue lies within its estimated error of the one that was computed.
void expect_eigenvalues(const spectra::RegressionModes& modes, const std::vector<Row>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (modes.error[i] >= 0.1) continue;  // it says so itself
    const mpq_class eigenvalue(model::to_double(modes.eigenvalues[i]));
    EXPECT_EQ(eigenvalues_below(rows, eigenvalue * (1 - mpq_class(modes.error[i]))), i);
    EXPECT_EQ(eigenvalues_below(rows, eigenvalue * (1 + mpq_class(modes.error[i]))), i + 1);
  }
}

double relative_error(double value, const mpq_class& truth) {
  return mpq_class(abs(mpq_class(value) - truth) / abs(truth)).get_d();
}

/// Inputs near `centre`, spread by `spread`: the farther and the closer, the worse the condition.
Regression random_regression(std::mt19937_64& random, double centre, double spread) {
  const auto uniform = [&random] { return static_cast<double>(random() >> 11U) * 0x1p-52 - 1; };
  Regression regression{{}, {}, static_cast<std::int64_t>(1 + random() % 5)};
  const std::size_t samples = static_cast<std::size_t>(regression.degree) + 1 + random() % 8;
  for (std::size_t s = 0; s < samples; ++s) {
    regression.input.push_back(centre + spread * uniform());
    regression.observation.push_back(uniform());
  }
  return regression;
}

struct Conditioning {
  double centre;
  double spread;
};
class RandomRegression : public ::testing::TestWithParam<Conditioning> {};

TEST_P(RandomRegression, ErrorsAreBelowTheirEstimates) {
  std::mt19937_64 random(7);
  for (int trial = 0; trial < 12; ++trial) {
    SCOPED_TRACE(trial);
    const Regression regression = random_regression(random, GetParam().centre, GetParam().spread);
    const std::vector<Row> rows = normal_equations(regression);
    const spectra::RegressionModes modes = spectra::regression_modes(regression);
    expect_eigenvalues(modes, rows);
    const spectra::LeastSquares least_squares = spectra::least_squares(regression, modes);
    const spectra::RegressionWeights weights = spectra::regression_weights(regression);
    const Row truth = exact_weights(rows);
    for (std::size_t j = 0; j < truth.size(); ++j) {
      EXPECT_LE(relative_error(least_squares.weights[j], truth[j]), least_squares.error[j]);
      EXPECT_LE(relative_error(weights.plain[j], truth[j]), weights.plain_error[j]);
      EXPECT_LE(relative_error(weights.refined[j], truth[j]), weights.refined_error[j]);
      // An estimate is no excuse: here all digits have to be there.
      if (modes.kappa < 1e12) {
        EXPECT_LE(weights.refined_error[j], 2e-16) << "kappa " << modes.kappa;
      }
      if (modes.kappa < 1e14) {
        EXPECT_LE(least_squares.error[j], 2e-16) << "kappa " << modes.kappa;
      }
    }
  }
}

// Columns that are orthogonal from the start, in lengths that ascend or descend.
TEST(EvenRegression, EigenvaluesAreWithinTheirEstimates) {
  for (const double step : {0x1p-20, 0.25, 1.0, 1000.0}) {
    for (std::int64_t degree = 1; degree <= 6; ++degree) {
      SCOPED_TRACE(testing::Message() << "step " << step << " degree " << degree);
      Regression regression{{}, {}, degree};
      for (int i = -4; i <= 4; ++i) regression.input.push_back(i * step);
      regression.observation.resize(9);
      const spectra::RegressionModes modes = spectra::regression_modes(regression);
      expect_eigenvalues(modes, normal_equations(regression));
      for (const double error : modes.error) EXPECT_LT(error, 2e-16);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(FromWellToHopelesslyConditioned, RandomRegression,
                         ::testing::Values(Conditioning{0, 1}, Conditioning{2, 1}, Conditioning{10, 1},
                                           Conditioning{100, 1}, Conditioning{1000, 0.1}, Conditioning{1e6, 1e-3}));

}  // namespace
}  // namespace ravine
