// The worst case by the two ends of a spectrum against the worst case by trying every eigenvalue: the same bytes.
#include "cpu/worst_case.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "cells.hpp"

namespace ravine {
namespace {

constexpr std::array every_quantity = {Quantity::rate,      Quantity::gap,       Quantity::regime,
                                       Quantity::sigma1_re, Quantity::sigma1_im, Quantity::sigma2_re,
                                       Quantity::sigma2_im};

template <class F>
void expect_same_bytes(const std::vector<F>& alpha, const std::vector<F>& beta, const std::vector<double>& lambda) {
  const cpu::Eigenvalues<F> eigenvalues(Axis("lambda", ListedValues{lambda}));
  const cpu::Pairs<F> pairs{alpha.data(), beta.data(), alpha.size()};
  for (const Quantity quantity : every_quantity) {
    const std::size_t bytes =
        alpha.size() * value_bytes(quantity, sizeof(F) == 8 ? Precision::float64 : Precision::float32);
    std::vector<F> by_ends(alpha.size());
    std::vector<F> by_force(alpha.size());
    cpu::worst_case(quantity, pairs, eigenvalues, by_ends.data());
    cpu::worst_case_brute_force(quantity, pairs, eigenvalues, by_force.data());
    RC_ASSERT(std::memcmp(by_ends.data(), by_force.data(), bytes) == 0);
  }
}

enum class Order { ascending, descending, shuffled };

template <class F>
std::vector<double> ordered(std::vector<F> values, Order order) {
  if (order == Order::ascending) std::sort(values.begin(), values.end());
  if (order == Order::descending) std::sort(values.begin(), values.end(), std::greater<F>());
  return {values.begin(), values.end()};
}

rc::Gen<Order> any_order() {
  return rc::gen::element(Order::ascending, Order::descending, Order::shuffled);
}

template <class F>
void check_random(rc::Gen<F> eigenvalue) {
  const auto size = *rc::gen::inRange(1, 40);
  const auto lambda = *rc::gen::container<std::vector<F>>(static_cast<std::size_t>(size), eigenvalue);
  const auto pairs = static_cast<std::size_t>(*rc::gen::inRange(1, 20));
  const auto alpha = *rc::gen::container<std::vector<F>>(
      pairs, rc::gen::oneOf(uniform<F>(-0.5, 4), special<F>(), with_exponent<F>(-110, -60)));
  const auto beta = *rc::gen::container<std::vector<F>>(pairs, any_momentum<F>());
  expect_same_bytes(alpha, beta, ordered(lambda, *any_order()));
}

RC_GTEST_PROP(WorstCase, EqualsBruteForceOnAnySpectrum, ()) {
  check_random<double>(uniform<double>(0, 2));
}
RC_GTEST_PROP(WorstCase, EqualsBruteForceOnAnySpectrumInSinglePrecision, ()) {
  check_random<float>(uniform<float>(0, 2));
}
RC_GTEST_PROP(WorstCase, EqualsBruteForceOnIndefiniteSpectraAndTinyOnes, ()) {
  check_random<double>(rc::gen::oneOf(uniform<double>(-1, 2), special<double>(), with_exponent<double>(-1074, 1023),
                                      with_exponent<double>(-310, -290)));
}

RC_GTEST_PROP(WorstCase, EqualsBruteForceOnIndefiniteSpectraAndTinyOnesInSinglePrecision, ()) {
  check_random<float>(rc::gen::oneOf(uniform<float>(-1, 2), special<float>(), with_exponent<float>(-149, 127),
                                     with_exponent<float>(-149, -100)));
}

TEST(EigenvaluesTest, KeepsShortAxesAndMakesLongOnesOnDemand) {
  for (const std::int64_t count : {cpu::Eigenvalues<double>::most_kept, cpu::Eigenvalues<double>::most_kept + 3}) {
    const Axis axis("lambda", LinearRange{0.5, 2, count});
    const cpu::Eigenvalues<double> eigenvalues(axis);
    EXPECT_TRUE(eigenvalues.is_sorted());
    EXPECT_EQ(eigenvalues.smallest(), 0.5);
    EXPECT_EQ(eigenvalues.largest(), 2);
    for (const std::int64_t i : {std::int64_t{0}, std::int64_t{1023}, std::int64_t{1024}, count / 3, count - 1}) {
      EXPECT_EQ(eigenvalues[i], axis.value(i));
    }
  }
}

// Eigenvalues a few units in the last place apart: the computed rates of neighbours straddle rounding boundaries. A
// rate that is merely accurate, not correctly rounded, is not monotone here.
template <class F>
void check_crowded() {
  const F base = *uniform<F>(0.01, 2);
  const auto steps = *rc::gen::container<std::vector<int>>(30, rc::gen::inRange(0, 60));
  std::vector<F> lambda(steps.size());
  std::transform(steps.begin(), steps.end(), lambda.begin(), [base](int k) { return nudged(base, k); });
  const auto alpha = *rc::gen::container<std::vector<F>>(20, uniform<F>(0, 0.01));
  const auto beta = *rc::gen::container<std::vector<F>>(20, uniform<F>(0, 1));
  expect_same_bytes(alpha, beta, ordered(lambda, *any_order()));
}
RC_GTEST_PROP(WorstCase, EqualsBruteForceOnCrowdedSpectra, ()) {
  check_crowded<double>();
}
RC_GTEST_PROP(WorstCase, EqualsBruteForceOnCrowdedSpectraInSinglePrecision, ()) {
  check_crowded<float>();
}

// Near a double root the rate's derivative is unbounded, so neighbouring eigenvalues differ most.
RC_GTEST_PROP(WorstCase, EqualsBruteForceAcrossTheCriticalCurve, ()) {
  const Cell<double> cell = *near_critical<double>();
  std::vector<double> lambda;
  for (int k = -20; k <= 20; ++k) lambda.push_back(nudged(cell.lambda, k));
  std::sort(lambda.begin(), lambda.end());
  expect_same_bytes<double>({cell.alpha}, {cell.beta}, lambda);
}

}  // namespace
}  // namespace ravine
