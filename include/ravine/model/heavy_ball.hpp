/// \file
/// Heavy ball on one mode: convergence rate, gap, regime and eigenvalues of the step matrix (docs/formulas.md M13,
/// M21-M24, N).
///
///   sigma^2 - T sigma + D = 0,  T = 1 + beta - h,  D = beta,  h = alpha lambda;  any real alpha, beta, lambda.
///
/// **What is promised.** With h, beta the exact numbers that the given alpha, beta, lambda stand for:
///  - rate = max|sigma| and gap = 1 - rate are the correctly rounded true values (0.5 ulp, ties to even);
///  - the regime is exact;
///  - eigenvalues: the larger real one is correctly rounded, every other part within 2 ulp.
/// In double precision this holds for h = 0 or 2^-300 <= |h| <= 2^300 together with beta = 0 or
/// 2^-450 <= |beta| <= 2^300 ("core"); beyond, rate and gap are within 1 ulp (gap: or 2^-1074) and the regime stays
/// exact. In single precision it holds wherever the rate is below 2^120. Results that exceed the range are infinite;
/// no result is NaN, nor is any a negative zero. Inputs must be finite.
///
/// **How.** `attempt_*` evaluates in pair arithmetic, without branches, and says whether it is certain: the
/// discriminant lies clear of zero and the pair clear of a rounding boundary, by proved margins. `settle_*` decides the
/// few cells that are not by exact sums. `rate`, `gap`, `regime`, `roots` combine the two.
/// Because the results are correctly rounded they depend on no detail of either: a faster way gives the same bits.
/// docs/decisions/0002-correct-rounding.md has the error analysis.
#pragma once

#include "ravine/model/arithmetic.hpp"
#include "ravine/model/heavy_ball_attempt.hpp"
#include "ravine/model/heavy_ball_settle.hpp"
#include "ravine/model/regime.hpp"

namespace ravine::model {

/// max|sigma|. F is double or float.
template <class F>
RAVINE_MODEL F rate(Cell<F> cell) {
  const Attempt<F> attempt = attempt_rate(cell);
  return attempt.certain ? attempt.value : settle_rate(cell);
}

/// 1 - max|sigma|, accurate where the rate is close to 1; positive where the mode converges.
template <class F>
RAVINE_MODEL F gap(Cell<F> cell) {
  const Attempt<F> attempt = attempt_gap(cell);
  return attempt.certain ? attempt.value : settle_gap(cell);
}

/// The regime.
template <class F>
RAVINE_MODEL Regime regime(Cell<F> cell) {
  const Attempt<F> attempt = attempt_regime(cell);
  return attempt.certain ? static_cast<Regime>(static_cast<int>(attempt.value)) : settle_regime(cell);
}

/// Both eigenvalues: sigma1 = (T + sqrt(Delta))/2, sigma2 = (T - sqrt(Delta))/2; im1 >= 0.
template <class F>
struct Roots {
  F re1;
  F im1;
  F re2;
  F im2;
};

/// The eigenvalues. Real ones never subtract: the smaller is beta over the larger (docs/formulas.md N5).
template <class F>
RAVINE_MODEL Roots<F> roots(Cell<F> cell) {
  const Spectrum<F> spectrum = spectrum_of(cell);
  if (spectrum.quarter_discriminant < 0) {
    const F im = sqrt(-spectrum.quarter_discriminant);
    return {spectrum.trace / 2, im, spectrum.trace / 2, -im};
  }
  const F large = rate(cell);
  // Rounding may not make the smaller one larger.
  const F small = large > 0 ? max(-large, min(large, cell.beta / large)) + F(0) : F(0);
  if (spectrum.trace < 0) return {F(0) - small, F(0), -large, F(0)};
  return {large, F(0), small, F(0)};
}

}  // namespace ravine::model
