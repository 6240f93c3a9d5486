/// \file
/// Heavy ball in pair arithmetic: branch-free, and honest about when it is certain. See heavy_ball.hpp.
///
/// Error bounds, with u the unit roundoff and m the magnitude named at each place (docs/decisions/0002):
/// T has relative error 3 u^2, the discriminant 14 u^2 m, the gap's 17 u^2 m; the margins below are at least
/// twice what follows from them.
#pragma once

#include "ravine/model/arithmetic.hpp"
#include "ravine/model/regime.hpp"

namespace ravine::model {

/// The parameters of one mode. For gradient descent beta = 0.
template <class F>
struct Cell {
  F alpha;
  F beta;
  F lambda;
};

/// A value and whether it is proved to be the right one.
template <class F>
struct Attempt {
  F value;
  bool certain;
};

/// Where pair arithmetic is proved, and its margins.
template <class F>
struct Margins;
template <>
struct Margins<double> {
  static constexpr double tie = 0x1p-49;          ///< |discriminant| clear of zero, relative to its magnitude
  static constexpr double rounding = 0x1p-99;     ///< 128 u^2: clear of a rounding boundary
  static constexpr double least_h = 0x1p-300;     ///< the product's low part does not underflow
  static constexpr double largest = 0x1p+300;     ///< nothing overflows
  static constexpr double least_beta = 0x1p-450;  ///< exact products of it do not underflow
  static constexpr double least_square = 0x1p-500;
};
template <>
struct Margins<float> {
  static constexpr float tie = 0x1p-20F;
  static constexpr float rounding = 0x1p-41F;
  static constexpr float least_h = 0x1p-60F;
  static constexpr float largest = 0x1p+50F;
  static constexpr float least_beta = 0;
  static constexpr float least_square = 0x1p-70F;
};

/// Whether h and beta lie where the proofs hold.
template <class F>
RAVINE_MODEL bool in_core(Cell<F> cell, F h) {
  using M = Margins<F>;
  const bool h_is_zero = either(cell.alpha == 0, cell.lambda == 0);
  const bool h_fits = both(abs(h) <= M::largest, either(abs(h) >= M::least_h, h_is_zero));
  const bool beta_fits = both(abs(cell.beta) <= M::largest, either(abs(cell.beta) >= M::least_beta, cell.beta == 0));
  return both(h_fits, beta_fits);
}

/// T = 1 + beta - h.
template <class F>
RAVINE_MODEL Pair<F> trace_of(F beta, Pair<F> h) {
  return add(two_sum(F(1), beta), -h);
}

/// N = 2 + 2 beta - h = (1 + sigma1)(1 + sigma2): the upper edge of stability is N = 0.
template <class F>
RAVINE_MODEL Pair<F> upper_margin_of(F beta, Pair<F> h) {
  const Pair<F> s = two_sum(F(1), beta);
  return add(Pair<F>{2 * s.hi, 2 * s.lo}, -h);
}

/// x^2 - 4 y as a pair.
template <class F>
RAVINE_MODEL Pair<F> discriminant_of(Pair<F> x, Pair<F> y) {
  const Pair<F> q = two_product(x.hi, x.hi);
  const Pair<F> d = two_sum(q.hi, -4 * y.hi);
  return fast_two_sum(d.hi, d.lo + (fma(2 * x.hi, x.lo, q.lo) - 4 * y.lo));
}

/// Whether hi + lo, known to within `error`, surely rounds to hi.
template <class F>
RAVINE_MODEL bool rounds_surely(Pair<F> x, F error) {
  return both(x.hi + (x.lo + error) == x.hi, x.hi + (x.lo - error) == x.hi);
}

/// A square root as root + correction, and 0.5/root.
template <class F>
struct Root {
  F root;
  F correction;
  F half_inverse;
};
template <class F>
RAVINE_MODEL Root<F> sqrt(Pair<F> x) {
  const F root = sqrt(x.hi);
  const F half_inverse = F(0.5) / root;
  // One Newton step on the exact residual: relative error below 6 u^2 beyond what that of x gives.
  return {root, root > 0 ? (fma(-root, root, x.hi) + x.lo) * half_inverse : F(0), half_inverse};
}

/// |x| + the root.
template <class F>
RAVINE_MODEL Pair<F> add_magnitude(Pair<F> x, Root<F> root) {
  const Pair<F> sum = two_sum(abs(x.hi), root.root);
  return fast_two_sum(sum.hi, sum.lo + (root.correction + (x.hi < 0 ? -x.lo : x.lo)));
}

/// rate = sqrt(beta) where the discriminant is negative, else (|T| + sqrt(Delta))/2 (docs/formulas.md M21).
template <class F>
RAVINE_MODEL Attempt<F> attempt_rate(Cell<F> cell) {
  using M = Margins<F>;
  const Pair<F> h = two_product(cell.alpha, cell.lambda);
  const Pair<F> trace = trace_of(cell.beta, h);
  const Pair<F> discriminant = discriminant_of(trace, Pair<F>{cell.beta, F(0)});
  const F size = trace.hi * trace.hi + 4 * abs(cell.beta);
  const bool is_complex = discriminant.hi < 0;

  // One square root serves both branches.
  const Root<F> root = sqrt(select(is_complex, {cell.beta, F(0)}, discriminant));
  const Pair<F> twice = add_magnitude(trace, root);
  const bool rounded = either(is_complex, rounds_surely(twice, M::rounding * (size * root.half_inverse)));
  const bool clear = both(abs(discriminant.hi) > M::tie * size, size >= M::least_square);
  return {is_complex ? root.root : F(0.5) * twice.hi, both(in_core(cell, h.hi), both(clear, rounded))};
}

/// 1 - |sigma| solves g^2 - S g + P = 0: S = 1 - beta + h, P = h for T >= 0 and S = 3 + beta - h, P = N for T < 0
/// (docs/formulas.md N4). S and P do not cancel where the rate is close to 1.
template <class F>
struct GapEquation {
  Pair<F> s;
  Pair<F> p;
};
template <class F>
RAVINE_MODEL GapEquation<F> gap_equation(F beta, Pair<F> h, Pair<F> trace) {
  const Pair<F> p = select(trace.hi < 0, upper_margin_of(beta, h), h);
  return {add(two_sum(F(1), -beta), p), p};
}

/// A pair and a bound of its error.
template <class F>
struct Bounded {
  Pair<F> value;
  F error;
};

/// numerator / denominator with relative error below 24 u^2 beyond theirs.
template <class F>
RAVINE_MODEL Pair<F> divide(Pair<F> numerator, Pair<F> denominator, F inverse) {
  const F quotient = numerator.hi * inverse;
  const F rest = fma(-quotient, denominator.hi, numerator.hi) + (numerator.lo - quotient * denominator.lo);
  return fast_two_sum(quotient, rest * inverse);
}

/// The gap from S, P and the discriminant S^2 - 4P: (1 - beta)/(1 + sqrt(beta)) where it is negative, else
/// 2P/(S + sqrt) for S > 0, else (S - sqrt)/2: no cancellation anywhere.
template <class F>
RAVINE_MODEL Bounded<F> gap_estimate(F beta, GapEquation<F> g, Pair<F> discriminant) {
  const bool is_complex = discriminant.hi < 0;
  const Root<F> root = sqrt(select(is_complex, {beta, F(0)}, discriminant));
  const Pair<F> denominator = add_magnitude(select(is_complex, {F(1), F(0)}, g.s), root);
  const Pair<F> c = two_sum(F(1), -beta);
  const Pair<F> numerator = select(is_complex, c, {2 * g.p.hi, 2 * g.p.lo});
  const F inverse = F(1) / denominator.hi;
  const Pair<F> quotient = divide(numerator, denominator, inverse);

  const F size = abs(g.p.hi) + abs(g.s.hi);
  const F absolute = is_complex ? F(0) : (abs(g.s.hi) * size + 4 * abs(g.p.hi)) * root.half_inverse + size;
  const F unit = Margins<F>::rounding;
  const bool is_sum = both(!is_complex, !(g.s.hi > 0));
  const Pair<F> half_sum = {F(-0.5) * denominator.hi, F(-0.5) * denominator.lo};
  return {select(is_sum, half_sum, quotient), unit * (is_sum ? absolute : abs(quotient.hi) * (1 + absolute * inverse))};
}

/// gap = 1 - rate.
template <class F>
RAVINE_MODEL Attempt<F> attempt_gap(Cell<F> cell) {
  using M = Margins<F>;
  const Pair<F> h = two_product(cell.alpha, cell.lambda);
  const GapEquation<F> g = gap_equation(cell.beta, h, trace_of(cell.beta, h));
  const Pair<F> discriminant = discriminant_of(g.s, g.p);
  const F size = abs(g.s.hi) * (abs(g.s.hi) + abs(g.p.hi)) + 4 * abs(g.p.hi);
  const Bounded<F> estimate = gap_estimate(cell.beta, g, discriminant);
  const bool clear = both(abs(discriminant.hi) > M::tie * size, size >= M::least_square);
  const bool rounded = rounds_surely(estimate.value, estimate.error);
  // + 0 turns a negative zero (alpha = 0 with lambda < 0) into zero.
  return {estimate.value.hi + F(0), both(in_core(cell, h.hi), both(clear, rounded))};
}

/// The regime's identifier as an F, so that the loops over it vectorise. Only signs are needed, and those of h, T and
/// N are exact: their pairs have small relative errors.
template <class F>
RAVINE_MODEL F regime_code(F beta, Pair<F> h, Pair<F> trace, F discriminant) {
  const F upper = upper_margin_of(beta, h).hi;
  const bool outside = either(abs(beta) > 1, either(h.hi < 0, upper < 0));
  const bool on_edge = either(abs(beta) == 1, either(h.hi == 0, upper == 0));
  F code = trace.hi > 0 ? F(1) : F(4);                  // monotone, oscillation
  code = beta < 0 ? F(5) : code;                        // mixed_sign
  code = discriminant < 0 ? F(2) : code;                // ripples
  code = both(beta == 0, trace.hi == 0) ? F(3) : code;  // one_step
  code = on_edge ? F(6) : code;                         // marginal
  return outside ? F(7) : code;                         // divergent
}

template <class F>
RAVINE_MODEL Attempt<F> attempt_regime(Cell<F> cell) {
  using M = Margins<F>;
  const Pair<F> h = two_product(cell.alpha, cell.lambda);
  const Pair<F> trace = trace_of(cell.beta, h);
  const F discriminant = discriminant_of(trace, Pair<F>{cell.beta, F(0)}).hi;
  const F size = trace.hi * trace.hi + 4 * abs(cell.beta);
  const bool clear = both(abs(discriminant) > M::tie * size, size >= M::least_square);
  return {regime_code(cell.beta, h, trace, discriminant), both(in_core(cell, h.hi), clear)};
}

}  // namespace ravine::model
