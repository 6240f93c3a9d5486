/// \file
/// Powers of the step matrix of heavy ball on one mode (docs/formulas.md M13-M20, N6; docs/decisions/0006).
///
///   R = [[beta, h], [-beta, 1 - h]] in the scaled state (alpha y, x), h = alpha lambda
///     = (T/2) I + N,  N = [[-w, h], [-beta, w]],  w = (1 - beta - h)/2,  N^2 = D I,  D = T^2/4 - beta.
///
/// So every power is R^k = A_k I + B_k N, where A_k + B_k sqrt(D) is sigma^k: real, complex and double eigenvalues
/// alike, without a division or a case. B_k = s_k, the Lucas sequence; from rest x_k/x_0 = e_k = A_k + w B_k.
///
/// Any finite alpha, beta, lambda; 0 <= k <= 2^40. Before it is rounded to a double an entry is off by at most (k + 4)
/// 2^-102 of the largest one, whatever the discriminant: not proved, but tested against powers in 4000 bits.
#pragma once

#include <cstdint>

#include "ravine/model/heavy_ball_settle.hpp"
#include "ravine/model/scaled.hpp"

namespace ravine::model {

/// One step: what its powers are made of.
struct StepMatrix {
  Scaled h;
  Scaled beta;
  Scaled half_trace;            ///< T/2
  Scaled quarter_discriminant;  ///< D = T^2/4 - beta = w^2 - beta h
  Scaled half_difference;       ///< w
};

/// n + m - h for n = 1 or 2 and a multiple m of beta, with a small relative error, so with its exact sign: whichever
/// sum comes first is exact where the second one cancels.
RAVINE_MODEL Scaled sum_less_h(Scaled n, Scaled m, Scaled h) {
  return m.exponent < -200 ? (n - h) + m : (n + m) - h;
}

/// D. Near the critical curve it is what is left of terms 2^100 times as large, and an error of it counts k^2 times: so
/// it is summed exactly. Where products leave the range of doubles its two terms can't cancel, in one of its two forms.
RAVINE_MODEL Scaled quarter_discriminant_of(Cell<double> cell, Scaled half_trace, Scaled half_difference) {
  if (in_core(cell, cell.alpha * cell.lambda)) return shifted(scaled(accurate_discriminant(mode_of(cell))), -2);
  const Scaled beta = scaled(cell.beta);
  if (extreme_of(cell.alpha, cell.beta, cell.lambda) == Extreme::large) return half_trace * half_trace - beta;
  return half_difference * half_difference - beta * (scaled(cell.alpha) * scaled(cell.lambda));
}

RAVINE_MODEL StepMatrix step_matrix(Cell<double> cell) {
  const Scaled one = scaled(1.0);
  const Scaled h = scaled(cell.alpha) * scaled(cell.lambda);
  const Scaled beta = scaled(cell.beta);
  const Scaled half_trace = shifted(sum_less_h(one, beta, h), -1);
  const Scaled half_difference = shifted(sum_less_h(one, -beta, h), -1);
  return {h, beta, half_trace, quarter_discriminant_of(cell, half_trace, half_difference), half_difference};
}

/// R^k = a I + b N.
struct StepPower {
  Scaled a;
  Scaled b;  ///< s_k
};

RAVINE_MODEL StepPower no_step() {
  return {scaled(1.0), scaled(0.0)};
}
RAVINE_MODEL StepPower one_step(const StepMatrix& step) {
  return {step.half_trace, scaled(1.0)};
}

/// R^(j + k) from R^j and R^k.
RAVINE_MODEL StepPower compose(const StepMatrix& step, StepPower first, StepPower then) {
  return {first.a * then.a + step.quarter_discriminant * (first.b * then.b), first.a * then.b + first.b * then.a};
}

/// The largest power of two that is at most k; 1 for k = 0.
RAVINE_MODEL std::int64_t highest_bit(std::int64_t k) {
  std::int64_t bit = 1;
  while (bit <= k / 2) bit *= 2;
  return bit;
}

/// The k-th power of `one` under compose, by squaring. Power is whatever has an identity and an associative compose.
template <class Step, class Power>
RAVINE_MODEL Power power_of(const Step& step, Power identity, Power one, std::int64_t k) {
  Power result = identity;
  for (std::int64_t bit = highest_bit(k); bit != 0; bit /= 2) {
    result = compose(step, result, result);
    if ((k & bit) != 0) result = compose(step, result, one);
  }
  return result;
}

/// R^k by its eigenvalues: sigma^k in the ring of numbers a + b sqrt(D).
RAVINE_MODEL StepPower step_power(const StepMatrix& step, std::int64_t k) {
  return power_of(step, no_step(), one_step(step), k);
}

/// R^k in the scaled state (alpha y, x). The names are row, then column: yx is what x adds to alpha y.
struct ScaledEntries {
  Scaled yy;
  Scaled yx;  ///< h s_k
  Scaled xy;  ///< -beta s_k
  Scaled xx;  ///< e_k = x_k/x_0 from rest
};
RAVINE_MODEL ScaledEntries scaled_entries(const StepMatrix& step, StepPower power) {
  const Scaled difference = step.half_difference * power.b;
  return {power.a - difference, step.h * power.b, -(step.beta * power.b), power.a + difference};
}

/// A 2x2 matrix in doubles; its names are those of ScaledEntries.
struct Entries {
  double yy;
  double yx;
  double xy;
  double xx;
};

/// R^k in the state (y, x): [[yy, lambda s_k], [-alpha beta s_k, e_k]].
RAVINE_MODEL Entries step_power_entries(Cell<double> cell, std::int64_t k) {
  const StepMatrix step = step_matrix(cell);
  const StepPower power = step_power(step, k);
  const ScaledEntries entries = scaled_entries(step, power);
  return {to_double(entries.yy), to_double(scaled(cell.lambda) * power.b), to_double(scaled(cell.alpha) * entries.xy),
          to_double(entries.xx)};
}

/// R^k in the scaled state (alpha y, x).
RAVINE_MODEL Entries scaled_step_power_entries(Cell<double> cell, std::int64_t k) {
  const StepMatrix step = step_matrix(cell);
  const ScaledEntries entries = scaled_entries(step, step_power(step, k));
  return {to_double(entries.yy), to_double(entries.yx), to_double(entries.xy), to_double(entries.xx)};
}

/// The same power without the discriminant: s_k and e_k by doubling (docs/formulas.md M19). Near the critical curve its
/// error grows with k^2, so it is what step_power is checked with, not what is used.
struct StepSequence {
  Scaled s;
  Scaled e;
};
RAVINE_MODEL StepSequence step_sequence(const StepMatrix& step, std::int64_t k) {
  const Scaled c = shifted(-step.half_difference, 1);  // beta - 1 + h
  const Scaled beta_h = step.beta * step.h;
  StepSequence at = {scaled(0.0), scaled(1.0)};
  for (std::int64_t bit = highest_bit(k); bit != 0; bit /= 2) {
    at = {at.s * (shifted(at.e, 1) + c * at.s), at.e * at.e - beta_h * (at.s * at.s)};
    if ((k & bit) != 0) {
      at.s = at.e + step.beta * at.s;
      at.e = at.e - step.h * at.s;
    }
  }
  return at;
}

}  // namespace ravine::model
