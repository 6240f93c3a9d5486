#include "problem/regression.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "ravine/error.hpp"
#include "ravine/model/pair_numbers.hpp"
#include "spectra/checks.hpp"
#include "spectra/regression.hpp"

namespace ravine {
namespace {

using nlohmann::json;
using spectra::RegressionModes;
using spectra::RegressionStudy;
using spectra::RegressionWeights;
using Values = std::vector<double>;

// What golden values, which are rounded once themselves, may differ by from values that took some hundred operations.
constexpr double rounding = 1e-14;
// What a direct iteration in float64 over some hundred steps, or elimination, may lose.
constexpr double direct_rounding = 1e-11;

const std::filesystem::path data = RAVINE_TEST_DATA;

json golden(const char* file) {
  std::ifstream in(data / "oracle" / file);
  return json::parse(in);
}

double number(const json& text) {
  return std::stod(text.get<std::string>());
}
Values numbers(const json& texts) {
  Values values;
  for (const json& text : texts) values.push_back(number(text));
  return values;
}

double length(const Values& x) {
  double sum = 0;
  for (const double value : x) sum += value * value;
  return std::sqrt(sum);
}

/// Every component within `tolerance`, relative to the length of what is expected.
void expect_near(const Values& found, const Values& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], tolerance * length(expected)) << "component " << i;
  }
}

/// Every component within `tolerance`, relative to itself.
void expect_each_near(const Values& found, const Values& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], tolerance * std::fabs(expected[i])) << "component " << i;
  }
}

Regression nist(const std::filesystem::path& file, std::int64_t degree) {
  RegressionProblem problem;
  problem.path = file.filename();
  problem.degree = degree;
  return read_regression(file.parent_path(), problem);
}
Regression filip() {
  return nist(RAVINE_EXAMPLE_DATA "/filip.csv", 10);
}
Regression wampler5() {
  return nist(data / "regression/wampler5.csv", 5);
}

Values row(const Values& matrix, std::size_t index, std::size_t columns) {
  const auto begin = matrix.begin() + static_cast<std::ptrdiff_t>(index * columns);
  return {begin, begin + static_cast<std::ptrdiff_t>(columns)};
}

// --- golden values ---

struct GoldenRegression {
  Regression regression;
  RegressionModes modes;
  json values;
};
std::vector<GoldenRegression> golden_regressions() {
  std::vector<GoldenRegression> all;
  for (const json& values : golden("poly_regression.json")) {
    Regression regression{numbers(values["xi"]), numbers(values["d"]), values["degree_plus_1"].get<int>() - 1};
    RegressionModes modes = spectra::regression_modes(regression);
    all.push_back({std::move(regression), std::move(modes), values});
  }
  return all;
}

TEST(RegressionGolden, EigenvaluesAndLeastSquares) {
  for (const GoldenRegression& golden : golden_regressions()) {
    const Spectrum spectrum = spectra::regression_spectrum(golden.modes, Vectors::none);
    expect_each_near(spectrum.eigenvalues, numbers(golden.values["eigenvalues_ZtZ"]), rounding);
    EXPECT_TRUE(spectrum.vectors.empty());
    const RegressionWeights weights = spectra::regression_weights(golden.regression);
    expect_near(weights.plain, numbers(golden.values["w_ls"]), 1e-12);
    expect_near(weights.refined, numbers(golden.values["w_ls"]), rounding);
  }
}

TEST(RegressionGolden, GradientDescentAndHeavyBallByTheirFilters) {
  for (const GoldenRegression& golden : golden_regressions()) {
    const double alpha = number(golden.values["alpha"]);
    for (const json& run : golden.values["runs"]) {
      const double beta = run["method"] == "HB" ? number(golden.values["beta_hb"]) : 0;
      Values filters;
      for (const auto& lambda : golden.modes.eigenvalues) {
        filters.push_back(spectra::filter_of_heavy_ball(alpha, beta, lambda, run["k"].get<std::int64_t>()));
      }
      const spectra::FilteredFit fit = spectra::filtered_fit(golden.regression, golden.modes, filters);
      expect_near(fit.weights, numbers(run["w"]), rounding);
      EXPECT_NEAR(fit.loss, number(run["loss"]), rounding * number(run["loss"]));
    }
  }
}

