/// \file
/// Heavy ball decided exactly, for the few cells where pair arithmetic is not certain. See heavy_ball.hpp.
///
/// Everything here is in double precision: the product of two floats is exact in it and nothing of theirs underflows.
/// An estimate names two neighbouring values; which one is nearest is the sign of the characteristic polynomial
/// chi(x) = x^2 - T x + beta at their midpoint (or at 1 - it, for the gap), an exact sum of products.
#pragma once

#include <cstdint>
#include <type_traits>

#include "ravine/model/exact_sum.hpp"
#include "ravine/model/heavy_ball_attempt.hpp"
#include "ravine/model/heavy_ball_extreme.hpp"

namespace ravine::model {

/// One mode as h and beta alone.
struct Mode {
  Pair<double> h;
  double beta;
};

template <class F>
RAVINE_MODEL Mode mode_of(Cell<F> cell) {
  return {two_product(static_cast<double>(cell.alpha), static_cast<double>(cell.lambda)),
          static_cast<double>(cell.beta)};
}

template <class F>
RAVINE_MODEL bool is_extreme(Cell<F> cell) {
  if constexpr (std::is_same_v<F, double>) return !in_core(cell, cell.alpha * cell.lambda);
  return false;
}

/// The products that Delta = (1 + beta - h)^2 - 4 beta = 1 - 2 beta + beta^2 - 2 h - 2 beta h + h^2 is the sum of.
struct DiscriminantTerms {
  double terms[16];
};
RAVINE_MODEL DiscriminantTerms discriminant_terms(Mode mode) {
  const auto [p, q] = mode.h;
  const double b = mode.beta;
  const Pair<double> bb = two_product(b, b);
  const Pair<double> bp = two_product(b, p);
  const Pair<double> bq = two_product(b, q);
  const Pair<double> pp = two_product(p, p);
  const Pair<double> pq = two_product(p, q);
  const Pair<double> qq = two_product(q, q);
  return {{1, -2 * b, -2 * p, -2 * q, bb.hi, bb.lo, -2 * bp.hi, -2 * bp.lo, -2 * bq.hi, -2 * bq.lo, pp.hi, pp.lo,
           2 * pq.hi, 2 * pq.lo, qq.hi, qq.lo}};
}

/// Delta with its exact sign, and with relative error below 2^-70.
RAVINE_MODEL Pair<double> exact_discriminant(Mode mode) {
  DiscriminantTerms delta = discriminant_terms(mode);
  return exact_sum(delta.terms);
}

/// Delta with relative error below 2^-120.
RAVINE_MODEL Pair<double> accurate_discriminant(Mode mode) {
  DiscriminantTerms delta = discriminant_terms(mode);
  return accurate_sum(delta.terms);
}

/// x = first + second + third, exactly.
struct Triple {
  double first;
  double second;
  double third;
};
RAVINE_MODEL Triple operator-(Triple x) {
  return {-x.first, -x.second, -x.third};
}

/// The sign of chi(x) = x^2 - (1 + beta - h) x + beta.
RAVINE_MODEL double characteristic_sign(Triple x, Mode mode) {
  const double b = mode.beta;
  const double parts[] = {x.first, x.second, x.third};
  double terms[34];
  int n = 0;
#if defined(__CUDA_ARCH__)
#pragma unroll
#endif
  for (int i = 0; i < 3; ++i) {
    const Pair<double> square = two_product(parts[i], parts[i]);
    const Pair<double> cross = two_product(2 * parts[i], parts[(i + 1) % 3]);
    const Pair<double> with_b = two_product(-b, parts[i]);
    const Pair<double> with_h = two_product(mode.h.hi, parts[i]);
    const Pair<double> with_h_lo = two_product(mode.h.lo, parts[i]);
    terms[n++] = square.hi;
    terms[n++] = square.lo;
    terms[n++] = cross.hi;
    terms[n++] = cross.lo;
    terms[n++] = -parts[i];
    terms[n++] = with_b.hi;
    terms[n++] = with_b.lo;
    terms[n++] = with_h.hi;
    terms[n++] = with_h.lo;
    terms[n++] = with_h_lo.hi;
    terms[n++] = with_h_lo.lo;
  }
  terms[n] = b;
  return exact_sum(terms).hi;
}

/// The sign of |T| - 2x.
RAVINE_MODEL double half_trace_sign(Triple x, Mode mode, double trace_sign) {
  double terms[] = {trace_sign,
                    trace_sign * mode.beta,
                    -trace_sign * mode.h.hi,
                    -trace_sign * mode.h.lo,
                    -2 * x.first,
                    -2 * x.second,
                    -2 * x.third};
  return exact_sum(terms).hi;
}

/// The sign of rate - x where the eigenvalues are real: the rate is the larger root of chi(x) (of chi(-x) for T < 0).
RAVINE_MODEL double real_rate_sign(Triple x, Mode mode, double trace_sign) {
  if (half_trace_sign(x, mode, trace_sign) > 0) return 1;
  return -characteristic_sign(trace_sign < 0 ? -x : x, mode);
}

/// The sign of sqrt(beta) - x, for beta >= 0.
RAVINE_MODEL double complex_rate_sign(Triple x, double beta) {
  double parts[] = {x.first, x.second, x.third};
  if (exact_sum(parts).hi < 0) return 1;
  const Pair<double> s1 = two_product(x.first, x.first);
  const Pair<double> s2 = two_product(x.second, x.second);
  const Pair<double> s3 = two_product(x.third, x.third);
  const Pair<double> c12 = two_product(2 * x.first, x.second);
  const Pair<double> c23 = two_product(2 * x.second, x.third);
  const Pair<double> c13 = two_product(2 * x.first, x.third);
  double terms[] = {beta,    -s1.hi,  -s1.lo,  -s2.hi,  -s2.lo,  -s3.hi, -s3.lo,
                    -c12.hi, -c12.lo, -c23.hi, -c23.lo, -c13.hi, -c13.lo};
  return exact_sum(terms).hi;
}

enum class Direction { down, up };

/// The next value of F from x; x is finite and, going up, below the largest.
RAVINE_MODEL double neighbour(double x, Direction direction) {
  const bool grows = (direction == Direction::up) == (x > 0);
  if (x == 0) return direction == Direction::up ? 0x1p-1074 : -0x1p-1074;
  const auto bits = __builtin_bit_cast(std::uint64_t, x);
  return __builtin_bit_cast(double, grows ? bits + 1 : bits - 1);
}
RAVINE_MODEL float neighbour(float x, Direction direction) {
  const bool grows = (direction == Direction::up) == (x > 0);
  if (x == 0) return direction == Direction::up ? 0x1p-149F : -0x1p-149F;
  const auto bits = __builtin_bit_cast(std::uint32_t, x);
  return __builtin_bit_cast(float, grows ? bits + 1 : bits - 1);
}

/// The two values of F about an estimate, and the midpoint that decides between them.
template <class F>
struct Candidates {
  F near;
  F other;
  Pair<double> midpoint;
  bool decided;  ///< the estimate is `near` itself, or too large to have a neighbour
};
template <class F>
RAVINE_MODEL Candidates<F> candidates_about(Pair<double> estimate) {
  const F near = static_cast<F>(estimate.hi);
  if (abs(estimate.hi) > 4 * Margins<double>::largest || (std::is_same_v<F, float> && abs(estimate.hi) > 0x1p120)) {
    return {near, near, {0, 0}, true};
  }
  const double rest = (estimate.hi - static_cast<double>(near)) + estimate.lo;
  if (rest == 0) return {near, near, {0, 0}, true};
  const F other = neighbour(near, rest > 0 ? Direction::up : Direction::down);
  return {
      near, other, {static_cast<double>(near), (static_cast<double>(other) - static_cast<double>(near)) / 2}, false};
}
/// The nearest, given the sign of (true value - midpoint); a tie goes to the even one, as every rounding does.
template <class F>
RAVINE_MODEL F nearest(Candidates<F> c, double sign) {
  if (sign == 0) return static_cast<F>(c.midpoint.hi + c.midpoint.lo);
  return (sign > 0) == (c.other > c.near) ? c.other : c.near;
}

template <class F>
RAVINE_MODEL F settle_rate(Cell<F> cell) {
  if (is_extreme(cell)) return static_cast<F>(extreme_rate(cell.alpha, cell.beta, cell.lambda));
  const Mode mode = mode_of(cell);
  const Pair<double> discriminant = exact_discriminant(mode);
  if (discriminant.hi < 0) return sqrt(cell.beta);
  const Pair<double> trace = trace_of(mode.beta, mode.h);
  const Pair<double> twice = add_magnitude(trace, sqrt(discriminant));
  const Candidates<F> c = candidates_about<F>({twice.hi / 2, twice.lo / 2});
  if (c.decided) return c.near;
  return nearest(c, real_rate_sign({c.midpoint.hi, c.midpoint.lo, 0}, mode, trace.hi < 0 ? -1 : 1));
}

/// (+ 0 turns -0, to which a small negative gap of single precision may round, into 0: a zero has one form.)
template <class F>
RAVINE_MODEL F settle_gap(Cell<F> cell) {
  if (is_extreme(cell)) return static_cast<F>(extreme_gap(cell.alpha, cell.beta, cell.lambda)) + F(0);
  const Mode mode = mode_of(cell);
  const Pair<double> discriminant = exact_discriminant(mode);
  const Pair<double> trace = trace_of(mode.beta, mode.h);
  const Bounded<double> estimate = gap_estimate(mode.beta, gap_equation(mode.beta, mode.h, trace), discriminant);
  const Candidates<F> c = candidates_about<F>(estimate.value);
  if (c.decided) return c.near + F(0);
  const Triple rate = {1, -c.midpoint.hi, -c.midpoint.lo};
  const double rate_sign =
      discriminant.hi < 0 ? complex_rate_sign(rate, mode.beta) : real_rate_sign(rate, mode, trace.hi < 0 ? -1 : 1);
  return nearest(c, -rate_sign) + F(0);
}

template <class F>
RAVINE_MODEL Regime settle_regime(Cell<F> cell) {
  Mode mode = mode_of(cell);
  if (is_extreme(cell)) mode.h = comparable_h(cell.alpha, cell.lambda);
  if (abs(mode.beta) > 1) return Regime::divergent;
  const Pair<double> trace = trace_of(mode.beta, mode.h);
  const double code = regime_code(mode.beta, mode.h, trace, exact_discriminant(mode).hi);
  return static_cast<Regime>(static_cast<int>(code));
}

/// Trace and a quarter of the discriminant, both to within 2 ulp: what the eigenvalues are made of.
template <class F>
struct Spectrum {
  F trace;
  F quarter_discriminant;
};
template <class F>
RAVINE_MODEL Spectrum<F> spectrum_of(Cell<F> cell) {
  if (is_extreme(cell)) {
    const ExtremeSpectrum e = extreme_spectrum(cell.alpha, cell.beta, cell.lambda);
    return {static_cast<F>(e.trace), static_cast<F>(e.quarter_discriminant)};
  }
  const Mode mode = mode_of(cell);
  return {static_cast<F>(trace_of(mode.beta, mode.h).hi), static_cast<F>(exact_discriminant(mode).hi / 4)};
}

}  // namespace ravine::model
