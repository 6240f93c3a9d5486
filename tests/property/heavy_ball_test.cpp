// Heavy ball against the oracle: correctly rounded, exactly labelled, on random and on hostile cells.
#include "ravine/model/heavy_ball.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <string>

#include "cells.hpp"
#include "oracle.hpp"

namespace ravine {
namespace {

std::string name_of(Regime regime) {
  static const std::array<std::string, 8> names = {"not_computed", "monotone",   "ripples",  "one_step",
                                                   "oscillation",  "mixed_sign", "marginal", "divergent"};
  return names.at(static_cast<std::size_t>(regime));
}

/// Where every result is promised to be correctly rounded.
bool is_promised(Cell<double> cell) {
  return model::in_core(cell, cell.alpha * cell.lambda);
}
bool is_promised(Cell<float> /*cell*/) {
  return true;
}

template <class F>
void expect_exact(Cell<F> cell) {
  RC_PRE(is_promised(cell));
  const oracle::Mode mode = exactly(cell);
  RC_ASSERT(oracle::is_nearest(model::rate(cell), oracle::rate(mode)));
  RC_ASSERT(oracle::is_nearest(model::gap(cell), oracle::gap(mode)));
  RC_ASSERT(name_of(model::regime(cell)) == oracle::regime(mode));
}

RC_GTEST_PROP(HeavyBallDouble, IsCorrectlyRoundedAndExactlyLabelled, ()) {
  expect_exact(*any_cell<double>(149));
}
RC_GTEST_PROP(HeavyBallFloat, IsCorrectlyRoundedAndExactlyLabelled, ()) {
  expect_exact(*any_cell<float>(50));
}
RC_GTEST_PROP(HeavyBallDouble, IsExactNextToTheCriticalCurve, ()) {
  expect_exact(*near_critical<double>());
}
RC_GTEST_PROP(HeavyBallFloat, IsExactNextToTheCriticalCurve, ()) {
  expect_exact(*near_critical<float>());
}

// Whenever the pair arithmetic is certain, the exact path gives the same bits: its error bounds are not optimistic.
RC_GTEST_PROP(HeavyBallDouble, CertainAttemptsAreWhatTheExactPathSays, ()) {
  const Cell<double> cell = *any_cell<double>(100);
  RC_PRE(is_promised(cell));
  const auto rate = model::attempt_rate(cell);
  if (rate.certain) RC_ASSERT(rate.value == model::settle_rate(cell));
  const auto gap = model::attempt_gap(cell);
  if (gap.certain) RC_ASSERT(gap.value == model::settle_gap(cell));
  const auto regime = model::attempt_regime(cell);
  if (regime.certain) RC_ASSERT(static_cast<int>(regime.value) == static_cast<int>(model::settle_regime(cell)));
}

TEST(HeavyBallDouble, DecidesNearTiesMadeByFactoringCriticalProducts) {
  int closer_than_pairs_resolve = 0;
  for (const Cell<double>& cell : near_critical_products(200, 20240901)) {
    const oracle::Mode mode = exactly(cell);
    closer_than_pairs_resolve += std::abs(oracle::relative_discriminant(mode)) < 0x1p-80 ? 1 : 0;
    EXPECT_EQ(name_of(model::regime(cell)), oracle::regime(mode));
    EXPECT_TRUE(oracle::is_nearest(model::rate(cell), oracle::rate(mode)));
    EXPECT_TRUE(oracle::is_nearest(model::gap(cell), oracle::gap(mode)));
  }
  EXPECT_GT(closer_than_pairs_resolve, 100) << "the generator no longer makes hard cells";
}

TEST(HeavyBallDouble, DecidesRoundingTiesMadeByFactoringProducts) {
  // Half a unit is 2^-53 of the rate; one that lies within 2^-80 of a halfway point is beyond any test of a pair.
  constexpr double hardly_off_halfway = 0x1p-27;
  int harder_than_pairs_resolve = 0;
  for (const Cell<double>& cell : near_rounding_ties<double>(200, 20240902)) {
    const oracle::Mode mode = exactly(cell);
    const mpf_class rate = oracle::rate(mode);
    EXPECT_TRUE(oracle::is_nearest(model::rate(cell), rate));
    EXPECT_TRUE(oracle::is_nearest(model::gap(cell), oracle::gap(mode)));
    harder_than_pairs_resolve += std::abs(oracle::ulps(model::rate(cell), rate) - 0.5) < hardly_off_halfway ? 1 : 0;
  }
  EXPECT_GT(harder_than_pairs_resolve, 100) << "the generator no longer makes hard cells";
}

// beta = 0 makes the rate |1 - h|: any halfway point is a product, exactly, and so are its closest neighbours.
RC_GTEST_PROP(HeavyBallDouble, RoundsExactTiesAndTheirNeighbours, ()) {
  const double low = *uniform<double>(0.5, 1);
  const double half_unit = 0x1p-54;
  const double h = (1 - low) - half_unit;  // 1 - h = low + half a unit, exactly
  expect_exact(Cell<double>{h, 0, 1});
  expect_exact(Cell<double>{-h, 0, 1});
  expect_exact(Cell<double>{h, *with_exponent<double>(-110, -54), 1});
  expect_exact(Cell<double>{h * (1 + 0x1p-50), 0, 1 - 0x1p-50});
}
RC_GTEST_PROP(HeavyBallFloat, RoundsExactTiesAndTheirNeighbours, ()) {
  const float low = *uniform<float>(0.5, 1);
  const float h = (1 - low) - 0x1p-25F;
  expect_exact(Cell<float>{h, 0, 1});
  expect_exact(Cell<float>{-h, 0, 1});
  expect_exact(Cell<float>{h, *with_exponent<float>(-60, -25), 1});
}

// Rates of the core reach 2^301.
TEST(HeavyBallDouble, DecidesTiesAtTheTopOfTheCore) {
  for (const double k : {1, 3, 5, 7, 9, 11}) {
    const Cell<double> cell{-0x1p150, 0x1p300 - k * 0x1p247, 0x1p150};
    ASSERT_TRUE(is_promised(cell));
    EXPECT_TRUE(oracle::is_nearest(model::rate(cell), oracle::rate(exactly(cell)))) << k;
  }
}

TEST(HeavyBallDouble, RoundsExactTiesToEven) {
  // beta = 0: the rate is |1 - h|. h = 2^-54 * 3 makes 1 - h lie halfway between two doubles below 1.
  EXPECT_EQ(model::rate(Cell<double>{0x1p-54, 0, 1}), 1.0);
  EXPECT_EQ(model::rate(Cell<double>{3 * 0x1p-54, 0, 1}), 1.0 - 0x1p-52);
  EXPECT_EQ(model::rate(Cell<double>{5 * 0x1p-54, 0, 1}), 1.0 - 0x1p-52);
  EXPECT_EQ(model::gap(Cell<double>{3 * 0x1p-54, 0, 1}), 3 * 0x1p-54);
}

TEST(HeavyBallDouble, KnowsTheCornersOfTheMap) {
  const auto regime = [](double alpha, double beta) { return model::regime(Cell<double>{alpha, beta, 1}); };
  EXPECT_EQ(regime(1, 0), Regime::one_step);
  EXPECT_EQ(regime(0, 0.5), Regime::marginal);
  EXPECT_EQ(regime(3, 0.5), Regime::marginal);
  EXPECT_EQ(regime(2, 1), Regime::marginal);
  EXPECT_EQ(regime(4, 1), Regime::marginal);
  EXPECT_EQ(regime(0, -1), Regime::marginal);
  EXPECT_EQ(regime(0.1, -1), Regime::divergent);
  EXPECT_EQ(regime(0.25, 0.25), Regime::monotone);     // exact double root at 1/2
  EXPECT_EQ(regime(2.25, 0.25), Regime::oscillation);  // exact double root at -1/2
  EXPECT_EQ(regime(1, 0.25), Regime::ripples);
  EXPECT_EQ(regime(1, -0.25), Regime::mixed_sign);
  EXPECT_EQ(model::rate(Cell<double>{1, 0, 1}), 0.0);
  EXPECT_EQ(model::gap(Cell<double>{1, 0, 1}), 1.0);
  EXPECT_FALSE(std::signbit(model::gap(Cell<double>{0, 0.5, -1})));
}

// Beyond the core: within an ulp (gap: or the least subnormal), regimes still exact, and never a NaN.
constexpr double beyond_core = 1.0;
RC_GTEST_PROP(HeavyBallDouble, KeepsItsPromiseBeyondTheCore, ()) {
  const auto wide = rc::gen::oneOf(with_exponent<double>(-1074, 1023), special<double>());
  const auto independent = rc::gen::map(rc::gen::tuple(wide, rc::gen::oneOf(any_momentum<double>(), wide), wide),
                                        [](const std::tuple<double, double, double>& draw) {
                                          const auto [alpha, beta, lambda] = draw;
                                          return Cell<double>{alpha, beta, lambda};
                                        });
  const Cell<double> cell = *rc::gen::oneOf(independent, cancelling());
  const oracle::Mode mode = exactly(cell);
  RC_ASSERT(name_of(model::regime(cell)) == oracle::regime(mode));
  const double rate = model::rate(cell);
  const double gap = model::gap(cell);
  if (oracle::rate(mode) > mpf_class(std::numeric_limits<double>::max())) {
    RC_ASSERT(std::isinf(rate) || rate == std::numeric_limits<double>::max());
    RC_ASSERT(gap == -rate);
  } else {
    RC_ASSERT(oracle::ulps(rate, oracle::rate(mode)) <= beyond_core);
    RC_ASSERT(oracle::ulps(gap, oracle::gap(mode)) <= beyond_core);
  }
  const model::Roots<double> roots = model::roots(cell);
  for (const double part : {roots.re1, roots.im1, roots.re2, roots.im2}) RC_ASSERT(!std::isnan(part));
}

// sigma1 + sigma2 = T and sigma1 sigma2 = beta, and the larger modulus is the rate (docs/formulas.md M14).
constexpr double eigenvalue_units = 4;  // two roundings each, and those of the identity itself
RC_GTEST_PROP(HeavyBallDouble, EigenvaluesSatisfyTheCharacteristicPolynomial, ()) {
  const Cell<double> cell = *any_cell<double>(60);
  RC_PRE(is_promised(cell));
  const model::Roots<double> r = model::roots(cell);
  const oracle::Mode mode = exactly(cell);
  const mpq_class trace = 1 + mode.beta - mode.alpha * mode.lambda;
  const mpq_class sum = mpq_class(r.re1) + mpq_class(r.re2);
  const mpq_class size = abs(mpq_class(r.re1)) + abs(mpq_class(r.re2));
  RC_ASSERT(abs(mpq_class(sum - trace)) <= size * eigenvalue_units * mpq_class(0x1p-53));
  const mpq_class product = mpq_class(r.re1) * mpq_class(r.re2) - mpq_class(r.im1) * mpq_class(r.im2);
  const mpq_class least = mpq_class(0x1p-1074) * (1 + size);  // a subnormal eigenvalue has fewer digits
  RC_ASSERT(abs(mpq_class(product - mode.beta)) <= eigenvalue_units * (abs(mode.beta) * mpq_class(0x1p-53) + least));
  RC_ASSERT(r.im1 == -r.im2 && r.im1 >= 0);
  if (r.im1 == 0) RC_ASSERT(std::max(std::abs(r.re1), std::abs(r.re2)) == model::rate(cell));
}

}  // namespace
}  // namespace ravine