TEST(RegressionGolden, RidgeByItsFilter) {
  for (const GoldenRegression& golden : golden_regressions()) {
    for (const json& ridge : golden.values["tikhonov"]) {
      Values filters;
      for (const auto& lambda : golden.modes.eigenvalues)
        filters.push_back(lambda.hi / (lambda.hi + number(ridge["eta"])));
      const spectra::FilteredFit fit = spectra::filtered_fit(golden.regression, golden.modes, filters);
      expect_near(fit.weights, numbers(ridge["w"]), rounding);
    }
  }
}

// --- NIST's certified values ---

TEST(RegressionNist, Wampler5) {
  const RegressionWeights weights = spectra::regression_weights(wampler5());
  const Values certified(6, 1.0);
  expect_each_near(weights.plain, certified, 1e-6);
  EXPECT_EQ(weights.refined, certified);
  for (std::size_t j = 0; j < 6; ++j) {
    EXPECT_GE(weights.plain_error[j], std::fabs(weights.plain[j] - 1));
    EXPECT_LT(weights.refined_error[j], 1e-15);
  }
}

TEST(RegressionNist, Filip) {
  const Values certified = {-1467.48961422980,     -2772.17959193342,     -2316.37108160893,    -1127.97394098372,
                            -354.478233703349,     -75.1242017393757,     -10.8753180355343,    -1.06221498588947,
                            -0.670191154593408e-1, -0.246781078275479e-2, -0.402962525080404e-4};
  // What 15 certified digits and inputs rounded from 10 decimal digits leave.
  constexpr double certain = 2e-14;
  const RegressionWeights weights = spectra::regression_weights(filip());
  expect_each_near(weights.refined, certified, certain);
  // The exact powers of the inputs rounded to float64: seven digits are left (of normal equations none).
  expect_each_near(weights.plain, certified, 1e-6);
  for (std::size_t j = 0; j < certified.size(); ++j) {
    EXPECT_GT(weights.plain_error[j], 1e-9);
    EXPECT_GE(2 * weights.plain_error[j], std::fabs(weights.plain[j] / certified[j] - 1)) << j;
    EXPECT_LT(weights.refined_error[j], 1e-15);
  }
  const Regression regression = filip();
  const RegressionStudy study =
      spectra::regression_study(regression, spectra::regression_modes(regression), std::array<std::int64_t, 1>{1});
  expect_each_near(study.least_squares.weights, certified, certain);
  // The certified standard deviation of the residual, sqrt(2 loss/(m - n)).
  EXPECT_NEAR(std::sqrt(2 * study.least_squares.loss / 71), 0.334801051324544e-2, certain);
}

TEST(RegressionNist, EveryDigitOfEveryEigenvalue) {
  const json all = golden("regression_nist.json");
  const std::map<std::string, Regression> sets = {{"filip", filip()}, {"wampler5", wampler5()}};
  for (const auto& [name, values] : all.items()) {
    const Regression& regression = sets.at(name);
    const RegressionModes modes = spectra::regression_modes(regression);
    const Spectrum spectrum = spectra::regression_spectrum(modes, Vectors::kept);
    for (std::size_t i = 0; i < spectrum.eigenvalues.size(); ++i) {
      EXPECT_DOUBLE_EQ(spectrum.eigenvalues[i], number(values["eigenvalues_ZtZ"][i])) << name << " " << i;
      EXPECT_LT(modes.error[i], 2e-16);
    }
    const RegressionWeights weights = spectra::regression_weights(regression);
    expect_each_near(weights.refined, numbers(values["w_ls"]), 3e-16);
  }
}

// What rounding to float64 moves the smallest eigenvalues of Filip's problem by, as shares of themselves, by mpmath:
// rounding of the decimal inputs, of their powers, and of the entries of Z'Z. Estimates have to be above that, and not
// far above.
TEST(RegressionNist, SaysWhatRoundingCosts) {
  const RegressionModes modes = spectra::regression_modes(filip());
  const auto expect_estimates = [](const Values& estimates, const std::array<double, 3>& costs) {
    for (std::size_t i = 0; i < costs.size(); ++i) {
      EXPECT_GT(estimates[i], costs[i]) << i;
      EXPECT_LT(estimates[i], 100 * costs[i]) << i;
    }
  };
  expect_estimates(modes.error_of_inputs, {1.2e-15, 9.0e-16, 5.75e-16});
  expect_estimates(modes.error_of_rounded, {3.92e-8, 4.27e-9, 2.72e-10});
  expect_estimates(modes.error_of_normal, {56.73, 8.826, 0.1748});
  EXPECT_NEAR(modes.kappa, 1.7679652e15, 1e8);
}

