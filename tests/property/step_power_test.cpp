// Powers of the step matrix against golden values and against powers in 4000 bits.
#include "ravine/model/step_power.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "cells.hpp"
#include "golden.hpp"
#include "oracle.hpp"
#include "scaled_value.hpp"

namespace ravine {
namespace {

using model::Entries;
using model::ScaledEntries;
using model::StepMatrix;

constexpr double infinity = std::numeric_limits<double>::infinity();

Cell<double> cell_of(const GoldenRow& row) {
  return {row["alpha"], row["beta"], row["lambda"]};
}

/// The entries are sums of about 106 bits rounded once, and so are the golden ones: half a unit each.
constexpr double two_roundings = 0x1p-53;

double largest(Entries m) {
  return std::max({std::abs(m.yy), std::abs(m.yx), std::abs(m.xy), std::abs(m.xx)});
}
double largest_difference(Entries p, Entries q) {
  return largest({p.yy - q.yy, p.yx - q.yx, p.xy - q.xy, p.xx - q.xx});
}

/// R^k in the state (y, x) by doubling.
Entries entries_by_doubling(Cell<double> cell, std::int64_t k) {
  const StepMatrix step = model::step_matrix(cell);
  const model::StepSequence at = model::step_sequence(step, k);
  const model::Scaled yy = at.e - model::shifted(step.half_difference * at.s, 1);
  const model::Scaled xy = -(model::scaled(cell.alpha) * step.beta * at.s);
  return {to_double(yy), to_double(model::scaled(cell.lambda) * at.s), to_double(xy), to_double(at.e)};
}

TEST(StepPower, GivesTheGoldenEntries) {
  int rows = 0;
  for (const GoldenRow& row : golden_rows("rk_entries.csv")) {
    const Entries golden = {row["R11"], row["R12"], row["R21"], row["R22"]};
    const auto k = static_cast<std::int64_t>(row["k"]);
    const double tolerance = two_roundings * largest(golden);
    EXPECT_LE(largest_difference(model::step_power_entries(cell_of(row), k), golden), tolerance) << row.text("case");
    EXPECT_LE(largest_difference(entries_by_doubling(cell_of(row), k), golden), tolerance) << row.text("case");
    ++rows;
  }
  EXPECT_EQ(rows, 515);
}

/// The largest of a sequence, and where it first is.
struct Peak {
  double value = 0;
  int at = 0;
  void add(double magnitude, int k) {
    if (magnitude > value) *this = {magnitude, k};
  }
};

/// The spectral norm from the Frobenius norm and the determinant beta^k.
double spectral_norm(Entries m, double determinant) {
  const double square = m.yy * m.yy + m.yx * m.yx + m.xy * m.xy + m.xx * m.xx;
  return std::sqrt((square + std::sqrt(std::max(0.0, square * square - 4 * determinant * determinant))) / 2);
}

TEST(StepPower, FollowsTheGoldenTransients) {
  constexpr int steps = 4000;
  constexpr double tolerance = 1e-14;  // the test's own arithmetic from entries to norms
  for (const GoldenRow& row : golden_rows("transients.csv")) {
    const Cell<double> cell = {row["h"], row["beta"], 1};
    const StepMatrix step = model::step_matrix(cell);
    Peak norm;
    Peak position;
    Peak sequence;
    int last_above = -1;
    for (int k = 0; k <= steps; ++k) {
      const model::StepPower power = model::step_power(step, k);
      const Entries entries = model::scaled_step_power_entries(cell, k);
      norm.add(spectral_norm(entries, std::pow(cell.beta, k)), k);
      position.add(std::abs(entries.xx), k);
      sequence.add(std::abs(model::to_double(power.b)), k);
      if (std::abs(entries.xx) > 1e-6) last_above = k;
    }
    EXPECT_NEAR(norm.value, row["max_norm2_Rk"], tolerance * norm.value);
    EXPECT_NEAR(position.value, row["max_abs_xk"], tolerance * position.value);
    EXPECT_NEAR(sequence.value, row["max_abs_sk"], tolerance * sequence.value);
    EXPECT_EQ(norm.at, row["argmax_norm"]) << row.text("h");
    EXPECT_EQ(position.at, row["argmax_x"]) << row.text("h");
    EXPECT_EQ(sequence.at, row["argmax_s"]) << row.text("h");
    EXPECT_EQ(last_above + 1, row["N_abs_xk_le_1e-6_forever"]) << row.text("h");
  }
}

/// What the errors are measured in: the error of a step is a few 2^-106 of the largest entry, and errors add up.
constexpr double closed_form_unit = 0x1p-102;
constexpr double doubling_unit = 0x1p-99;
double closed_form_bound(long k) {
  return closed_form_unit * (static_cast<double>(k) + 4);
}
double doubling_bound(long k) {
  return doubling_unit * (static_cast<double>(k) + 4) * (static_cast<double>(k) + 4);
}

/// The largest error among the entries, relative to `size`.
double error_of(const ScaledEntries& entries, const oracle::Matrix& truth, const mpf_class& size) {
  return std::max({oracle::relative_error(value_of(entries.yy), truth.yy, size),
                   oracle::relative_error(value_of(entries.yx), truth.yx, size),
                   oracle::relative_error(value_of(entries.xy), truth.xy, size),
                   oracle::relative_error(value_of(entries.xx), truth.xx, size)});
}
/// Relative to the largest entry, or to 1 where all are zero.
double error_of(const ScaledEntries& entries, const oracle::Matrix& truth) {
  const mpf_class size = oracle::largest(truth);
  return error_of(entries, truth, size == 0 ? mpf_class(1) : size);
}

ScaledEntries entries_of(const StepMatrix& step, const model::StepSequence& at) {
  return {at.e - model::shifted(step.half_difference * at.s, 1), step.h * at.s, -(step.beta * at.s), at.e};
}

rc::Gen<long> steps() {
  return rc::gen::oneOf(rc::gen::inRange(0L, 20L), rc::gen::inRange(20L, 5000L),
                        rc::gen::map(rc::gen::inRange(12, 41), [](int exponent) { return (1L << exponent) - 1; }),
                        rc::gen::just(1L << 40));
}

void expect_accurate(Cell<double> cell, long k) {
  const StepMatrix step = model::step_matrix(cell);
  const oracle::Matrix truth = oracle::step_power(exactly(cell), k);
  RC_ASSERT(error_of(scaled_entries(step, model::step_power(step, k)), truth) <= closed_form_bound(k));
}

RC_GTEST_PROP(StepPower, IsThatOfTheOracle, ()) {
  expect_accurate(*any_cell<double>(149), *steps());
}
RC_GTEST_PROP(StepPower, IsThatOfTheOracleNextToTheCriticalCurve, ()) {
  expect_accurate(*near_critical<double>(), *steps());
}
RC_GTEST_PROP(StepPower, IsThatOfTheOracleNextToTheBoundaryOfStability, ()) {
  expect_accurate(*near_boundary<double>(), *steps());
}

// T = beta is all that is left of 1 + beta - h, and is worth k steps of it.
TEST(StepPower, IsThatOfTheOracleWhereTheTraceIsTheSmallestNumber) {
  for (const double beta : {0x1p-1074, -0x3p-1074, 0x1p-900, 0x1p-201, 0x1p-199}) {
    const Cell<double> cell = {1, beta, 1};
    const StepMatrix step = model::step_matrix(cell);
    for (const long k : {2L, 3L, 1L << 40}) {
      const oracle::Matrix truth = oracle::step_power(exactly(cell), k);
      EXPECT_LE(error_of(scaled_entries(step, model::step_power(step, k)), truth), closed_form_bound(k)) << beta;
    }
  }
}

// Discriminants that pairs can't resolve, down to 2^-100 and below.
TEST(StepPower, IsThatOfTheOracleAtNearTies) {
  for (const Cell<double>& cell : near_critical_products(100, 20241103)) {
    const StepMatrix step = model::step_matrix(cell);
    for (const long k : {1000L, 1L << 27, 1L << 40}) {
      const oracle::Matrix truth = oracle::step_power(exactly(cell), k);
      EXPECT_LE(error_of(scaled_entries(step, model::step_power(step, k)), truth), closed_form_bound(k));
    }
  }
}

// Adding one step to a doubled power cancels where eigenvalues are close to zero: the bound is for the others.
RC_GTEST_PROP(StepPower, DoublingIsThatOfTheOracle, ()) {
  const auto cells = rc::gen::map(rc::gen::tuple(uniform<double>(0, 4), uniform<double>(0.1, 1), uniform<double>(0, 2)),
                                  [](const std::tuple<double, double, double>& draw) {
                                    return Cell<double>{std::get<0>(draw), std::get<1>(draw), std::get<2>(draw)};
                                  });
  const Cell<double> cell = *rc::gen::oneOf(cells, near_critical<double>());
  RC_PRE(cell.beta >= 0.1);
  const long k = *rc::gen::inRange(0L, 5000L);
  const StepMatrix step = model::step_matrix(cell);
  const oracle::Matrix truth = oracle::step_power(exactly(cell), k);
  RC_ASSERT(error_of(entries_of(step, model::step_sequence(step, k)), truth) <= doubling_bound(k));
}

// R^(j + k) = R^j R^k, to the error that two factors of their size can have.
RC_GTEST_PROP(StepPower, ComposesAsExponentsAdd, ()) {
  const Cell<double> cell = *any_cell<double>(60);
  const StepMatrix step = model::step_matrix(cell);
  const long j = *rc::gen::inRange(0L, 5000L);
  const long k = *rc::gen::inRange(0L, 5000L);
  const oracle::Mode mode = exactly(cell);
  const mpf_class factors = oracle::largest(oracle::step_power(mode, j)) * oracle::largest(oracle::step_power(mode, k));
  RC_PRE(factors > 0);
  const model::StepPower composed = compose(step, model::step_power(step, j), model::step_power(step, k));
  RC_ASSERT(error_of(scaled_entries(step, composed), oracle::step_power(mode, j + k), 8 * factors) <=
            closed_form_bound(j + k));
}

TEST(StepPower, IsTheIdentityAndTheStepItself) {
  for (const Cell<double>& cell :
       {Cell<double>{0.3, 0.9, 0.7}, Cell<double>{1, 0, 1}, Cell<double>{-3, -2.5, 4}, Cell<double>{0x1p-1060, 1, 1}}) {
    const Entries none = model::step_power_entries(cell, 0);
    EXPECT_EQ(none.yy, 1);
    EXPECT_EQ(none.yx, 0);
    EXPECT_EQ(none.xy, 0);
    EXPECT_EQ(none.xx, 1);
    const Entries one = model::step_power_entries(cell, 1);
    EXPECT_EQ(one.yy, cell.beta);
    EXPECT_EQ(one.yx, cell.lambda);
    EXPECT_EQ(one.xy, -cell.alpha * cell.beta);
    EXPECT_EQ(one.xx, std::fma(-cell.alpha, cell.lambda, 1.0));
  }
}

TEST(StepPower, OfGradientDescentIsThePowerOfOneNumber) {
  // beta = 0: x <- (1 - h) x, and y keeps lambda times the x before. 3^33 is below 2^53, so this is exact.
  for (int k = 1; k <= 33; ++k) {
    const Entries power = model::step_power_entries({0.5, 0, 0.5}, k);
    EXPECT_EQ(power.xx, std::pow(0.75, k)) << k;
    EXPECT_EQ(power.yx, 0.5 * std::pow(0.75, k - 1)) << k;
    EXPECT_EQ(power.yy, 0);
    EXPECT_EQ(power.xy, 0);
  }
}

TEST(StepPower, OfADoubleRootGrowsWithTheStep) {
  // beta = 1/4, h = 1/4: sigma = 1/2 twice, so s_k = k 2^(1 - k) and e_k = (1 + k/2) 2^-k (M16).
  for (int k = 0; k <= 60; ++k) {
    const Entries power = model::step_power_entries({0.25, 0.25, 1}, k);
    EXPECT_EQ(power.yx, k * std::ldexp(1.0, 1 - k));
    EXPECT_EQ(power.xx, (1 + k * 0.5) * std::ldexp(1.0, -k));
  }
}

TEST(StepPower, VanishesAfterTwoStepsWhereBothEigenvaluesAreZero) {
  for (const std::int64_t k : {2, 3, 1000}) EXPECT_EQ(largest(model::step_power_entries({1, 0, 1}, k)), 0);
}

TEST(StepPower, OverflowsToInfinityAndUnderflowsToZero) {
  const Entries large = model::step_power_entries({4, 0.5, 1}, std::int64_t{1} << 40);  // both eigenvalues negative
  EXPECT_EQ(large.xx, infinity);
  EXPECT_EQ(large.yx, -infinity);
  EXPECT_EQ(model::step_power_entries({4, 0.5, 1}, (std::int64_t{1} << 40) - 1).xx, -infinity);
  const Entries small = model::step_power_entries({0.1, 0.5, 1}, std::int64_t{1} << 40);
  EXPECT_EQ(largest(small), 0);
  EXPECT_FALSE(std::signbit(small.xy));
}

RC_GTEST_PROP(StepPower, IsNeverNaN, ()) {
  const auto any = rc::gen::oneOf(with_exponent<double>(-1074, 1023), special<double>());
  const Cell<double> cell = {*any, *any, *any};
  const Entries power = model::step_power_entries(cell, *steps());
  for (const double entry : {power.yy, power.yx, power.xy, power.xx}) RC_ASSERT(!std::isnan(entry));
}

}  // namespace
}  // namespace ravine
