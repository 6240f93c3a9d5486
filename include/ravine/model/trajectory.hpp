/// \file
/// A trajectory in the eigenbasis, step by step (docs/formulas.md M13, M58). Each eigenvalue moves by itself:
///
///   y <- beta y + lambda x + error,   x <- x - alpha y,
///
/// x = Q^T (w - w*), y = Q^T z. The state is iterated as it stands, one rounding an operation, never through the trace
/// 1 + beta - alpha lambda, which loses digits near the critical curve (N6). F is double or float.
#pragma once

#include <cstdint>

#include "ravine/model/arithmetic.hpp"
#include "ravine/model/heavy_ball_attempt.hpp"

namespace ravine::model {

/// The state of one eigenvalue.
template <class F>
struct State {
  F y;
  F x;
};

/// One step on a gradient, which may have an error in it.
template <class F>
RAVINE_MODEL State<F> step(const Cell<F>& cell, const State<F>& mode, F gradient) {
  const F y = fma(cell.beta, mode.y, gradient);
  return {y, fma(-cell.alpha, y, mode.x)};
}

/// The gradient at a mode; with the error `deviation * normal`. Without deviation the two are the same.
template <class F>
RAVINE_MODEL F gradient(const Cell<F>& cell, const State<F>& mode) {
  return cell.lambda * mode.x;
}
template <class F>
RAVINE_MODEL F noisy_gradient(const Cell<F>& cell, const State<F>& mode, F deviation, F normal) {
  return fma(deviation, normal, cell.lambda * mode.x);
}

/// At every step that is a multiple of this a mode without noise may come to rest.
constexpr std::int64_t rest_every = 16;

/// Whether it may do so at `step`. With noise, however small, it never rests.
template <class F>
RAVINE_MODEL bool may_rest(std::int64_t step, F deviation) {
  return both(step % rest_every == 0, deviation == 0);
}

template <class F>
struct Least;
template <>
struct Least<double> {
  static constexpr double at_motion = 0x1p-500;
};
template <>
struct Least<float> {
  static constexpr float at_motion = 0x1p-60F;
};

/// The mode, or the minimum exactly where x and y are both so small that their squares are next to subnormal:
/// processors take a hundred times as long over subnormal numbers. The loss given up is below lambda 2^-1001, or lambda
/// 2^-121.
template <class F>
RAVINE_MODEL State<F> come_to_rest(const State<F>& mode) {
  const bool rests = both(abs(mode.x) < Least<F>::at_motion, abs(mode.y) < Least<F>::at_motion);
  return {rests ? F(0) : mode.y, rests ? F(0) : mode.x};
}

/// The part of one eigenvalue in the loss f - f* = sum lambda x^2 / 2 (M3). The sum is taken in the spectrum's order.
template <class F>
RAVINE_MODEL F loss_part(F lambda, F x) {
  return F(0.5) * ((lambda * x) * x);
}

template <class F>
struct Range;
template <>
struct Range<double> {
  static constexpr double largest = 0x1.fffffffffffffp+1023;
};
template <>
struct Range<float> {
  static constexpr float largest = 0x1.fffffep+127F;
};

/// Whether a value is neither infinite nor NaN.
template <class F>
RAVINE_MODEL bool is_finite_value(F value) {
  return abs(value) <= Range<F>::largest;
}

/// What is stored of a loss: infinity where it is not finite, whatever the processor made of it.
template <class F>
RAVINE_MODEL F recorded_loss(F loss) {
  return is_finite_value(loss) ? loss : static_cast<F>(__builtin_huge_val());
}

/// What is stored of x: one NaN, of the same bits everywhere, where it is not finite.
RAVINE_MODEL double recorded_x(double x) {
  return is_finite_value(x) ? x : __builtin_bit_cast(double, std::uint64_t{0x7ff8000000000000U});
}
RAVINE_MODEL float recorded_x(float x) {
  return is_finite_value(x) ? x : __builtin_bit_cast(float, std::uint32_t{0x7fc00000U});
}

/// What is kept of the loss at every step. Steps are -1 where there was none.
template <class F>
struct Watch {
  F peak;                    ///< the largest finite loss
  std::int64_t peak_step;    ///< the first step with it
  std::int64_t first_above;  ///< the tolerance, or not finite
  std::int64_t last_above;
  std::int64_t diverged_at;  ///< the first step whose loss is not finite
};

template <class F>
RAVINE_MODEL Watch<F> no_watch() {
  return {-static_cast<F>(__builtin_huge_val()), -1, -1, -1, -1};
}

/// Takes the loss at `at` into account; steps come in order.
template <class F>
RAVINE_MODEL Watch<F> watch(const Watch<F>& before, std::int64_t at, F loss, F tolerance) {
  const bool finite = is_finite_value(loss);
  const bool above = either(!finite, loss > tolerance);
  const bool larger = both(finite, loss > before.peak);
  return {larger ? loss : before.peak, larger ? at : before.peak_step,
          both(above, before.first_above < 0) ? at : before.first_above, above ? at : before.last_above,
          both(!finite, before.diverged_at < 0) ? at : before.diverged_at};
}

/// How a trajectory ended: the codes as they are stored.
enum class Status : std::uint8_t { not_computed = 0, running = 1, converged = 2, diverged = 3 };

/// Converged: the last loss is within the tolerance. Diverged: some loss was not finite.
template <class F>
RAVINE_MODEL Status status_after(const Watch<F>& watch, std::int64_t steps) {
  if (watch.diverged_at >= 0) return Status::diverged;
  return watch.last_above == steps ? Status::running : Status::converged;
}

/// The first step from which on the loss is within the tolerance, -1 where it is not at the end, or was not finite.
template <class F>
RAVINE_MODEL std::int64_t steps_to_tolerance(const Watch<F>& watch, std::int64_t steps) {
  return status_after(watch, steps) == Status::converged ? watch.last_above + 1 : -1;
}

/// The largest loss and its first step; infinity where the trajectory diverged.
template <class F>
struct Peak {
  F loss;
  std::int64_t step;
};
template <class F>
RAVINE_MODEL Peak<F> peak_of(const Watch<F>& watch) {
  if (watch.diverged_at >= 0) return {static_cast<F>(__builtin_huge_val()), watch.diverged_at};
  return {watch.peak, watch.peak_step};
}

}  // namespace ravine::model