// --- what the definitions say ---

/// sin(3x) at points that are not evenly spread, and a little more.
Regression example(std::int64_t degree) {
  Regression regression{{}, {}, degree};
  for (int i = 0; i < 24; ++i) {
    const double x = -1 + i / 12.0 + 0.03 * std::cos(5.0 * i);
    regression.input.push_back(x);
    regression.observation.push_back(std::sin(3 * x) + 0.1 * std::cos(40.0 * i));
  }
  return regression;
}

TEST(RegressionModes, PassTheChecksOfEverySpectrum) {
  for (const Regression& regression : {filip(), wampler5(), example(6), Regression{{5, 7}, {1, 4}, 0}}) {
    Spectrum spectrum = spectra::regression_spectrum(regression, Vectors::kept);
    EXPECT_NO_THROW(spectra::check(regression_quadratic(regression).matrix, spectrum));
    EXPECT_TRUE(spectrum.checks.residual.has_value());
    ASSERT_EQ(spectrum.bounds.size(), spectrum.eigenvalues.size());
    for (std::size_t i = 0; i < spectrum.bounds.size(); ++i) {
      EXPECT_GT(spectrum.bounds[i], 1e-16 * spectrum.eigenvalues[i]);
      EXPECT_LT(spectrum.bounds[i], 2e-16 * spectrum.eigenvalues[i]);
    }
  }
}

/// Even and odd powers are orthogonal to each other here, the even ones not among themselves: neighbours say nothing.
TEST(RegressionModes, OfSymmetricInputsAreOrthogonalToo) {
  const RegressionModes modes = spectra::regression_modes({{-3, -2, -1, 0, 1, 2, 3}, Values(7), 2});
  // A = [7 0 28; 0 28 0; 28 0 196]
  const double root = std::sqrt(94.5 * 94.5 + 28 * 28);
  const Spectrum spectrum = spectra::regression_spectrum(modes, Vectors::none);
  expect_each_near(spectrum.eigenvalues, {588 / (101.5 + root), 28, 101.5 + root}, rounding);
}

/// A x of the problem's matrix.
Values product(const Quadratic& quadratic, const Values& x) {
  Values y(x.size());
  multiply(quadratic.matrix, x, y);
  return y;
}

TEST(RegressionModes, AreEigenpairsOfTheNormalMatrix) {
  const Regression regression = example(6);
  const Quadratic quadratic = regression_quadratic(regression);
  const Spectrum spectrum = spectra::regression_spectrum(regression, Vectors::kept);
  const std::size_t n = 7;
  ASSERT_EQ(spectrum.size, 7);
  ASSERT_EQ(spectrum.index, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7}));
  ASSERT_TRUE(std::is_sorted(spectrum.eigenvalues.begin(), spectrum.eigenvalues.end()));
  for (std::size_t i = 0; i < n; ++i) {
    const Values q = row(spectrum.vectors, i, n);
    Values expected = q;
    for (double& value : expected) value *= spectrum.eigenvalues[i];
    const Values found = product(quadratic, q);
    for (std::size_t j = 0; j < n; ++j) EXPECT_NEAR(found[j], expected[j], 1e-15 * row_sum_norm_of(quadratic.matrix));
    for (std::size_t k = 0; k <= i; ++k) {
      double dot = 0;
      for (std::size_t j = 0; j < n; ++j) dot += q[j] * spectrum.vectors[k * n + j];
      EXPECT_NEAR(dot, i == k ? 1 : 0, 1e-15);
    }
    // The sign is fixed: the first component that is not far below the largest is positive.
    const double largest = std::fabs(
        *std::max_element(q.begin(), q.end(), [](double a, double b) { return std::fabs(a) < std::fabs(b); }));
    EXPECT_GT(*std::find_if(q.begin(), q.end(), [&](double x) { return std::fabs(x) > 0.9 * largest; }), 0);
  }
}

