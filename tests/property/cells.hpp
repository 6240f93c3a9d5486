// Generators of cells where heavy ball is hard: rapidcheck's, and the near-ties they can't be expected to find.
#pragma once

#include <gmpxx.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <ostream>
#include <tuple>
#include <type_traits>
#include <vector>

#include "oracle.hpp"
#include "ravine/model/heavy_ball.hpp"

namespace ravine {

namespace model {
/// How rapidcheck prints a counterexample.
template <class F>
void showValue(const Cell<F>& cell, std::ostream& out) {
  out << std::hexfloat << "{" << cell.alpha << ", " << cell.beta << ", " << cell.lambda << "}" << std::defaultfloat;
}
}  // namespace model

using model::Cell;

template <class F>
oracle::Mode exactly(Cell<F> cell) {
  return {mpq_class(static_cast<double>(cell.alpha)), mpq_class(static_cast<double>(cell.beta)),
          mpq_class(static_cast<double>(cell.lambda))};
}

/// A uniform real in [low, high), all bits of F in play.
template <class F>
rc::Gen<F> uniform(double low, double high) {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 53), [low, high](std::int64_t bits) {
    return static_cast<F>(low + (high - low) * (static_cast<double>(bits) * 0x1p-53));
  });
}

/// +-2^[low, high) times a random significand.
template <class F>
rc::Gen<F> with_exponent(int low, int high) {
  return rc::gen::map(rc::gen::tuple(uniform<F>(1, 2), rc::gen::inRange(low, high), rc::gen::arbitrary<bool>()),
                      [](const std::tuple<F, int, bool>& draw) {
                        const F value = std::ldexp(std::get<0>(draw), std::get<1>(draw));
                        return std::get<2>(draw) ? -value : value;
                      });
}

/// x moved by a few units in the last place.
template <class F>
F nudged(F x, int steps) {
  const F towards = steps < 0 ? -std::numeric_limits<F>::infinity() : std::numeric_limits<F>::infinity();
  for (int i = 0; i < std::abs(steps); ++i) x = std::nextafter(x, towards);
  return x;
}

/// Values where something changes: edges of regimes and of the arithmetic.
template <class F>
rc::Gen<F> special() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::element<F>(F(0), F(1), F(-1), F(2), F(4), F(0.25), F(0.5), F(-0.5), F(3), F(0.0625)),
                     rc::gen::inRange(-3, 4)),
      [](const std::tuple<F, int>& draw) { return nudged(std::get<0>(draw), std::get<1>(draw)); });
}

template <class F>
rc::Gen<F> any_momentum() {
  return rc::gen::oneOf(uniform<F>(-1, 1), special<F>(), with_exponent<F>(-100, 4),
                        with_exponent<F>(-(std::is_same_v<F, double> ? 440 : 140), 0));
}

/// A cell whose h is next to (1 +- sqrt(beta))^2, the curve where the eigenvalues meet.
template <class F>
rc::Gen<Cell<F>> near_critical() {
  return rc::gen::map(rc::gen::tuple(uniform<F>(0, 1), uniform<F>(0.01, 8), rc::gen::inRange(-4, 5),
                                     rc::gen::arbitrary<bool>(), rc::gen::inRange(0, 60)),
                      [](const std::tuple<F, F, int, bool, int>& draw) {
                        const auto [momentum, lambda, steps, plus, shift] = draw;
                        const F beta = std::ldexp(momentum, -shift);
                        const double root = std::sqrt(static_cast<double>(beta));
                        const double edge = plus ? 1 + root : 1 - root;
                        const double h = edge * edge;
                        return Cell<F>{nudged(static_cast<F>(h / static_cast<double>(lambda)), steps), beta, lambda};
                      });
}

/// A cell whose h is next to a boundary of stability: 0 or 2 + 2 beta.
template <class F>
rc::Gen<Cell<F>> near_boundary() {
  return rc::gen::map(
      rc::gen::tuple(any_momentum<F>(), uniform<F>(0.01, 8), rc::gen::inRange(-4, 5), rc::gen::arbitrary<bool>()),
      [](const std::tuple<F, F, int, bool>& draw) {
        const auto [beta, lambda, steps, upper] = draw;
        const double h = upper ? 2 + 2 * static_cast<double>(beta) : 0;
        return Cell<F>{nudged(static_cast<F>(h / static_cast<double>(lambda)), steps), beta, lambda};
      });
}

/// Everything that heavy ball promises to round correctly, the hard places over-represented.
template <class F>
rc::Gen<Cell<F>> any_cell(int exponents) {
  const auto cell = [](const std::tuple<F, F, F>& draw) {
    const auto [alpha, beta, lambda] = draw;
    return Cell<F>{alpha, beta, lambda};
  };
  const auto wide = with_exponent<F>(-exponents, exponents);
  return rc::gen::oneOf(rc::gen::map(rc::gen::tuple(uniform<F>(0, 4), uniform<F>(0, 1), uniform<F>(0, 2)), cell),
                        rc::gen::map(rc::gen::tuple(uniform<F>(-1, 8), any_momentum<F>(), uniform<F>(-1, 8)), cell),
                        rc::gen::map(rc::gen::tuple(special<F>(), special<F>(), special<F>()), cell),
                        rc::gen::map(rc::gen::tuple(wide, rc::gen::oneOf(any_momentum<F>(), wide), wide), cell),
                        near_critical<F>(), near_boundary<F>());
}

/// A cell outside the core where beta and h cancel to the last bits: 1 + beta - h is 1, or next to it, or large.
rc::Gen<Cell<double>> cancelling();

// Cells whose exact product alpha*lambda is as close to a wanted number as factorisations m^2 - d^2 come: within about
// 2^-90 of it, far closer than the rounding of a product.

/// Wanted: the product on the critical curve, (1 +- sqrt(beta))^2.
std::vector<Cell<double>> near_critical_products(int count, std::uint64_t seed);

/// Wanted: the product whose rate lies halfway between two values of F.
template <class F>
std::vector<Cell<double>> near_rounding_ties(int count, std::uint64_t seed);

}  // namespace ravine
