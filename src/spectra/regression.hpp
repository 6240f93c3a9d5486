/// \file
/// Least squares with a polynomial, seen through its eigenvalues (docs/formulas.md M8 to M12, M108): the spectrum of
/// Z'Z, the weights, and what early stopping and a ridge penalty keep of them.
///
/// m samples, n = degree + 1 weights; Z (m, n) holds the powers of the inputs, q_i and lambda_i are the eigenpairs of
/// Z'Z. Everything that depends on Z is computed in pair arithmetic (106 bits) from the float64 inputs: Vandermonde
/// matrices are so badly conditioned that rounding Z to float64 alone can cost every digit of the small eigenvalues.
///
/// Precondition of all functions: regression_quadratic accepts the regression.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ravine/model/arithmetic.hpp"
#include "ravine/spectrum.hpp"

namespace ravine::spectra {

/// The singular value decomposition of Z, mode by mode.
struct RegressionModes {
  std::int64_t samples = 0;                        ///< m
  std::int64_t size = 0;                           ///< n
  std::vector<model::Pair<double>> eigenvalues;    ///< (n), ascending: squares of the singular values of Z
  std::vector<model::Pair<double>> vectors;        ///< (n, n): row i is q_i; its first large component is positive
  std::vector<model::Pair<double>> eigenfeatures;  ///< (n, m): row i is Z q_i = pbar_i at the samples (M9)
  /// Estimated relative errors of each eigenvalue, to first order; one above 1 says that no digit is certain.
  std::vector<double> error;             ///< as computed, rounded to float64: 1.1e-16 at best
  std::vector<double> error_of_inputs;   ///< if the inputs themselves were rounded to float64 (from decimals, say)
  std::vector<double> error_of_rounded;  ///< if Z had been rounded to float64, as most programs do
  std::vector<double> error_of_normal;   ///< if the entries of Z'Z had been
  double kappa = 1;                      ///< of Z: the root of that of Z'Z
  double rounding = 0;  ///< relative error of each column of Z that has the effect of all rounding errors on the way
};

/// One-sided Jacobi iteration on Z. Time: O(m n^2) per sweep, up to about 15 sweeps; memory: 16 (m + n) n bytes.
/// \throws NumericalError if it does not converge.
[[nodiscard]] RegressionModes regression_modes(const Regression& regression);

/// The eigenvalues of Z'Z with the bounds that modes.error gives, and its eigenvectors if they are wanted. Unchecked:
/// check() is the caller's.
[[nodiscard]] Spectrum regression_spectrum(const RegressionModes& modes, Vectors vectors);
[[nodiscard]] Spectrum regression_spectrum(const Regression& regression, Vectors vectors);

/// The weights w that minimise ||Z w - d||.
struct LeastSquares {
  std::vector<double> weights;
  std::vector<double> error;  ///< estimated relative error of each, to first order; above 1: no digit is certain
  double loss = 0;            ///< 1/2 ||Z w - d||^2
};
/// By the modes: w = sum_i (q_i'b)/lambda_i q_i, in pair arithmetic. Holds up to about kappa = 1e30.
[[nodiscard]] LeastSquares least_squares(const Regression& regression, const RegressionModes& modes);

/// The same weights twice more, as float64 gives them and as it can be led to them; with estimated relative errors,
/// infinite where nothing is known.
struct RegressionWeights {
  std::vector<double> plain;  ///< Householder's QR of Z in float64, as LAPACK does it
  std::vector<double> plain_error;
  /// From there by residuals in pair arithmetic (Bjorck, BIT 7, 1967). Holds up to about kappa = 1e16.
  std::vector<double> refined;
  std::vector<double> refined_error;
  std::int64_t refinements = 0;  ///< corrections that were made
};
[[nodiscard]] RegressionWeights regression_weights(const Regression& regression);

/// How far a method has come after each of the steps. k counts steps, i modes, j weights, g points of the grid.
struct Filtered {
  std::vector<double> filters;  ///< (k, i): phi, what is left of mode i: 0 nothing, 1 all (above 1: too much)
  std::vector<double> weights;  ///< (k, j)
  std::vector<double> losses;   ///< (k): 1/2 ||Z w - d||^2
  std::vector<double> curves;   ///< (k, g): the polynomial with these weights
};

/// Eigenfeatures and filters, for pictures and tables.
struct RegressionStudy {
  std::vector<std::int64_t> steps;
  /// 1/lambda_n, the largest step at which no mode overshoots: every filter lies between 0 and 1 and grows with lambda
  /// and k. The fastest, 2/(lambda_1 + lambda_n) (M5), makes the largest mode swing about its answer.
  double alpha_gradient_descent = 0;
  double alpha_heavy_ball = 0;           ///< (M31)
  double beta_heavy_ball = 0;            ///< (M31)
  std::vector<double> etas;              ///< (k): the ridge penalty 1/(alpha k) beside step k of gradient descent (M12)
  Filtered gradient_descent;             ///< from w = 0 (M10)
  Filtered heavy_ball;                   ///< from w = 0 at rest (M11)
  Filtered ridge;                        ///< minimises the loss + eta/2 ||w||^2 (M12)
  std::vector<double> eigenvalues;       ///< (i), ascending
  std::vector<double> input;             ///< xi, of the samples
  std::vector<double> observation;       ///< d
  std::vector<double> eigenfeatures;     ///< (i, sample): pbar_i at the samples; their squares sum to lambda_i
  std::vector<double> grid;              ///< points from the smallest to the largest input, evenly
  std::vector<double> features_on_grid;  ///< (i, g): pbar_i there
  LeastSquares least_squares;            ///< (j): the weights without any filter
  std::vector<double> least_squares_curve;  ///< (g)
  std::vector<double> coordinates;          ///< (i): x_i = q_i'w of least squares
  /// (i): what noise of the observations makes of x_i, s/sqrt(lambda_i) with s^2 = 2 loss/(m - n) (M108); a step with
  /// filter phi keeps phi times it. Empty where m = n.
  std::vector<double> coordinate_std;
};
/// Precondition: steps are at least 1. Filters have the accuracy of pair arithmetic less k^2 units in its last place.
[[nodiscard]] RegressionStudy regression_study(const Regression& regression, const RegressionModes& modes,
                                               std::span<const std::int64_t> steps);

/// The fit that keeps filters[i] of mode i: w = sum_i filters[i] (q_i'b)/lambda_i q_i.
struct FilteredFit {
  std::vector<double> weights;
  double loss = 0;  ///< 1/2 ||Z w - d||^2
};
[[nodiscard]] FilteredFit filtered_fit(const Regression& regression, const RegressionModes& modes,
                                       std::span<const double> filters);

/// What gradient descent keeps of a mode after k steps from 0: 1 - (1 - alpha lambda)^k, and heavy ball: 1 - e_k, at
/// (alpha, beta, k). Without cancellation where little is kept, down to alpha lambda k = 1e-300. k >= 0.
[[nodiscard]] double filter_of_gradient_descent(double alpha, model::Pair<double> lambda, std::int64_t k);
[[nodiscard]] double filter_of_heavy_ball(double alpha, double beta, model::Pair<double> lambda, std::int64_t k);

}  // namespace ravine::spectra