TEST(RegressionStudy, EigenfeaturesAreThePolynomialsOfTheEigenvectors) {
  const Regression regression = example(5);
  const RegressionModes modes = spectra::regression_modes(regression);
  const RegressionStudy study = spectra::regression_study(regression, modes, std::array<std::int64_t, 1>{1});
  const std::size_t m = regression.input.size();
  const auto polynomial = [&](std::size_t i, double x) {
    double sum = 0;
    for (std::size_t j = 0; j < 6; ++j) sum += modes.vectors[i * 6 + j].hi * std::pow(x, static_cast<double>(j));
    return sum;
  };
  for (std::size_t i = 0; i < 6; ++i) {
    const Values feature = row(study.eigenfeatures, i, m);
    EXPECT_NEAR(length(feature) * length(feature), study.eigenvalues[i], rounding * study.eigenvalues[i]);
    for (std::size_t s = 0; s < m; ++s) EXPECT_NEAR(feature[s], polynomial(i, regression.input[s]), 1e-14);
    const Values on_grid = row(study.features_on_grid, i, study.grid.size());
    for (std::size_t g = 0; g < on_grid.size(); ++g) EXPECT_NEAR(on_grid[g], polynomial(i, study.grid[g]), 1e-14);
  }
  const auto [smallest, largest] = std::minmax_element(regression.input.begin(), regression.input.end());
  EXPECT_EQ(study.grid.front(), *smallest);
  EXPECT_EQ(study.grid.back(), *largest);
}

/// Gradient descent or heavy ball from w = 0, as they are written (M1, M13).
Values iterated(const Quadratic& quadratic, double alpha, double beta, std::int64_t steps) {
  Values w(quadratic.b.size());
  Values z(w.size());
  for (std::int64_t k = 0; k < steps; ++k) {
    const Values a_w = product(quadratic, w);
    for (std::size_t j = 0; j < w.size(); ++j) z[j] = beta * z[j] + (a_w[j] - quadratic.b[j]);
    for (std::size_t j = 0; j < w.size(); ++j) w[j] -= alpha * z[j];
  }
  return w;
}

/// (A + eta I) w = b by elimination.
Values ridge(const Quadratic& quadratic, double eta) {
  DenseMatrix a = to_dense(quadratic.matrix);
  Values w = quadratic.b;
  const std::size_t n = w.size();
  for (std::size_t i = 0; i < n; ++i) a.value[i * n + i] += eta;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t r = i + 1; r < n; ++r) {
      const double factor = a.value[r * n + i] / a.value[i * n + i];
      for (std::size_t c = i; c < n; ++c) a.value[r * n + c] -= factor * a.value[i * n + c];
      w[r] -= factor * w[i];
    }
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t c = i + 1; c < n; ++c) w[i] -= a.value[i * n + c] * w[c];
    w[i] /= a.value[i * n + i];
  }
  return w;
}

double loss(const Regression& regression, const Values& w) {
  double sum = 0;
  for (std::size_t s = 0; s < regression.input.size(); ++s) {
    double rest = -regression.observation[s];
    for (std::size_t j = 0; j < w.size(); ++j) rest += w[j] * std::pow(regression.input[s], static_cast<double>(j));
    sum += rest * rest;
  }
  return sum / 2;
}

TEST(RegressionStudy, FiltersGiveWhatTheIterationsGive) {
  const Regression regression = example(4);
  const Quadratic quadratic = regression_quadratic(regression);
  const std::array<std::int64_t, 5> steps = {1, 2, 7, 50, 333};
  const RegressionStudy study = spectra::regression_study(regression, spectra::regression_modes(regression), steps);
  const double smallest = study.eigenvalues.front();
  const double largest = study.eigenvalues.back();
  EXPECT_NEAR(study.alpha_gradient_descent, 1 / largest, rounding);
  EXPECT_NEAR(study.alpha_heavy_ball, std::pow(2 / (std::sqrt(smallest) + std::sqrt(largest)), 2), rounding);
  EXPECT_NEAR(study.beta_heavy_ball,
              std::pow((std::sqrt(largest) - std::sqrt(smallest)) / (std::sqrt(largest) + std::sqrt(smallest)), 2),
              rounding);
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const Values descended = iterated(quadratic, study.alpha_gradient_descent, 0, steps[k]);
    const Values rolled = iterated(quadratic, study.alpha_heavy_ball, study.beta_heavy_ball, steps[k]);
    const Values penalised = ridge(quadratic, study.etas[k]);
    expect_near(row(study.gradient_descent.weights, k, 5), descended, direct_rounding);
    expect_near(row(study.heavy_ball.weights, k, 5), rolled, direct_rounding);
    expect_near(row(study.ridge.weights, k, 5), penalised, direct_rounding);
    EXPECT_NEAR(study.gradient_descent.losses[k], loss(regression, descended), direct_rounding);
    EXPECT_NEAR(study.heavy_ball.losses[k], loss(regression, rolled), direct_rounding);
    EXPECT_NEAR(study.ridge.losses[k], loss(regression, penalised), direct_rounding);
    EXPECT_DOUBLE_EQ(study.etas[k] * study.alpha_gradient_descent * static_cast<double>(steps[k]), 1);
    EXPECT_NEAR(study.heavy_ball.curves[k * study.grid.size()],
                rolled[0] + study.grid[0] *
                                (rolled[1] +
                                 study.grid[0] * (rolled[2] + study.grid[0] * (rolled[3] + study.grid[0] * rolled[4]))),
                direct_rounding);
  }
}

