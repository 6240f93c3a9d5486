// z-scores: by hand, and as the distances of seeded studies from their theory.
#include "ravine/model/z_score.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace ravine {
namespace {

using model::Cumulants;
using model::Sample;

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(ZScore, IsTheDistanceInStandardErrors) {
  const Cumulants theory = {1, model::scaled(4.0), model::scaled(0.0)};
  EXPECT_EQ(model::mean_z_score({16, 2, 0}, theory), 2);  // the standard error is sqrt(4/16)
  EXPECT_EQ(model::mean_z_score({1, -1, 0}, theory), -1);
  // The variance's own is 2 * 16/8 = 4 for a Gaussian and 9 replicates.
  EXPECT_EQ(model::variance_z_score({9, 0, 8}, theory), 2);
  // With a fourth cumulant of 45: 45/9 + 4 = 9.
  EXPECT_EQ(model::variance_z_score({9, 0, 1}, {1, model::scaled(4.0), model::scaled(45.0)}), -1);
}

TEST(ZScore, DoesNotExistWithoutNoiseOrReplicates) {
  const Cumulants noisy = model::gaussian_cumulants(1, 4);
  const Cumulants silent = model::gaussian_cumulants(1, 0);
  EXPECT_FALSE(model::exists(model::mean_z_score({0, 1, 0}, noisy)));
  EXPECT_FALSE(model::exists(model::variance_z_score({1, 1, 0}, noisy)));
  EXPECT_FALSE(model::exists(model::mean_z_score({10, 1, 0}, silent)));
  EXPECT_FALSE(model::exists(model::variance_z_score({10, 1, 0}, silent)));
  EXPECT_TRUE(model::exists(model::mean_z_score({1, 1, 0}, noisy)));
  EXPECT_TRUE(model::exists(model::variance_z_score({2, 1, 0}, noisy)));
}

TEST(ZScore, DoesNotExistWhereNumbersAreNotFinite) {
  const Cumulants theory = model::gaussian_cumulants(1, 4);
  const Cumulants too_large = model::loss_cumulants(1, infinity, infinity);
  const double none = model::not_a_number();
  EXPECT_FALSE(model::exists(model::mean_z_score({10, infinity, 1}, theory)));
  EXPECT_FALSE(model::exists(model::mean_z_score({10, none, 1}, theory)));
  EXPECT_FALSE(model::exists(model::variance_z_score({10, 1, infinity}, theory)));
  EXPECT_FALSE(model::exists(model::variance_z_score({10, 1, none}, theory)));
  EXPECT_FALSE(model::exists(model::mean_z_score({10, 1, 1}, too_large)));
  EXPECT_FALSE(model::exists(model::variance_z_score({10, 1, 1}, too_large)));
}

TEST(ZScore, KeepsItsSizeWhereTheFourthCumulantIsNoDouble) {
  const double z = model::variance_z_score({100, 0, 3}, model::loss_cumulants(2, 0, 1));
  for (const int exponent : {-300, 200}) {
    const double unit = std::ldexp(1.0, exponent);
    const Cumulants theory = model::loss_cumulants(2, 0, unit);
    EXPECT_EQ(model::variance_z_score({100, 0, 3 * unit * unit}, theory), z) << exponent;
  }
}

// Over many studies z has mean 0 and mean square 1: exactly, as both standard errors are.
TEST(ZScore, OfStudiesHasMeanSquareOne) {
  constexpr int studies = 2000;
  constexpr int replicates = 100;
  constexpr double lambda = 0.5;
  constexpr double mean_x = 1;
  const Cumulants theory = model::loss_cumulants(lambda, mean_x, 4);
  std::mt19937_64 engine(20241103);
  std::normal_distribution<double> x(mean_x, 2);
  double square_of_mean = 0;
  double square_of_variance = 0;
  for (int study = 0; study < studies; ++study) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < replicates; ++i) {
      const double value = x(engine);
      const double loss = lambda / 2 * value * value;
      sum += loss;
      squares += loss * loss;
    }
    const double mean = sum / replicates;
    const Sample sample = {replicates, mean, (squares - sum * mean) / (replicates - 1)};
    square_of_mean += std::pow(model::mean_z_score(sample, theory), 2) / studies;
    square_of_variance += std::pow(model::variance_z_score(sample, theory), 2) / studies;
  }
  EXPECT_NEAR(square_of_mean, 1, 0.15);
  EXPECT_NEAR(square_of_variance, 1, 0.25);
}

}  // namespace
}  // namespace ravine
