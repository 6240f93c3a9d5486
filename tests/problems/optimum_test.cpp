#include "ravine/optimum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "../property/golden.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

/// The oracle's figures are rounded once, ours a few times.
constexpr double tolerance = 1e-14;

void expect_near(double found, double expected, const char* what) {
  EXPECT_LE(std::fabs(found - expected), tolerance * std::fabs(expected)) << what << ": " << found << " " << expected;
}

TEST(Optimum, AgreesWithTheOracle) {
  for (const GoldenRow& row : golden_rows("optimal_params.csv")) {
    const SpectrumEnds ends{row["lambda1"], row["lambdan"]};
    SCOPED_TRACE(row.text("kappa"));
    const auto [gd, hb, nag, tmm] = optimal_methods(ends);
    expect_near(gd.alpha, row["gd_alpha"], "gd alpha");
    expect_near(gd.rate, row["gd_rate"], "gd rate");
    expect_near(hb.alpha, row["hb_alpha"], "hb alpha");
    expect_near(*hb.beta, row["hb_beta"], "hb beta");
    expect_near(hb.rate, row["hb_rate"], "hb rate");
    expect_near(nag.alpha, row["nag_alpha"], "nag alpha");
    expect_near(*nag.beta, row["nag_beta"], "nag beta");
    expect_near(nag.rate, row["nag_rate"], "nag rate");
    expect_near(tmm.alpha, row["tmm_alpha"], "tmm alpha");
    expect_near(*tmm.beta, row["tmm_beta"], "tmm beta");
    expect_near(*tmm.gamma, row["tmm_gamma"], "tmm gamma");
    expect_near(*tmm.delta, row["tmm_delta"], "tmm delta");
    expect_near(tmm.rate, row["tmm_rate"], "tmm rate");
    for (const OptimalMethod& method : {gd, hb, nag, tmm}) {
      EXPECT_NEAR(method.rate + method.gap, 1, 0x1p-51) << method.name;
    }
    expect_near(chebyshev_factor(ends, 1), row["chebyshev_factor_1"], "Chebyshev 1");
    expect_near(chebyshev_factor(ends, 5), row["chebyshev_factor_5"], "Chebyshev 5");
    expect_near(chebyshev_factor(ends, 50), row["chebyshev_factor_50"], "Chebyshev 50");
    const WorstCase worst = worst_case_from_rest(ends);
    expect_near(worst.peak, row["hb_opt_transient_peak"], "peak");
    EXPECT_EQ(worst.steps, row["hb_opt_N_for_1e-6"]);
  }
}

TEST(Optimum, OfOneParameterAgreesWithTheOracle) {
  for (const GoldenRow& row : golden_rows("optimal_conditional.csv")) {
    const SpectrumEnds ends{row["lambda1"], row["lambdan"]};
    SCOPED_TRACE(row.text("kind") + " " + row.text("given"));
    const ConditionalOptimum optimum =
        row.text("kind") == "alpha_given_beta" ? optimal_alpha(ends, row["given"]) : optimal_beta(ends, row["given"]);
    expect_near(optimum.value, row["optimal"], "optimal");
    expect_near(optimum.rate, row["rate"], "rate");
  }
}

TEST(Optimum, OfOneParameterAtTheOptimumOfBoth) {
  // A double root: T^2 - 4 beta is the difference of numbers that agree in all their digits. With kappa = 100 it is
  // (99/101)^2 (beta - q^2)(beta - 1/q^2), whose factors lose none; q = 9/11.
  const double q = 9.0 / 11.0;
  for (const double beta : {q * q, std::nextafter(q * q, 0), std::nextafter(q * q, 1)}) {
    const long double exact_beta = beta;
    const long double square = 81.0L / 121;
    const long double ratio = 99.0L / 101;
    const long double discriminant = ratio * ratio * (exact_beta - square) * (exact_beta - 1 / square);
    const long double rate =
        discriminant < 0 ? std::sqrt(exact_beta) : (ratio * (1 + exact_beta) + std::sqrt(discriminant)) / 2;
    EXPECT_NEAR(optimal_alpha({1, 100}, beta).rate, static_cast<double>(rate), 1e-10) << beta;
  }
  EXPECT_NEAR(optimal_beta({1, 100}, 4.0 / 121).rate, q, 1e-15);
}

TEST(Optimum, EqualEndsAreReachedInOneStep) {
  for (const OptimalMethod& method : optimal_methods({3, 3})) {
    EXPECT_EQ(method.rate, 0) << method.name;
    EXPECT_EQ(method.gap, 1) << method.name;
    EXPECT_EQ(method.steps, 1) << method.name;
    EXPECT_NEAR(method.alpha, 1.0 / 3, 1e-15) << method.name;
    EXPECT_EQ(method.beta.value_or(0), 0) << method.name;
  }
  const WorstCase worst = worst_case_from_rest({3, 3});
  EXPECT_EQ(worst.steps, 1);
  EXPECT_EQ(worst.peak, 1);
  EXPECT_EQ(chebyshev_factor({3, 3}, 1), 0);
  EXPECT_EQ(chebyshev_factor({3, 3}, 0), 1);
}