TEST(RegressionStudy, GradientDescentNeverOvershoots) {
  const Regression regression = example(5);
  const std::array<std::int64_t, 6> steps = {1, 2, 3, 10, 1000, 100000};
  const RegressionStudy study = spectra::regression_study(regression, spectra::regression_modes(regression), steps);
  Values before(6, 0);
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const Values kept = row(study.gradient_descent.filters, k, 6);
    EXPECT_GT(kept.front(), 0);
    EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
    EXPECT_DOUBLE_EQ(kept.back(), 1);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_GE(kept[i], before[i]);
    before = kept;
  }
}

TEST(RegressionStudy, CoordinatesAndTheirNoise) {
  const Regression regression = example(3);
  const RegressionModes modes = spectra::regression_modes(regression);
  const RegressionStudy study = spectra::regression_study(regression, modes, std::array<std::int64_t, 1>{1});
  for (std::size_t i = 0; i < 4; ++i) {
    double x = 0;
    for (std::size_t j = 0; j < 4; ++j) x += modes.vectors[i * 4 + j].hi * study.least_squares.weights[j];
    EXPECT_NEAR(study.coordinates[i], x, rounding);
    const double variance = 2 * loss(regression, study.least_squares.weights) / 20;
    EXPECT_NEAR(study.coordinate_std[i], std::sqrt(variance / study.eigenvalues[i]), rounding);
  }
  const Regression exact{{0, 1, 2}, {1, 2, 5}, 2};
  const RegressionStudy interpolation =
      spectra::regression_study(exact, spectra::regression_modes(exact), std::array<std::int64_t, 1>{1});
  EXPECT_TRUE(interpolation.coordinate_std.empty());
  expect_near(interpolation.least_squares.weights, {1, 0, 1}, rounding);
}

TEST(RegressionFilter, KeepsItsDigitsWhereLittleIsKept) {
  const model::Pair<double> lambda = {1e-30, 0};
  // phi = h sum s_j over the steps, term by term.
  for (const double beta : {0.0, 0.5, 1 - 0x1p-40}) {
    long double s = 0;
    long double phi = 0;
    for (int k = 0; k < 1000; ++k) {
      s = 1 - phi + beta * s;
      phi += 1e-30L * s;
    }
    const double found = spectra::filter_of_heavy_ball(1, beta, lambda, 1000);
    EXPECT_NEAR(found, static_cast<double>(phi), 1e-15 * found) << beta;
  }
  EXPECT_EQ(spectra::filter_of_gradient_descent(1, {1, 0}, 1), 1);
  EXPECT_EQ(spectra::filter_of_gradient_descent(1, {0.25, 0}, 0), 0);
  EXPECT_DOUBLE_EQ(spectra::filter_of_gradient_descent(0.5, {0.5, 0}, 3), 1 - 0.75 * 0.75 * 0.75);
  EXPECT_DOUBLE_EQ(spectra::filter_of_gradient_descent(1, {1.5, 0}, 3), 1.125);
}

/// Inputs so close that not even pair arithmetic can tell the weights of a cubic apart: kappa is about 2^120.
TEST(Regression, SaysWhereNoDigitIsCertain) {
  Regression regression{{}, {}, 3};
  for (int i = 0; i < 8; ++i) {
    regression.input.push_back(1 + i * 0x1p-40);
    regression.observation.push_back(i * i);
  }
  const RegressionModes modes = spectra::regression_modes(regression);
  EXPECT_GT(modes.error.front(), 1);
  EXPECT_LT(modes.error.back(), 2e-16);
  const RegressionWeights weights = spectra::regression_weights(regression);
  for (const double error : weights.refined_error) EXPECT_GT(error, 1);
  for (const double error : spectra::least_squares(regression, modes).error) EXPECT_GT(error, 1);
}

