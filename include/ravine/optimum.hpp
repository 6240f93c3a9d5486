/// \file
/// The best constant parameters on a spectrum between lambda_1 > 0 and lambda_n, in closed form (docs/formulas.md M5,
/// M29 to M31, M36, M92, M94, M96).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ravine {

/// The ends of a spectrum. Every function below throws UsageError unless 0 < smallest <= largest < infinity.
struct SpectrumEnds {
  double smallest;  ///< lambda_1
  double largest;   ///< lambda_n
};

/// The error that steps are counted down to, relative to the first.
constexpr double reduction_of_steps = 1e-6;

/// A method with the parameters that make its rate on the spectrum the smallest. Each number is off by a few ulp, also
/// where the ends nearly meet and where the rate is nearly 1.
struct OptimalMethod {
  /// "gradient descent", "heavy ball", "Nesterov", "triple momentum"
  std::string_view name;
  double alpha;
  /// Heavy ball: w+ = w - alpha g + beta (w - w_before). Nesterov: the same with g at w + beta (w - w_before).
  std::optional<double> beta;
  /// Triple momentum has g at w + gamma (w - w_before), and its result is w + delta (w - w_before).
  std::optional<double> gamma;
  std::optional<double> delta;
  double rate;   ///< spectral radius: what the error shrinks by at each step, in the long run
  double gap;    ///< 1 - rate
  double steps;  ///< for a reduction by 1e-6 at that rate: ceil(ln 1e-6 / ln rate); a whole number, 1 where rate is 0
};

/// In the order of the names above.
[[nodiscard]] std::array<OptimalMethod, 4> optimal_methods(SpectrumEnds ends);

/// Heavy ball from rest (z_0 = 0) with its optimal parameters: the error's worst growth over all of the spectrum after
/// k steps is q^k (1 + k (1 + q)), with the rate q (M36).
struct WorstCase {
  double steps;  ///< the first k from which on it is at most 1e-6, exactly
  double peak;   ///< its largest value, 1 where it never grows
};
[[nodiscard]] WorstCase worst_case_from_rest(SpectrumEnds ends);

/// What `steps` steps of the Chebyshev iteration leave of the error at worst: 1 / T_k((kappa + 1)/(kappa - 1)), the
/// best of any method that sees gradients alone (M96).
[[nodiscard]] double chebyshev_factor(SpectrumEnds ends, std::int64_t steps);

/// Heavy ball, one parameter given: the best other one, and the rate that both have.
struct ConditionalOptimum {
  double value;
  double rate;
};
/// The best alpha of a beta between -1 and 1 (M29); if beta is at least the optimal one, this alpha is one of many.
/// \throws UsageError for another beta.
[[nodiscard]] ConditionalOptimum optimal_alpha(SpectrumEnds ends, double beta);
/// The best beta of an alpha with 0 < alpha lambda_n < 4, beyond which none converges (M30).
/// \throws UsageError for another alpha.
[[nodiscard]] ConditionalOptimum optimal_beta(SpectrumEnds ends, double alpha);

}  // namespace ravine
