// Moments under gradient noise against golden values, the plain recurrence in 4000 bits, and each other.
#include "ravine/model/moments.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>

#include "cells.hpp"
#include "golden.hpp"
#include "oracle.hpp"
#include "scaled_value.hpp"

namespace ravine {
namespace {

using model::Cumulants;
using model::Moments;
using model::NoisyStep;
using model::Propagation;
using model::StationaryMoments;
using model::Symmetric;

/// Values of about 106 bits rounded once, and the golden ones once.
constexpr double two_roundings = 0x1p-52;

void expect_golden(double value, const GoldenRow& row, const char* column) {
  EXPECT_LE(std::abs(value - row[column]), two_roundings * std::abs(row[column])) << column << ' ' << row.text("alpha");
}

TEST(Moments, AreTheGoldenOnesAfterSomeSteps) {
  int rows = 0;
  for (const GoldenRow& row : golden_rows("finite_k_objective.csv")) {
    const Cell<double> cell = {row["alpha"], row["beta"], row["lambda"]};
    const Moments moments =
        model::moments_after(cell, {row["y0"], row["x0"], row["noise_var"]}, static_cast<std::int64_t>(row["k"]));
    expect_golden(moments.mean_x, row, "mean_x");
    expect_golden(moments.mean_y, row, "mean_y");
    expect_golden(moments.var_x, row, "var_x");
    expect_golden(moments.var_y, row, "var_y");
    expect_golden(moments.cov_xy, row, "cov_xy");
    expect_golden(moments.loss_deterministic, row, "Ef_deterministic");
    expect_golden(moments.loss_stochastic, row, "Ef_stochastic");
    EXPECT_NEAR(moments.loss_deterministic + moments.loss_stochastic, row["Ef_total"],
                2 * two_roundings * row["Ef_total"]);
    ++rows;
  }
  EXPECT_EQ(rows, 315);
}

TEST(Moments, AreTheGoldenOnesInTheEnd) {
  int rows = 0;
  for (const GoldenRow& row : golden_rows("stationary_moments.csv")) {
    if (row.text("method") != "HB") continue;
    const StationaryMoments moments =
        model::stationary_moments({row["alpha"], row["beta"], row["lambda"]}, row["noise_var"]);
    EXPECT_TRUE(moments.exist);
    expect_golden(moments.var_x, row, "E_x2");
    expect_golden(moments.var_y, row, "E_y2");
    expect_golden(moments.cov_xy, row, "E_xy_or_E_xk_xkm1");
    expect_golden(moments.loss, row, "E_f");
    ++rows;
  }
  EXPECT_EQ(rows, 85);
}

TEST(Moments, DoNotExistInTheEndWhereTheModeDoesNotConverge) {
  const Cell<double> cells[] = {
      {0, 0.5, 1},                         // h = 0
      {3, 0.5, 1},                         // h = 2 + 2 beta
      {std::nextafter(3.0, 4.0), 0.5, 1},  // just above
      {1, 1, 1},
      {1, -1, 1},
      {1, 1.5, 1},
      {-0.1, 0.5, 1},
      {1e200, 0.5, 1e200},
  };
  for (const Cell<double>& cell : cells) {
    const StationaryMoments moments = model::stationary_moments(cell, 1);
    EXPECT_FALSE(moments.exist) << cell.alpha << ' ' << cell.beta;
    for (const double moment : {moments.var_x, moments.var_y, moments.cov_xy, moments.loss}) {
      EXPECT_TRUE(std::isnan(moment));
    }
  }
  EXPECT_TRUE(model::stationary_moments({std::nextafter(3.0, 2.0), 0.5, 1}, 1).exist);
}

TEST(Moments, ExistHoweverCloseTheBoundaryIs) {
  // 2 + 2 beta - h = 2 beta: all of it.
  for (const double beta : {0x1p-1074, 0x1p-1022, 0x1p-300, 0x1p-199}) {
    const double variance = 0x1p-1000;
    const StationaryMoments moments = model::stationary_moments({2, beta, 1}, variance);
    EXPECT_TRUE(moments.exist);
    EXPECT_EQ(moments.var_y, variance / beta);
  }
}

/// A cell that may converge, or nearly: |beta| <= 1, |h| <= 64, the hard places included.
rc::Gen<Cell<double>> map_cell() {
  return rc::gen::suchThat(
      rc::gen::oneOf(any_cell<double>(5), near_critical<double>(), near_boundary<double>()),
      [](const Cell<double>& cell) { return std::abs(cell.beta) <= 1 && std::abs(cell.alpha * cell.lambda) <= 64; });
}

/// The error of the diagonal relative to each entry, of the rest relative to the geometric mean of the diagonal.
double error_of(const Symmetric& got, const oracle::Matrix& truth) {
  const mpf_class mean = sqrt(mpf_class(truth.yy * truth.xx));
  return std::max({oracle::relative_error(value_of(got.yy), truth.yy, truth.yy),
                   oracle::relative_error(value_of(got.xy), truth.xy, mean),
                   oracle::relative_error(value_of(got.xx), truth.xx, truth.xx)});
}

TEST(Oracle, KnowsTheCovarianceByTwoWays) {
  for (const long k : {1L, 2L, 7L, 1000L}) {
    const oracle::Mode mode = exactly(Cell<double>{3.9, 0.98, 1});
    const mpf_class plain = oracle::noise_covariance(mode, k).xx;
    EXPECT_LT(oracle::relative_error(oracle::doubled_noise_covariance(mode, k).xx, plain, plain), 1e-300);
  }
}

/// Of a variance; a step's error is a few 2^-106, and errors add up.
double covariance_bound(long k) {
  return 0x1p-99 * (static_cast<double>(k) + 4);
}

RC_GTEST_PROP(Covariance, IsThatOfThePlainRecurrence, ()) {
  const Cell<double> cell = *map_cell();
  const long k = *rc::gen::inRange(1L, 60L);
  const NoisyStep noisy = model::noisy_step(cell);
  const Symmetric covariance = model::noise_covariance(noisy, model::propagation(noisy, k));
  RC_ASSERT(error_of(covariance, oracle::noise_covariance(exactly(cell), k)) <= covariance_bound(k));
}

// Beyond |beta| = 1 the state of the covariance is no longer the one where nothing cancels: a few digits are lost.
RC_GTEST_PROP(Covariance, LosesLittleWhereTheModeDiverges, ()) {
  constexpr double lost = 0x1p20;
  const Cell<double> cell = {*uniform<double>(-10, 10), *uniform<double>(-4, 4), *uniform<double>(0, 4)};
  const long k = *rc::gen::inRange(1L, 60L);
  const NoisyStep noisy = model::noisy_step(cell);
  const Symmetric covariance = model::noise_covariance(noisy, model::propagation(noisy, k));
  RC_ASSERT(error_of(covariance, oracle::noise_covariance(exactly(cell), k)) <= lost * covariance_bound(k));
}

// Where beta is close to 1 and h to 4 or to 0, powers grow as k does, and the covariance as its cube.
TEST(Covariance, IsThatOfTheOracleInTheCornersOfTheMap) {
  for (const double beta : {1.0, 1 - 0x1p-40, 1 - 0x1p-12, 0.99}) {
    const double root = std::sqrt(beta);
    for (const double h : {(1 + root) * (1 + root), 4.0, 2 + 2 * beta, (1 - root) * (1 - root), 0x1p-60}) {
      const Cell<double> cell = {h, beta, 1};
      const NoisyStep noisy = model::noisy_step(cell);
      for (const long k : {10L, 1000L, 100'003L, (1L << 30) + 1, 1L << 40}) {
        const Symmetric covariance = model::noise_covariance(noisy, model::propagation(noisy, k));
        EXPECT_LE(error_of(covariance, oracle::doubled_noise_covariance(exactly(cell), k)), covariance_bound(k))
            << beta << ' ' << h << ' ' << k;
      }
    }
  }
}

RC_GTEST_PROP(Covariance, IsTheSameByWayOfAnyStep, ()) {
  const Cell<double> cell = *map_cell();
  const long j = *rc::gen::inRange(0L, 30L);
  const long k = *rc::gen::inRange(1L, 30L);
  const NoisyStep noisy = model::noisy_step(cell);
  const Propagation marched = compose(noisy, model::propagation(noisy, j), model::propagation(noisy, k));
  RC_ASSERT(error_of(model::noise_covariance(noisy, marched), oracle::noise_covariance(exactly(cell), j + k)) <=
            covariance_bound(j + k));
}

// P_k -> P_inf: the two formulas share nothing but the parameters.
RC_GTEST_PROP(Moments, SettleToTheStationaryOnes, ()) {
  const Cell<double> cell = *map_cell();
  RC_PRE(model::gap(cell) > 0x1p-30 && cell.lambda != 0);
  const double variance = 0.7;
  const Moments moments = model::moments_after(cell, {1, -2, variance}, std::int64_t{1} << 40);
  const StationaryMoments end = model::stationary_moments(cell, variance);
  RC_ASSERT(end.exist);
  RC_ASSERT(moments.mean_x == 0 && moments.mean_y == 0 && moments.loss_deterministic == 0);
  const auto close = [](double got, double wanted) {
    return std::abs(got - wanted) <= two_roundings * std::abs(wanted) + 0x1p-1073;
  };
  RC_ASSERT(close(moments.var_x, end.var_x));
  RC_ASSERT(close(moments.var_y, end.var_y));
  RC_ASSERT(close(moments.cov_xy, end.cov_xy));
  RC_ASSERT(close(moments.loss_stochastic, end.loss));
}

TEST(Moments, AtTheStartAreTheStart) {
  const Moments moments = model::moments_after({0.1, 0.9, 2}, {3, -5, 4}, 0);
  EXPECT_EQ(moments.mean_y, 3);
  EXPECT_EQ(moments.mean_x, -5);
  EXPECT_EQ(moments.var_x, 0);
  EXPECT_EQ(moments.var_y, 0);
  EXPECT_EQ(moments.cov_xy, 0);
  EXPECT_EQ(moments.loss_deterministic, 25);
  EXPECT_EQ(moments.loss_stochastic, 0);
}

TEST(Moments, AfterOneStepAreThoseOfOneDraw) {
  // y1 = 0.5 y0 + 2 x0 + eps, x1 = x0 - 0.25 y1.
  const Moments moments = model::moments_after({0.25, 0.5, 2}, {4, 1, 16}, 1);
  EXPECT_EQ(moments.mean_y, 4);
  EXPECT_EQ(moments.mean_x, 0);
  EXPECT_EQ(moments.var_y, 16);
  EXPECT_EQ(moments.var_x, 1);
  EXPECT_EQ(moments.cov_xy, -4);
  EXPECT_EQ(moments.loss_stochastic, 1);
}

TEST(Moments, OfAnUnstableModeGrowUntilTheyAreInfinite) {
  const Cell<double> cell = {4, 0.5, 1};
  const Moments finite = model::moments_after(cell, {0, 1, 1}, 300);
  EXPECT_GT(finite.var_x, 1e100);
  EXPECT_TRUE(std::isfinite(finite.var_x));
  const Moments moments = model::moments_after(cell, {0, 1, 1}, std::int64_t{1} << 40);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(moments.var_x, infinity);
  EXPECT_EQ(moments.var_y, infinity);
  EXPECT_EQ(moments.cov_xy, -infinity);
  EXPECT_EQ(std::abs(moments.mean_x), infinity);
  EXPECT_EQ(moments.loss_deterministic, infinity);
}

RC_GTEST_PROP(Moments, AreNeverNaN, ()) {
  const auto any = rc::gen::oneOf(with_exponent<double>(-1074, 1023), special<double>());
  const Cell<double> cell = {*any, *any, *any};
  const long k = *rc::gen::element(0L, 1L, 2L, 100L, 1L << 40);
  const Moments m = model::moments_after(cell, {*any, *any, std::abs(*any)}, k);
  for (const double moment :
       {m.mean_x, m.mean_y, m.var_x, m.var_y, m.cov_xy, m.loss_deterministic, m.loss_stochastic}) {
    RC_ASSERT(!std::isnan(moment));
  }
  const StationaryMoments end = model::stationary_moments(cell, std::abs(*any));
  RC_ASSERT(!end.exist || !(std::isnan(end.var_x) || std::isnan(end.var_y) || std::isnan(end.loss)));
}

/// E x^n of a Gaussian by Stein's recurrence E x^n = m E x^(n-1) + (n - 1) V E x^(n-2).
std::array<mpq_class, 9> raw_moments(const mpq_class& mean, const mpq_class& variance) {
  std::array<mpq_class, 9> raw = {1, mean};
  for (unsigned n = 2; n < raw.size(); ++n) raw.at(n) = mean * raw.at(n - 1) + (n - 1) * variance * raw.at(n - 2);
  return raw;
}

RC_GTEST_PROP(LossCumulants, AreThoseOfTheRawMoments, ()) {
  // Small dyadic numbers, so that the doubles are exact.
  const auto dyadic = [](int low, int high) {
    return rc::gen::map(rc::gen::inRange(low, high), [](int n) { return n / 8.0; });
  };
  const double lambda = *dyadic(-40, 40);
  const double mean = *dyadic(-40, 40);
  const double variance = *dyadic(0, 40);
  const Cumulants got = model::loss_cumulants(lambda, mean, variance);

  const std::array<mpq_class, 9> raw = raw_moments(mpq_class(mean), mpq_class(variance));
  const mpq_class half = mpq_class(lambda) / 2;
  const mpq_class m1 = half * raw[2];
  const mpq_class m2 = half * half * raw[4];
  const mpq_class m3 = half * half * half * raw[6];
  const mpq_class m4 = half * half * half * half * raw[8];
  RC_ASSERT(mpq_class(got.mean) == m1);
  RC_ASSERT(mpq_class(to_double(got.second)) == m2 - m1 * m1);
  RC_ASSERT(mpq_class(to_double(got.fourth)) ==
            m4 - 4 * m3 * m1 - 3 * m2 * m2 + 12 * m2 * m1 * m1 - 6 * m1 * m1 * m1 * m1);
}

TEST(LossCumulants, OfIndependentModesAdd) {
  const Cumulants sum = model::loss_cumulants(2, 0, 1) + model::loss_cumulants(2, 1, 1);
  EXPECT_EQ(sum.mean, 3);
  EXPECT_EQ(to_double(sum.second), 2 + 6);
  EXPECT_EQ(to_double(sum.fourth), 48 + 240);
}

}  // namespace
}  // namespace ravine