// --- the quadratic ---

TEST(Regression, QuadraticOfWholeNumbersIsExact) {
  const Quadratic quadratic = regression_quadratic({{-1, 0, 1, 3}, {2, 1, 0, -1}, 2});
  EXPECT_EQ(std::get<DenseMatrix>(quadratic.matrix).value, (Values{4, 3, 11, 3, 11, 27, 11, 27, 83}));
  EXPECT_EQ(quadratic.b, (Values{2, -5, -7}));
  ASSERT_TRUE(quadratic.regression.has_value());
  EXPECT_EQ(quadratic.notes.size(), 1U);
  EXPECT_EQ(quadratic.kernel.dimension, 0);
}

TEST(Regression, DegreeZeroIsTheMean) {
  const Regression mean{{5, 7}, {1, 4}, 0};
  EXPECT_EQ(spectra::regression_weights(mean).refined, Values{2.5});
  EXPECT_EQ(spectra::regression_spectrum(mean, Vectors::kept).eigenvalues, Values{2});
  EXPECT_EQ(spectra::regression_spectrum(mean, Vectors::kept).vectors, Values{1});
}

template <class E, class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another type of error: ") + error.what();
  }
  return "no error";
}

TEST(Regression, PowersOutOfRangeAreRefused) {
  const auto error = [](const Regression& regression) {
    return error_of<UsageError>([&] { (void)regression_quadratic(regression); });
  };
  EXPECT_EQ(
      error({{1, -1e20, 3}, {1, 2, 3}, 8}),
      "degree: found 8 with inputs up to 1e+20, whose powers are too large for float64; wanted inputs of about 1: "
      "scale them, or lower the degree");
  EXPECT_EQ(
      error({{1e300, -1e200, 3}, {1, 2, 3}, 2}),
      "degree: found 2 with inputs up to 1e+300, whose powers are too large for float64; wanted inputs of about 1: "
      "scale them, or lower the degree");
  EXPECT_EQ(
      error({{1e-70, -1e-71, 3e-75}, {1, 2, 3}, 2}),
      "degree: found 2 with inputs up to 1e-70, whose powers are too small for float64; wanted inputs of about 1: "
      "scale them, or lower the degree");
  const auto up_to = [](double largest) {
    Regression regression{{}, std::vector<double>(150, 1), 100};
    for (int i = 0; i < 150; ++i) regression.input.push_back(largest * i / 149);
    return regression;
  };
  EXPECT_NE(error(up_to(0.063)).find("whose powers are too small for float64"), std::string::npos);
  EXPECT_EQ(error(up_to(0.073)), "no error");
  EXPECT_EQ(error({{1, 2, 3}, {1e300, 1, 1}, 1}),
            "found observations up to 1e+300; wanted 4e-121 to 3e+120: scale them");
  EXPECT_EQ(error({{1, 2, 3}, {0, 1e-300, 0}, 1}),
            "found observations up to 1e-300; wanted 4e-121 to 3e+120: scale them");
}

TEST(Regression, AtTheEndsOfTheRangeNothingIsLost) {
  for (const double unit : {0x1p-96, 0x1p110}) {
    for (const double size : {0x1p-395, 0x1p390}) {
      // 1 + 2t + 3t^2 + t^4, exactly.
      Regression regression{{}, {}, 4};
      for (int t = -3; t <= 3; ++t) {
        regression.input.push_back(t * unit);
        regression.observation.push_back((1 + 2 * t + 3 * t * t + t * t * t * t) * size);
      }
      (void)regression_quadratic(regression);
      const Values expected = {size, 2 * size / unit, 3 * size / unit / unit, 0, size / unit / unit / unit / unit};
      const spectra::LeastSquares found = spectra::least_squares(regression, spectra::regression_modes(regression));
      const Values refined = spectra::regression_weights(regression).refined;
      for (const std::size_t j : {0U, 1U, 2U, 4U}) {
        EXPECT_DOUBLE_EQ(found.weights[j], expected[j]) << unit << " " << size;
        EXPECT_DOUBLE_EQ(refined[j], expected[j]) << unit << " " << size;
      }
    }
  }
}

