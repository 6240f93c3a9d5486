/// \file
/// Heavy ball where h or beta is so small or so large that products of theirs underflow or overflow (double precision
/// outside the core of heavy_ball.hpp). There one term dominates and the formulas are short: rate and gap within 1 ulp
/// (or 2^-1074), the regime exact.
#pragma once

#include "ravine/model/heavy_ball_attempt.hpp"

namespace ravine::model {

/// h = value / (scale * scale2) with value neither under- nor overflowing for |h| < 2^-300.
struct ScaledProduct {
  Pair<double> value;
  double scale1;
  double scale2;
};
RAVINE_MODEL ScaledProduct scaled_product(double alpha, double lambda) {
  const double s1 = abs(alpha) < 1 ? 0x1p600 : 1.0;
  const double s2 = abs(lambda) < 1 ? 0x1p600 : 1.0;
  return {two_product(alpha * s1, lambda * s2), s1, s2};
}

/// Which of the extremes a cell is. h is nonzero but below 2^-300; else h or beta is above 2^300; else beta is nonzero
/// but below 2^-450.
enum class Extreme { small_h, large, small_beta };
RAVINE_MODEL Extreme extreme_of(double alpha, double beta, double lambda) {
  using M = Margins<double>;
  const double h = abs(alpha * lambda);
  if (h < M::least_h && alpha != 0 && lambda != 0) return Extreme::small_h;
  return h > M::largest || abs(beta) > M::largest ? Extreme::large : Extreme::small_beta;
}

/// T where h or beta is large, times 2^-8 so that only a rate that is out of range overflows.
RAVINE_MODEL double scaled_large_trace(double alpha, double beta, double lambda) {
  const double a = abs(alpha) > abs(lambda) ? alpha * 0x1p-8 : alpha;
  const double l = abs(alpha) > abs(lambda) ? lambda : lambda * 0x1p-8;
  const Pair<double> h = two_product(a, l);
  if (abs(h.hi) > 0x1p1023) return -h.hi;
  return add(two_sum(0x1p-8, beta * 0x1p-8), -h).hi;
}

/// beta - h is zero or at least 2^-106 of the larger, so 1 + beta - h is 1 or at least 2^193. In the one case T^2 is
/// nothing beside 4 beta, in the other 4 beta is below 2^-84 of T^2: sqrt(|T^2 - 4 beta|) is 2 sqrt(|beta|) or |T|.
RAVINE_MODEL bool is_negligible(double scaled_trace) {
  return abs(scaled_trace) <= 0x1p-8;
}

RAVINE_MODEL double extreme_rate(double alpha, double beta, double lambda) {
  switch (extreme_of(alpha, beta, lambda)) {
    case Extreme::small_h:
      return max(1.0, abs(beta));
    case Extreme::large: {
      const double trace = scaled_large_trace(alpha, beta, lambda);
      return is_negligible(trace) ? sqrt(abs(beta)) : abs(trace) * 0x1p8;
    }
    default: {
      const double trace = add(Pair<double>{1, 0}, -two_product(alpha, lambda)).hi;
      return trace == 0 ? sqrt(abs(beta)) : abs(trace);
    }
  }
}

/// The gap for a product below 2^-300: linear in h but for beta = 1, where it goes with the square root.
RAVINE_MODEL double small_h_gap(double alpha, double beta, double lambda) {
  if (abs(beta) > 1) return 1 - abs(beta);
  const ScaledProduct h = scaled_product(alpha, lambda);
  if (beta == 1) {
    if (h.value.hi > 0) return 0;
    const double root1 = h.scale1 == 1 ? 1.0 : 0x1p300;
    const double root2 = h.scale2 == 1 ? 1.0 : 0x1p300;
    return -(sqrt(-h.value.hi) / root1) / root2;
  }
  const Pair<double> c = two_sum(1.0, -beta);
  const double scaled = beta == -1 ? abs(h.value.hi) * -0.5 : divide(h.value, c, 1 / c.hi).hi;
  return (scaled / h.scale1) / h.scale2;
}

RAVINE_MODEL double extreme_gap(double alpha, double beta, double lambda) {
  switch (extreme_of(alpha, beta, lambda)) {
    case Extreme::small_h:
      return small_h_gap(alpha, beta, lambda);
    case Extreme::large:
      return -extreme_rate(alpha, beta, lambda);
    default: {
      const Pair<double> h = two_product(alpha, lambda);
      return add(Pair<double>{1, 0}, -h).hi < 0 ? upper_margin_of(beta, h).hi : h.hi;
    }
  }
}

/// h, or where its size is outside [2^-300, 2^300] that nearer end with h's sign: as small or as large as matters to
/// the regime for |beta| <= 1.
RAVINE_MODEL Pair<double> comparable_h(double alpha, double lambda) {
  using M = Margins<double>;
  const double size = abs(alpha * lambda);
  if (alpha == 0 || lambda == 0) return {0, 0};
  if (size >= M::least_h && size <= M::largest) return two_product(alpha, lambda);
  const double end = size < M::least_h ? M::least_h : M::largest;
  return {(alpha < 0) == (lambda < 0) ? end : -end, 0};
}

struct ExtremeSpectrum {
  double trace;
  double quarter_discriminant;
};
RAVINE_MODEL ExtremeSpectrum extreme_spectrum(double alpha, double beta, double lambda) {
  switch (extreme_of(alpha, beta, lambda)) {
    case Extreme::small_h: {
      const double half = (1 - beta) / 2;
      return {1 + beta, beta == 1 ? -(alpha * lambda) : half * half};
    }
    case Extreme::large: {
      const double trace = scaled_large_trace(alpha, beta, lambda);
      return {trace * 0x1p8, is_negligible(trace) ? -beta : 1.0};
    }
    default: {
      const double trace = add(Pair<double>{1, 0}, -two_product(alpha, lambda)).hi;
      return {trace, trace == 0 ? -beta : trace * trace / 4};
    }
  }
}

}  // namespace ravine::model
