// Noise studies against their own theory, over RAVINE_TEST_STUDIES seeds: 1, 2, ... Fixed seeds, so that a test passes
// always or never. A theory that is wrong by a factor of 1.02 does not pass.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "noise_fixture.hpp"
#include "ravine/model/z_score.hpp"

namespace ravine {
namespace {

using test::noise_of;
using test::Study;

constexpr int studies = RAVINE_TEST_STUDIES;
/// So many that the means of skew losses are normal enough for 1000 studies.
constexpr std::int64_t replicates = 4096;

/// The share of right theories that a test would reject, were the seeds random: there are some hundred tests.
constexpr double level = 1e-6;
/// Kolmogorov and Smirnov's sqrt(n) D is beyond this with that probability: 2 exp(-2 x^2) = level.
const double most_distance = std::sqrt(-std::log(level / 2) / 2);

double distribution(double z) {
  return std::erfc(-z / std::sqrt(2.0)) / 2;
}

/// sqrt(n) times the largest difference from the normal distribution.
double normal_distance(std::vector<double> z) {
  std::sort(z.begin(), z.end());
  const auto n = static_cast<double>(z.size());
  double most = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double p = distribution(z[i]);
    most = std::max({most, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  return std::sqrt(n) * most;
}

/// The misses that a binomial number of them has but for a probability of `level`, half of it at each end.
struct Band {
  int least;
  int most;
};
Band misses_of(int trials, double probability) {
  Band band = {trials, 0};
  double below = 0;  // the probability of fewer than k
  for (int k = 0; k <= trials; ++k) {
    const double log_of_k = std::lgamma(trials + 1.0) - std::lgamma(k + 1.0) - std::lgamma(trials - k + 1.0) +
                            k * std::log(probability) + (trials - k) * std::log1p(-probability);
    const double through = below + std::exp(log_of_k);
    if (through > level / 2) band.least = std::min(band.least, k);
    if (1 - below > level / 2) band.most = k;
    below = through;
  }
  return band;
}

constexpr double quantile_99 = 2.5758293035489004;  // of 99 % of a normal number, on both sides
bool covers(double z) {
  return std::abs(z) <= quantile_99;
}

/// What the studies said of one variable of a cell at one step.
struct Found {
  std::vector<double> in_standard_errors;  ///< (mean - theory)/standard error: the interval covers where |.| is small
  std::vector<double> z_mean;
  std::vector<double> z_variance;

  void merge(const Found& other) {
    const auto append = [](std::vector<double>& to, const std::vector<double>& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    append(in_standard_errors, other.in_standard_errors);
    append(z_mean, other.z_mean);
    append(z_variance, other.z_variance);
  }
};
using AllFound = std::map<std::string, Found>;

/// The names that say which values belong together: of one variable of one cell at one step.
std::vector<std::string> names_of(const Spec& spec, const std::string& variable, std::size_t per_step) {
  std::vector<std::string> names;
  const std::vector<std::int64_t> steps = recorded_steps(spec.ensemble->record);
  const std::int64_t cells = make_grid(spec).cells();
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    for (const std::int64_t step : steps) {
      for (std::size_t i = 0; i < per_step; ++i) {
        names.push_back("step " + std::to_string(step) + ", " + variable + std::to_string(i) + ", cell " +
                        std::to_string(cell));
      }
    }
  }
  return names;
}

struct Variable {
  std::string name;
  Quantity mean;
  Quantity standard_error;
  Quantity expected;
  Quantity z_mean;
  Quantity z_variance;
  std::size_t per_step;
};

void add(const Spec& spec, const Study& study, const Variable& variable, double factor, AllFound& all) {
  const std::vector<double> mean = study.values(variable.mean);
  const std::vector<double> error = study.values(variable.standard_error);
  const std::vector<double> expected = study.values(variable.expected);
  const std::vector<double> z_mean = study.values(variable.z_mean);
  const std::vector<double> z_variance = study.values(variable.z_variance);
  const std::vector<std::string> names = names_of(spec, variable.name, variable.per_step);
  ASSERT_EQ(names.size(), mean.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    Found& found = all[names[i]];
    found.in_standard_errors.push_back((mean[i] - factor * expected[i]) / error[i]);
    found.z_mean.push_back(z_mean[i]);
    found.z_variance.push_back(z_variance[i]);
  }
}

/// Nine cells: gradient descent (monotone, oscillating, diverging), on the critical curve and close to it, ripples.
Spec grid_of_cells(Precision precision) {
  Spec spec =
      test::noise_spec({Quantity::mean_loss, Quantity::standard_error_loss, Quantity::expected_loss,
                        Quantity::z_mean_loss, Quantity::z_variance_loss, Quantity::mean_x, Quantity::standard_error_x,
                        Quantity::expected_x, Quantity::z_mean_x, Quantity::z_variance_x});
  spec.precision = precision;
  spec.axes[0] = Axis("alpha", ListedValues{{0.25, 1.7, 2.3}});
  spec.axes[1] = Axis("beta", ListedValues{{0.0, 0.25, 0.7}});
  noise_of(spec).replicates = replicates;
  test::record(spec, {1, 6, 24});
  return spec;
}

/// Two cells with three eigenvalues each, of which each has its own start and noise.
Spec problems(Precision precision) {
  Spec spec = grid_of_cells(precision);
  spec.axes[0] = Axis("alpha", ListedValues{{0.25, 1.7}});
  spec.axes[1] = Axis("beta", ListedValues{{0.7}});
  spec.axes[2] = Axis("lambda", ListedValues{{0.3, 1.0, 1.9}});
  spec.lambda_reduction = Reduction::sum;
  spec.ensemble->start.x = {1, -2, 0.5};
  noise_of(spec).variance = {0.25, 1, 4};
  return spec;
}

AllFound found_in(Spec spec, double factor) {
  const std::size_t components = spec.lambda_reduction == Reduction::sum ? 3 : 1;
  const Variable variables[] = {{"loss ", Quantity::mean_loss, Quantity::standard_error_loss, Quantity::expected_loss,
                                 Quantity::z_mean_loss, Quantity::z_variance_loss, 1},
                                {"x ", Quantity::mean_x, Quantity::standard_error_x, Quantity::expected_x,
                                 Quantity::z_mean_x, Quantity::z_variance_x, components}};
  AllFound all;
  for (int seed = 1; seed <= studies; ++seed) {
    noise_of(spec).seed = seed;
    const Study study(spec);
    for (const Variable& variable : variables) add(spec, study, variable, factor, all);
  }
  return all;
}

/// Found by step and variable alone: cells draw numbers of their own, so their studies are independent.
AllFound over_cells(const AllFound& all) {
  AllFound merged;
  for (const auto& [name, found] : all) merged[name.substr(0, name.rfind(','))].merge(found);
  return merged;
}

int misses(const std::vector<double>& in_standard_errors) {
  return static_cast<int>(
      std::count_if(in_standard_errors.begin(), in_standard_errors.end(), [](double z) { return !covers(z); }));
}

/// Whether as many of the 99 % intervals miss as should.
bool coverage_passes(const std::vector<double>& in_standard_errors) {
  const Band band = misses_of(static_cast<int>(in_standard_errors.size()), 0.01);
  const int found = misses(in_standard_errors);
  return band.least <= found && found <= band.most;
}

void expect_theory(const Spec& spec) {
  const AllFound all = found_in(spec, 1);
  for (const auto& [name, found] : all) {
    EXPECT_TRUE(coverage_passes(found.in_standard_errors)) << name << ": " << misses(found.in_standard_errors);
    EXPECT_LE(normal_distance(found.z_mean), most_distance) << name;
    EXPECT_LE(normal_distance(found.z_variance), most_distance) << name;
  }
  for (const auto& [name, found] : over_cells(all)) {
    EXPECT_TRUE(coverage_passes(found.in_standard_errors)) << name << ": " << misses(found.in_standard_errors);
    EXPECT_LE(normal_distance(found.z_mean), most_distance) << name;
  }
}

TEST(NoiseTheory, HoldsForSingleModes) {
  expect_theory(grid_of_cells(Precision::float64));
}

TEST(NoiseTheory, HoldsForSingleModesInSinglePrecision) {
  expect_theory(grid_of_cells(Precision::float32));
}

TEST(NoiseTheory, HoldsForProblemsOfSeveralModes) {
  expect_theory(problems(Precision::float64));
}

// --- the tests themselves: theories that are a little wrong do not pass ---

constexpr double wrong = 1.02;

TEST(NoiseTheory, IsRejectedWhereItsLossIsWrong) {
  if (studies < 1000) GTEST_SKIP() << "too few studies to tell";
  for (const auto& [name, found] : found_in(grid_of_cells(Precision::float64), wrong)) {
    if (name.find("loss") == std::string::npos) continue;
    EXPECT_FALSE(coverage_passes(found.in_standard_errors)) << name << ": " << misses(found.in_standard_errors);
    EXPECT_GT(normal_distance(found.in_standard_errors), most_distance) << name;
  }
}

/// z-scores of variances against theory with its variance `factor` times as large.
std::vector<double> variance_scores(const std::vector<double>& variances, const model::Cumulants& theory,
                                    double factor) {
  model::Cumulants changed = theory;
  changed.second = changed.second * model::scaled(factor);
  std::vector<double> scores;
  for (const double variance : variances) {
    scores.push_back(model::variance_z_score({replicates, 0, variance}, changed));
  }
  return scores;
}

TEST(NoiseTheory, IsRejectedWhereItsVarianceIsWrong) {
  if (studies < 1000) GTEST_SKIP() << "too few studies to tell";
  Spec spec = test::noise_spec({Quantity::variance_loss, Quantity::variance_x});
  std::vector<double> of_loss;
  std::vector<double> of_x;
  for (int seed = 1; seed <= studies; ++seed) {
    noise_of(spec).seed = seed;
    const Study study(spec);
    of_loss.push_back(study.values(Quantity::variance_loss).at(0));
    of_x.push_back(study.values(Quantity::variance_x).at(0));
  }
  const model::Moments moments = model::moments_after({0.25, 0.7, 1}, {0, 1, 0.25}, 24);
  const model::Cumulants loss = model::loss_cumulants(1, moments.mean_x, moments.var_x);
  const model::Cumulants x = model::gaussian_cumulants(moments.mean_x, moments.var_x);
  EXPECT_LE(normal_distance(variance_scores(of_loss, loss, 1)), most_distance);
  EXPECT_LE(normal_distance(variance_scores(of_x, x, 1)), most_distance);
  EXPECT_GT(normal_distance(variance_scores(of_loss, loss, wrong)), most_distance);
  EXPECT_GT(normal_distance(variance_scores(of_x, x, wrong)), most_distance);
}

TEST(NoiseTheory, BandOfMissesIsTheBinomialOne) {
  // 10000 trials at 1 %: 100 expected, a standard deviation of 9.95, and 4.9 of them at the level.
  const Band band = misses_of(10'000, 0.01);
  EXPECT_NEAR(band.least, 56, 3);
  EXPECT_NEAR(band.most, 152, 3);
  EXPECT_EQ(misses_of(10, 0.5).least, 0);
  EXPECT_EQ(misses_of(10, 0.5).most, 10);
}

}  // namespace
}  // namespace ravine