TEST(Optimum, StepsAreThoseOfTheRate) {
  // kappa = 100: ln 1e-6 / ln(99/101) = 690.74..., / ln(9/11) = 68.8..., / ln(1 - 2/sqrt(301)) = 112.9..., / ln 0.9 =
  // 131.1...
  const auto [gd, hb, nag, tmm] = optimal_methods({1, 100});
  EXPECT_EQ(gd.steps, 691);
  EXPECT_EQ(hb.steps, 69);
  EXPECT_EQ(nag.steps, 113);
  EXPECT_EQ(tmm.steps, 132);
}

TEST(Optimum, KeepsItsDigitsWhereTheEndsNearlyMeet) {
  const double step = 0x1p-30;
  const SpectrumEnds ends{1, 1 + step};
  const double q = step / 4 / (1 + step / 2);  // the square of the roots' sum, but for step^2/16
  expect_near(optimal_methods(ends)[1].rate, q, "rate");
  expect_near(chebyshev_factor(ends, 3), 2 * q * q * q, "Chebyshev 3");
  // alpha lambda is 1 - 2^-54: it rounds to 1.
  EXPECT_DOUBLE_EQ(optimal_beta({1.0 / 3, 1.0 / 3}, 3).rate, 0x1p-55);
}

TEST(Optimum, KeepsItsDigitsWhereTheRateIsNearlyOne) {
  const auto [gd, hb, nag, tmm] = optimal_methods({1e-20, 1});
  EXPECT_EQ(gd.rate, 1);
  EXPECT_NEAR(gd.gap, 2e-20, 1e-34);
  EXPECT_NEAR(hb.gap, 2e-10, 1e-19);
  EXPECT_NEAR(gd.steps, 6 * std::log(10.0) / 2 * 1e20, 1e7);
  EXPECT_NEAR(tmm.gap, 1e-10, 1e-24);
  const WorstCase worst = worst_case_from_rest({1e-20, 1});
  EXPECT_NEAR(worst.peak / (1e10 / std::exp(1.0)), 1, 1e-9);
}

TEST(Optimum, TheWorstCaseIsTheFirstStepFromWhichOnItIsSmall) {
  const double q = 9.0 / 11.0;
  const auto growth = [q](double k) { return std::pow(q, k) * (1 + k * (1 + q)); };
  const WorstCase worst = worst_case_from_rest({1, 100});
  EXPECT_GT(growth(worst.steps - 1), 1e-6);
  EXPECT_LE(growth(worst.steps), 1e-6);
  double peak = 0;
  for (int k = 0; k < 100; ++k) peak = std::max(peak, growth(k));
  EXPECT_NEAR(worst.peak, peak, 1e-13);
}

TEST(Optimum, AtTheEndsOfTheRange) {
  for (const SpectrumEnds ends : {SpectrumEnds{1e-300, 1e-299}, SpectrumEnds{1e307, 1e308}}) {
    const auto expected = optimal_methods({1, 10});
    const auto found = optimal_methods(ends);
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_NEAR(found[i].rate, expected[i].rate, 1e-15);
      EXPECT_NEAR(found[i].alpha * ends.smallest, expected[i].alpha, 1e-15);
    }
    EXPECT_NEAR(optimal_alpha(ends, 0.1).rate, optimal_alpha({1, 10}, 0.1).rate, 1e-15);
  }
}

TEST(Optimum, OtherEndsAreRefused) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const SpectrumEnds ends : {SpectrumEnds{0, 1}, SpectrumEnds{-1, 1}, SpectrumEnds{2, 1},
                                  SpectrumEnds{1, infinity}, SpectrumEnds{nan, 1}, SpectrumEnds{1, nan}}) {
    EXPECT_THROW(static_cast<void>(optimal_methods(ends)), UsageError);
    EXPECT_THROW(static_cast<void>(worst_case_from_rest(ends)), UsageError);
    EXPECT_THROW(static_cast<void>(chebyshev_factor(ends, 1)), UsageError);
    EXPECT_THROW(static_cast<void>(optimal_alpha(ends, 0.5)), UsageError);
    EXPECT_THROW(static_cast<void>(optimal_beta(ends, 0.5)), UsageError);
  }
  for (const double beta : {-1.0, 1.0, nan}) {
    EXPECT_THROW(static_cast<void>(optimal_alpha({1, 2}, beta)), UsageError);
  }
  for (const double alpha : {0.0, 2.0, nan}) {
    EXPECT_THROW(static_cast<void>(optimal_beta({1, 2}, alpha)), UsageError);
  }
}

TEST(Optimum, HoldsAtTheEdgesOfFloat64) {
  for (const double kappa : {1e30, 1e36, 1e100, 1e300}) {
    const WorstCase worst = worst_case_from_rest({1 / kappa, 1});
    EXPECT_GT(worst.steps, std::sqrt(kappa)) << kappa;
    EXPECT_TRUE(std::isfinite(worst.peak)) << kappa;
  }
  const double wanted = optimal_methods({0.5, 1})[1].rate;
  for (const double scale : {1e-300, 1e308}) {
    const auto methods = optimal_methods({0.5 * scale, scale});
    EXPECT_DOUBLE_EQ(methods[1].rate, wanted) << scale;
    EXPECT_DOUBLE_EQ(methods[0].alpha * scale, 4.0 / 3) << scale;
    EXPECT_NEAR(methods[3].rate, 1 - std::sqrt(0.5), 1e-15) << scale;
  }
}

}  // namespace
}  // namespace ravine
