// Order keys of any two numbers: in their order, and each the way back to its number.
#include "ravine/model/order_key.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

namespace ravine {
namespace {

template <class F>
using Bits = std::conditional_t<sizeof(F) == 8, std::uint64_t, std::uint32_t>;

/// Of any bits, infinities and subnormals among them; not NaN, not -0.
template <class F>
F any_number() {
  const F number = std::bit_cast<F>(*rc::gen::arbitrary<Bits<F>>());
  RC_PRE(!std::isnan(number));
  return number == 0 ? F(0) : number;
}

template <class F>
void expect_order(F a, F b) {
  RC_ASSERT((a < b) == (model::order_key(a) < model::order_key(b)));
  RC_ASSERT((a == b) == (model::order_key(a) == model::order_key(b)));
}

template <class F>
void expect_way_back(F number) {
  RC_ASSERT(std::bit_cast<Bits<F>>(model::value_of_order_key(model::order_key(number))) ==
            std::bit_cast<Bits<F>>(number));
}

RC_GTEST_PROP(OrderKey, IsInTheNumbersOrder, ()) {
  expect_order(any_number<double>(), any_number<double>());
  expect_order(any_number<float>(), any_number<float>());
}

RC_GTEST_PROP(OrderKey, OfNeighboursAreNeighbours, ()) {
  const double number = any_number<double>();
  RC_PRE(number != std::numeric_limits<double>::infinity());
  const double next = std::nextafter(number, std::numeric_limits<double>::infinity());
  // Between -0, which never occurs, and the numbers below it nothing is missing either.
  const std::uint64_t step = next == 0 ? 2 : 1;
  RC_ASSERT(model::order_key(next == 0 ? 0.0 : next) - model::order_key(number) == step);
}

RC_GTEST_PROP(OrderKey, GivesTheNumberBack, ()) {
  expect_way_back(any_number<double>());
  expect_way_back(any_number<float>());
}

template <class F>
void expect_ends() {
  constexpr F infinity = std::numeric_limits<F>::infinity();
  constexpr F numbers[] = {-infinity,
                           std::numeric_limits<F>::lowest(),
                           F(-1),
                           -std::numeric_limits<F>::min(),
                           -std::numeric_limits<F>::denorm_min(),
                           F(0),
                           std::numeric_limits<F>::denorm_min(),
                           std::numeric_limits<F>::min(),
                           F(1),
                           std::numeric_limits<F>::max(),
                           infinity};
  for (const F a : numbers) {
    for (const F b : numbers) EXPECT_EQ(a < b, model::order_key(a) < model::order_key(b)) << a << " " << b;
    EXPECT_EQ(model::value_of_order_key(model::order_key(a)), a);
  }
}

TEST(OrderKeyEnds, AreInOrder) {
  expect_ends<double>();
  expect_ends<float>();
}

}  // namespace
}  // namespace ravine
