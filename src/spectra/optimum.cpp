#include "ravine/optimum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "ravine/error.hpp"
#include "ravine/model/arithmetic.hpp"

namespace ravine {
namespace {

/// Powers and their logarithms: an exponent of thousands multiplies what the rate is off by.
using Wide = long double;

void require_ends(SpectrumEnds ends) {
  if (ends.smallest > 0 && ends.smallest <= ends.largest && std::isfinite(ends.largest)) return;
  throw UsageError(
      fmt::format("the ends of the spectrum are {} and {}: optimal parameters want 0 < lambda_1 <= lambda_n "
                  "(eigenvalues that are 0 are left out: nothing moves along their vectors)",
                  ends.smallest, ends.largest));
}

/// What the formulas are made of. Differences of the roots come from lambda_n - lambda_1, which is exact where it is
/// small: they keep their digits where the ends nearly meet.
template <class F>
struct Parts {
  explicit Parts(SpectrumEnds ends)
      : smallest(F(ends.smallest)),
        largest(F(ends.largest)),
        difference(largest - smallest),
        root_smallest(std::sqrt(smallest)),
        root_largest(std::sqrt(largest)) {}
  F smallest;
  F largest;
  F difference;
  F root_smallest;
  F root_largest;
};

/// Of heavy ball at its optimum: q = (sqrt(kappa) - 1)/(sqrt(kappa) + 1), and 1 - q.
template <class F>
struct HeavyBallRate {
  explicit HeavyBallRate(const Parts<F>& parts) {
    const F sum = parts.root_smallest + parts.root_largest;
    rate = parts.difference / (sum * sum);
    gap = 2 * parts.root_smallest / sum;
  }
  F rate;
  F gap;
};

double steps_at(double gap) {
  const Wide steps = std::ceil(std::log(Wide{reduction_of_steps}) / std::log1p(-Wide{gap}));
  return static_cast<double>(std::max(steps, Wide{1}));
}

OptimalMethod gradient_descent(const Parts<double>& parts) {
  const double mean = parts.smallest / 2 + parts.largest / 2;
  const double gap = parts.smallest / mean;
  return {"gradient descent", 1 / mean, {}, {}, {}, parts.difference / 2 / mean, gap, steps_at(gap)};
}

OptimalMethod heavy_ball(const Parts<double>& parts) {
  const HeavyBallRate<double> q(parts);
  const double root_alpha = 2 / (parts.root_smallest + parts.root_largest);
  return {"heavy ball", root_alpha * root_alpha, q.rate * q.rate, {}, {}, q.rate, q.gap, steps_at(q.gap)};
}

/// With r = sqrt(3 lambda_n + lambda_1), M92 has sqrt(3 kappa + 1) = r / sqrt(lambda_1).
OptimalMethod nesterov(const Parts<double>& parts) {
  const double quarter = 0.75 * parts.largest + 0.25 * parts.smallest;
  const double r = 2 * std::sqrt(quarter);
  const double sum = r + 2 * parts.root_smallest;
  const double rate = 3 * (parts.difference / sum / r);
  const double gap = 2 * parts.root_smallest / r;
  return {"Nesterov", 1 / quarter, 3 * (parts.difference / sum / sum), {}, {}, rate, gap, steps_at(gap)};
}

OptimalMethod triple_momentum(const Parts<double>& parts) {
  const double gap = parts.root_smallest / parts.root_largest;
  const double rho = parts.difference / (parts.root_largest * (parts.root_largest + parts.root_smallest));
  const double square = rho * rho;
  const double two_less = 1 + gap;  // 2 - rho
  return {"triple momentum",
          (1 + rho) / parts.largest,
          square / two_less,
          square / ((1 + rho) * two_less),
          square / ((1 + rho) * gap),
          rho,
          gap,
          steps_at(gap)};
}

/// The logarithm of q^k (1 + k (1 + q)).
Wide log_of_growth(const HeavyBallRate<Wide>& q, Wide k) {
  return k == 0 ? 0 : k * std::log1p(-q.gap) + std::log1p(k * (1 + q.rate));
}

using Pair = model::Pair<double>;

}  // namespace

std::array<OptimalMethod, 4> optimal_methods(SpectrumEnds ends) {
  require_ends(ends);
  // Scaled by a power of two, so that no sum and no square overflows; all but alpha depends on the ratio alone.
  const int exponent = std::ilogb(ends.largest);
  const Parts<double> parts({std::scalbn(ends.smallest, -exponent), std::scalbn(ends.largest, -exponent)});
  std::array methods = {gradient_descent(parts), heavy_ball(parts), nesterov(parts), triple_momentum(parts)};
  for (OptimalMethod& method : methods) method.alpha = std::scalbn(method.alpha, -exponent);
  return methods;
}

WorstCase worst_case_from_rest(SpectrumEnds ends) {
  require_ends(ends);
  const HeavyBallRate<Wide> q{Parts<Wide>(ends)};
  // The growth rises from 1 at k = 0, if at all, and falls from then on: once it is small it stays so.
  const Wide wanted = std::log(Wide{reduction_of_steps});
  Wide before = 0;
  Wide steps = 1;
  while (log_of_growth(q, steps) > wanted) {
    before = steps;
    steps *= 2;
  }
  while (steps - before > 1) {
    const Wide middle = std::floor((before + steps) / 2);
    if (middle == before || middle == steps) break;  // beyond 2^64 neighbours are further apart than 1
    (log_of_growth(q, middle) > wanted ? before : steps) = middle;
  }
  // It is largest beside the place where its derivative is 0.
  const Wide top = -1 / std::log1p(-q.gap) - 1 / (1 + q.rate);
  const Wide left = std::floor(std::max(top, Wide{0}));
  const Wide peak = std::exp(std::max(log_of_growth(q, left), log_of_growth(q, left + 1)));
  return {static_cast<double>(steps), static_cast<double>(peak)};
}

double chebyshev_factor(SpectrumEnds ends, std::int64_t steps) {
  require_ends(ends);
  assert(steps >= 0);
  const HeavyBallRate<Wide> q{Parts<Wide>(ends)};
  if (steps == 0) return 1;
  const Wide power = q.rate < 0.5L ? std::pow(q.rate, static_cast<Wide>(steps))
                                   : std::exp(static_cast<Wide>(steps) * std::log1p(-q.gap));
  return static_cast<double>(2 * power / (1 + power * power));
}

ConditionalOptimum optimal_alpha(SpectrumEnds ends, double beta) {
  require_ends(ends);
  if (!(-1 < beta && beta < 1)) {
    throw UsageError(fmt::format("beta is {}: a best alpha wants it between -1 and 1", beta));
  }
  const double value = (1 + beta) / (ends.smallest / 2 + ends.largest / 2);
  // At both ends |T| = (1 + beta)(kappa - 1)/(kappa + 1), and T^2 - 4 beta decides. In pairs: it is a difference that
  // can cancel, and its root makes an error of 1e-16 one of 1e-8.
  const Pair ratio = model::divide(model::two_sum(ends.largest / 2, -ends.smallest / 2),
                                   model::two_sum(ends.largest / 2, ends.smallest / 2));
  const Pair trace = model::multiply(model::two_sum(1.0, beta), ratio);
  const Pair discriminant = model::add(model::multiply(trace, trace), Pair{-4 * beta, 0});
  if (discriminant.hi < 0) return {value, std::sqrt(beta)};
  return {value, (trace.hi + std::sqrt(discriminant.hi)) / 2};
}

ConditionalOptimum optimal_beta(SpectrumEnds ends, double alpha) {
  require_ends(ends);
  if (!(alpha > 0 && alpha * ends.largest < 4)) {
    throw UsageError(fmt::format("alpha is {} and alpha lambda_n is {}: a best beta wants it above 0 and below 4",
                                 alpha, alpha * ends.largest));
  }
  // 1 - sqrt(h) = (1 - h)/(1 + sqrt(h)), with 1 - h rounded once.
  const double below = model::fma(-alpha, ends.smallest, 1.0) / (1 + std::sqrt(alpha * ends.smallest));
  const double above = model::fma(alpha, ends.largest, -1.0) / (1 + std::sqrt(alpha * ends.largest));
  const double rate = std::max(below, above);
  return {rate * rate, rate};
}

}  // namespace ravine
