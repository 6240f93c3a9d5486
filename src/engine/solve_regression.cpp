// A regression has a solver of its own, and what float64 can give of it is part of the answer.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/spectrum_task.hpp"

namespace ravine {
namespace {

/// How many digits an estimated relative error leaves.
std::string digits_of(double error) {
  if (!(error <= 0.1)) return "no digit";
  const int digits = static_cast<int>(std::min(16.0, -std::log10(error)));  // infinitely many where the error is 0
  return fmt::format("{} digit{}", digits, digits == 1 ? "" : "s");
}

/// The largest error of weights, relative to the largest of them: one that is zero has no digits of its own.
/// \param errors relative to each of the weights.
double worst(const std::vector<double>& weights, const std::vector<double>& errors) {
  double error = 0;
  double largest = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const double size = std::fabs(weights[k]);
    if (std::isnan(size)) return size;
    // The estimate of a weight that is zero but for rounding is relative to next to nothing, or to nothing.
    if (size > 0) error = std::max(error, size * errors[k]);
    largest = std::max(largest, size);
  }
  return largest > 0 ? error / largest : *std::max_element(errors.begin(), errors.end());
}

/// What float64 can give of this problem and what it can't.
void note_digits(const Regression& regression, const SolvedProblem& solved, std::vector<std::string>& notes) {
  const spectra::RegressionModes& modes = *solved.modes;
  const spectra::RegressionWeights weights = spectra::regression_weights(regression);
  const spectra::LeastSquares& fit = solved.study->least_squares;
  notes.push_back(
      fmt::format("kappa(Z) = {:.4g}: of lambda_1 Z'Z in float64 would leave {}, Z in float64 {}, this way {}",
                  modes.kappa, digits_of(modes.error_of_normal.front()), digits_of(modes.error_of_rounded.front()),
                  digits_of(modes.error.front())));
  notes.push_back(fmt::format("inputs that are rounded decimals know lambda_1 to a relative error of {:.1e}",
                              modes.error_of_inputs.front()));
  notes.push_back(fmt::format("of the weights plain QR in float64 gives {}, refined in pairs {}, by the modes {}",
                              digits_of(worst(weights.refined, weights.plain_error)),
                              digits_of(worst(weights.refined, weights.refined_error)),
                              digits_of(worst(fit.weights, fit.error))));
}

}  // namespace

void solve_regression(const Task& task, SolvedProblem& solved) {
  const Regression& regression = *task.problem.regression;
  solved.modes = spectra::regression_modes(regression);
  const spectra::RegressionModes& modes = *solved.modes;
  solved.spectrum = spectra::regression_spectrum(modes, task.request.vectors);
  const auto& steps = std::get<RegressionProblem>(task.spec.problem).steps;
  solved.study = spectra::regression_study(regression, modes, steps);
  note_digits(regression, solved, solved.notes);
}

}  // namespace ravine