TEST(Regression, OfNothingIsNothingForCertain) {
  const Regression regression{{1, 2, 3}, {0, 0, 0}, 1};
  const spectra::LeastSquares least_squares = spectra::least_squares(regression, spectra::regression_modes(regression));
  EXPECT_EQ(least_squares.weights, (Values{0, 0}));
  EXPECT_EQ(least_squares.error, (Values{0x1p-53, 0x1p-53}));
  const RegressionWeights weights = spectra::regression_weights(regression);
  EXPECT_EQ(weights.refined, (Values{0, 0}));
  EXPECT_EQ(weights.refined_error, (Values{0x1p-53, 0x1p-53}));
}

/// Rounded to float64 the powers of these inputs depend on each other, as pairs they don't.
TEST(Regression, PairsSolveWhatIsSingularToFloat64) {
  const Regression regression{{1, 1 + 0x1p-52, 1 + 0x1p-51}, {1, 2, 4}, 2};
  const RegressionWeights weights = spectra::regression_weights(regression);
  for (const double error : weights.plain_error) EXPECT_GT(error, 1);
  // 1 + (t + t^2)/2 at t = (x - 1) 2^52: the last weight is 2^103.
  const spectra::LeastSquares least_squares = spectra::least_squares(regression, spectra::regression_modes(regression));
  EXPECT_NEAR(least_squares.weights[2], 0x1p103, least_squares.error[2] * 0x1p103);
}

// --- files ---

class RegressionFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "ravine-regression-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Regression read(const std::string& text, std::int64_t degree) const {
    std::ofstream(folder_ / "samples.csv") << text;
    RegressionProblem problem;
    problem.path = "samples.csv";
    problem.degree = degree;
    return read_regression(folder_, problem);
  }
  std::string data_error(const std::string& text, std::int64_t degree = 1) const {
    const std::string message = error_of<DataError>([&] { (void)read(text, degree); });
    const std::string prefix = folder_.string() + "/";
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(RegressionFile, IsReadByTheNamesOfItsColumns) {
  const Regression regression = read("# samples\ny, note, x\n1,a,0.5\n-2,b,1e1\n3,c,2\n", 2);
  EXPECT_EQ(regression.input, (Values{0.5, 10, 2}));
  EXPECT_EQ(regression.observation, (Values{1, -2, 3}));
  EXPECT_EQ(regression.degree, 2);
}

TEST_F(RegressionFile, BadContentHasAPlaceAndAReason) {
  EXPECT_EQ(data_error(""), "samples.csv: found no header line; wanted the columns x,y");
  EXPECT_EQ(data_error("x,z\n1,2\n2,3\n"),
            "samples.csv: found the columns \"x,z\"; wanted a column \"y\" (did you mean \"x\"?)");
  EXPECT_EQ(data_error("x,y\n1,2\n2\n"), "samples.csv:3:1: found 1 fields; wanted 2, as in the first line");
  EXPECT_EQ(data_error("x,y\n1,2\n2,\n"), "samples.csv:3:3: found \"\"; wanted a number");
  EXPECT_EQ(data_error("x,y\n1,nan\n2,3\n"), "samples.csv:2:3: found \"nan\"; wanted a finite number");
  EXPECT_EQ(data_error("x,y\n1,2\n1e999,3\n"),
            "samples.csv:3:1: found \"1e999\"; wanted a number within float64's range");
  EXPECT_EQ(data_error("x,y\n"),
            "samples.csv: found 0 samples; wanted at least 2, one for each weight of a polynomial of degree 1");
  EXPECT_EQ(data_error("x,y\n1,2\n2,3\n", 2),
            "samples.csv: found 2 samples; wanted at least 3, one for each weight of a polynomial of degree 2");
  EXPECT_EQ(
      data_error("x,y\n1,2\n0,2\n1,3\n-0,1\n", 2),
      "samples.csv: found 2 distinct numbers in column \"x\"; wanted at least 3: with fewer, the problem is singular "
      "for a polynomial of degree 2");
}

TEST_F(RegressionFile, DegreesThatNoArithmeticCanServeAreRefused) {
  const auto error = [this](std::int64_t degree) {
    return error_of<UsageError>([&] { (void)read("x,y\n1,2\n", degree); });
  };
  EXPECT_EQ(error(101), "degree: found 101; wanted 0 to 100: above, no arithmetic here can tell the weights apart");
  EXPECT_EQ(error(-1), "degree: found -1; wanted 0 to 100: above, no arithmetic here can tell the weights apart");
}

}  // namespace
}  // namespace ravine
