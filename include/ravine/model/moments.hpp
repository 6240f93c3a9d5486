/// \file
/// Mean, covariance and expected loss of heavy ball on one mode under additive gradient noise, exactly as after k steps
/// and as they settle (docs/formulas.md M58-M62).
///
///   y <- beta y + lambda x + eps,  x <- x - alpha y,  eps independent with mean 0 and variance v; loss = lambda x^2/2.
///
/// The covariance is alpha^2 v Q_k in the scaled state (alpha y, x), where Q_k depends on h and beta alone:
/// Q_{j+k} = Q_k + R^k Q_j (R^k)^T by doubling. Nothing divides, so unstable and marginal modes have their moments too.
///
/// Any finite inputs, v >= 0, 0 <= k <= 2^40. A moment that is too large for a double is infinite, one that is too
/// small is zero. Before rounding, a variance is off by at most (k + 4) 2^-99 of itself where |beta| <= 1 (tested
/// against the recurrence in 4000 bits, not proved), and by up to 2^20 times as much where |beta| <= 4.
#pragma once

#include <cstdint>

#include "ravine/model/heavy_ball.hpp"
#include "ravine/model/step_power.hpp"

namespace ravine::model {

/// A symmetric 2x2 matrix over the state.
struct Symmetric {
  Scaled yy;
  Scaled xy;
  Scaled xx;
};

RAVINE_MODEL Symmetric operator+(const Symmetric& p, const Symmetric& q) {
  return {p.yy + q.yy, p.xy + q.xy, p.xx + q.xx};
}

/// M P M^T.
RAVINE_MODEL Symmetric congruent(const ScaledEntries& m, const Symmetric& p) {
  const Scaled yy = m.yy * p.yy + m.yx * p.xy;
  const Scaled yx = m.yy * p.xy + m.yx * p.xx;
  const Scaled xy = m.xy * p.yy + m.xx * p.xy;
  const Scaled xx = m.xy * p.xy + m.xx * p.xx;
  return {yy * m.yy + yx * m.yx, xy * m.yy + xx * m.yx, xy * m.xy + xx * m.xx};
}

/// 2 + 2 beta - h.
RAVINE_MODEL Scaled upper_margin(Scaled beta, Scaled h) {
  return sum_less_h(scaled(2.0), shifted(beta, 1), h);
}

/// A mode as its covariances are computed: in the state (q, x) with q = alpha y, the difference of the last two
/// positions, where T >= 0, and q = alpha y + 2 x, their sum, where T < 0. There, x changes its sign from step to step:
/// by differences the noise would be a small rest of large terms (docs/decisions/0006).
struct NoisyStep {
  StepMatrix step;
  bool alternates;     ///< T < 0
  Scaled margin;       ///< h, or where T < 0 its mirror image 2 + 2 beta - h
  Scaled half_excess;  ///< (1 - beta - margin)/2
};

RAVINE_MODEL NoisyStep noisy_step(Cell<double> cell) {
  const StepMatrix step = step_matrix(cell);
  const Scaled one = scaled(1.0);
  if (!(step.half_trace.value.hi < 0)) return {step, false, step.h, step.half_difference};
  const Scaled upper = upper_margin(step.beta, step.h);
  return {step, true, upper, shifted((one - step.beta) - upper, -1)};
}

/// R^k in the state (q, x).
RAVINE_MODEL ScaledEntries entries_of(const NoisyStep& noisy, StepPower power) {
  const Scaled signed_excess = noisy.alternates ? -noisy.half_excess : noisy.half_excess;
  const Scaled difference = signed_excess * power.b;
  return {power.a - difference, noisy.margin * power.b, -(noisy.step.beta * power.b), power.a + difference};
}

/// What some steps do: to the state, and the covariance of (q, x) that their noise adds, per alpha^2 v.
struct Propagation {
  StepPower power;
  Symmetric noise;
};

RAVINE_MODEL Propagation no_propagation() {
  const Scaled zero = scaled(0.0);
  return {no_step(), {zero, zero, zero}};
}
/// The noise of one step enters (alpha y, x) along (1, -1), so (q, x) along (+-1, -1).
RAVINE_MODEL Propagation one_propagation(const NoisyStep& noisy) {
  const Scaled one = scaled(1.0);
  return {one_step(noisy.step), {one, noisy.alternates ? one : -one, one}};
}

/// First the steps of `first`, then those of `then`. So recorded steps are reached one from another.
RAVINE_MODEL Propagation compose(const NoisyStep& noisy, const Propagation& first, const Propagation& then) {
  return {compose(noisy.step, first.power, then.power),
          then.noise + congruent(entries_of(noisy, then.power), first.noise)};
}

/// k steps.
RAVINE_MODEL Propagation propagation(const NoisyStep& noisy, std::int64_t k) {
  return power_of(noisy, no_propagation(), one_propagation(noisy), k);
}

/// k steps from k/2 of them, rounded down: the last stage of propagation(noisy, k), and so the same bits.
RAVINE_MODEL Propagation propagation_from_half(const NoisyStep& noisy, const Propagation& half, std::int64_t k) {
  const Propagation even = compose(noisy, half, half);
  return k % 2 == 0 ? even : compose(noisy, even, one_propagation(noisy));
}

/// The covariance of (alpha y, x), per alpha^2 v.
RAVINE_MODEL Symmetric noise_covariance(const NoisyStep& noisy, const Propagation& steps) {
  const Symmetric& p = steps.noise;
  if (!noisy.alternates) return p;
  return {(p.yy + shifted(p.xx, 2)) - shifted(p.xy, 2), p.xy - shifted(p.xx, 1), p.xx};
}

/// Where a mode starts and how strong its noise is.
struct NoisyStart {
  double y;
  double x;
  double variance;  ///< v
};

/// Mean and covariance of (y, x), and the expected loss in its two parts: that of the mean, and that of the variance.
struct Moments {
  double mean_x;
  double mean_y;
  double var_x;
  double var_y;
  double cov_xy;
  double loss_deterministic;
  double loss_stochastic;
};

/// The moments after the steps that `steps` stands for.
RAVINE_MODEL Moments moments_after(Cell<double> cell, NoisyStart start, const NoisyStep& noisy,
                                   const Propagation& steps) {
  const Scaled alpha = scaled(cell.alpha);
  const Scaled lambda = scaled(cell.lambda);
  const Scaled x = scaled(start.x);
  const Scaled y = scaled(start.y);
  const ScaledEntries power = scaled_entries(noisy.step, steps.power);
  const Scaled mean_x = power.xy * (alpha * y) + power.xx * x;
  const Scaled mean_y = power.yy * y + (lambda * steps.power.b) * x;
  const Symmetric noise = noise_covariance(noisy, steps);
  const Scaled unit_yy = scaled(start.variance);
  const Scaled unit_xy = alpha * unit_yy;
  const Scaled var_x = (alpha * unit_xy) * noise.xx;
  const Scaled half_lambda = shifted(lambda, -1);
  return {to_double(mean_x),
          to_double(mean_y),
          to_double(var_x),
          to_double(unit_yy * noise.yy),
          to_double(unit_xy * noise.xy),
          to_double(half_lambda * (mean_x * mean_x)),
          to_double(half_lambda * var_x)};
}

/// The moments after k steps.
RAVINE_MODEL Moments moments_after(Cell<double> cell, NoisyStart start, std::int64_t k) {
  const NoisyStep noisy = noisy_step(cell);
  return moments_after(cell, start, noisy, propagation(noisy, k));
}

/// The moments that a mode settles to, whatever its start: where it converges. `exist` is exact; where it is false
/// there are none, and they are NaN.
struct StationaryMoments {
  bool exist;
  double var_x;
  double var_y;
  double cov_xy;
  double loss;
};

RAVINE_MODEL double not_a_number() {
  return __builtin_bit_cast(double, std::uint64_t{0x7ff8000000000000});
}

/// var_x = alpha v (1 + beta)/(lambda Dn), var_y = 2 v/Dn, cov_xy = -alpha v/Dn, Dn = (1 - beta)(2 + 2 beta - h).
RAVINE_MODEL StationaryMoments stationary_moments(Cell<double> cell, double variance) {
  if (!converges(regime(cell))) {
    const double none = not_a_number();
    return {false, none, none, none, none};
  }
  const Scaled one = scaled(1.0);
  const Scaled alpha = scaled(cell.alpha);
  const Scaled lambda = scaled(cell.lambda);
  const Scaled beta = scaled(cell.beta);
  const Scaled upper = upper_margin(beta, alpha * lambda);
  const Scaled unit = scaled(variance) / ((one - beta) * upper);
  const Scaled cov_xy = alpha * unit;
  const Scaled twice_loss = cov_xy * (one + beta);
  return {true, to_double(twice_loss / lambda), to_double(shifted(unit, 1)), to_double(-cov_xy),
          to_double(shifted(twice_loss, -1))};
}

/// Cumulants of a quantity: the first as a double, the others, which over- and underflow earlier, in full.
struct Cumulants {
  double mean;
  Scaled second;  ///< the variance
  Scaled fourth;
};

/// Those of the sum of independent quantities: of the losses of modes, where the noise is independent between them.
RAVINE_MODEL Cumulants operator+(const Cumulants& p, const Cumulants& q) {
  return {p.mean + q.mean, p.second + q.second, p.fourth + q.fourth};
}

/// Those of a Gaussian variable.
RAVINE_MODEL Cumulants gaussian_cumulants(double mean, double variance) {
  return {mean, scaled(variance), scaled(0.0)};
}

/// Those of the loss lambda x^2/2 for Gaussian x with mean m and variance V: with d = m^2, lambda/2 (V + d),
/// (lambda/2)^2 2 V (V + 2 d) and (lambda/2)^4 48 V^3 (V + 4 d). V = 0 is no special case.
RAVINE_MODEL Cumulants loss_cumulants(double lambda, double mean_x, double var_x) {
  const Scaled half_lambda = shifted(scaled(lambda), -1);
  const Scaled spread = half_lambda * scaled(var_x);
  const Scaled offset = half_lambda * (scaled(mean_x) * scaled(mean_x));
  const Scaled second = shifted(spread * (spread + shifted(offset, 1)), 1);
  const Scaled cube = spread * (spread * spread);
  const Scaled fourth = scaled(48.0) * (cube * (spread + shifted(offset, 2)));
  return {to_double(spread + offset), second, fourth};
}

}  // namespace ravine::model
