#include <algorithm>
#include <cmath>
#include <utility>

#include "ravine/model/pair_numbers.hpp"
#include "spectra/regression.hpp"

namespace ravine::spectra {
namespace {

using Pair = model::Pair<double>;

constexpr std::int64_t grid_intervals = 256;

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

std::span<const Pair> row_of(const std::vector<Pair>& matrix, std::int64_t row, std::int64_t columns) {
  return std::span(matrix).subspan(at(row * columns), at(columns));
}

std::vector<double> rounded(std::span<const Pair> values) {
  std::vector<double> result;
  result.reserve(values.size());
  for (const Pair& value : values) result.push_back(model::to_double(value));
  return result;
}

/// sum_j w_j x^j (Horner).
Pair polynomial(std::span<const Pair> weights, double x) {
  Pair sum{0, 0};
  for (std::size_t j = weights.size(); j-- > 0;) sum = sum * model::pair(x) + weights[j];
  return sum;
}

std::vector<double> curve(std::span<const Pair> weights, std::span<const double> grid) {
  std::vector<double> values;
  values.reserve(grid.size());
  for (const double x : grid) values.push_back(model::to_double(polynomial(weights, x)));
  return values;
}

std::vector<double> evenly(const std::vector<double>& input) {
  const auto [smallest, largest] = std::minmax_element(input.begin(), input.end());
  std::vector<double> grid;
  for (std::int64_t g = 0; g <= grid_intervals; ++g) {
    const double share = static_cast<double>(g) / grid_intervals;
    grid.push_back(*smallest * (1 - share) + *largest * share);
  }
  return grid;
}

/// x_i = q_i'w of least squares: q_i'b/lambda_i with q_i'b = (Z q_i)'d, which loses no digits to Z'd.
std::vector<Pair> coordinates_of(const Regression& regression, const RegressionModes& modes) {
  std::vector<Pair> coordinates;
  for (std::int64_t i = 0; i < modes.size; ++i) {
    const std::span<const Pair> feature = row_of(modes.eigenfeatures, i, modes.samples);
    Pair sum{0, 0};
    for (std::size_t s = 0; s < feature.size(); ++s) sum += feature[s] * model::pair(regression.observation[s]);
    coordinates.push_back(sum / modes.eigenvalues[at(i)]);
  }
  return coordinates;
}

/// Weights and loss of the fit that has these coordinates.
struct Fit {
  std::vector<Pair> weights;
  double loss = 0;
};
Fit fit_with(const Regression& regression, const RegressionModes& modes, const std::vector<Pair>& coordinates) {
  Fit fit{std::vector<Pair>(coordinates.size()), 0};
  for (std::size_t i = 0; i < coordinates.size(); ++i) {
    const std::span<const Pair> q = row_of(modes.vectors, static_cast<std::int64_t>(i), modes.size);
    for (std::size_t j = 0; j < q.size(); ++j) fit.weights[j] += coordinates[i] * q[j];
  }
  Pair sum{0, 0};
  for (std::size_t s = 0; s < regression.observation.size(); ++s) {
    Pair rest = model::pair(regression.observation[s]);
    for (std::size_t i = 0; i < coordinates.size(); ++i) {
      rest += -(coordinates[i] * modes.eigenfeatures[i * at(modes.samples) + s]);
    }
    sum += rest * rest;
  }
  fit.loss = model::to_double(sum) / 2;
  return fit;
}

std::vector<Pair> filtered(std::vector<Pair> coordinates, std::span<const double> filters) {
  for (std::size_t i = 0; i < coordinates.size(); ++i) coordinates[i] = coordinates[i] * model::pair(filters[i]);
  return coordinates;
}

/// What columns of Z and observations that are off by modes.rounding make of the weights, to first order:
/// dw = Z^+ (dd - dZ w) + (Z'Z)^-1 dZ'r, in the norms of Z's columns (those of Z Q Q').
std::vector<double> errors_of(const Regression& regression, const RegressionModes& modes, const Fit& fit) {
  const std::size_t n = fit.weights.size();
  std::vector<double> lengths(n);
  for (std::size_t l = 0; l < n; ++l) {
    for (std::size_t i = 0; i < n; ++i) {
      const double q = modes.vectors[i * n + l].hi;
      lengths[l] += modes.eigenvalues[i].hi * q * q;
    }
    lengths[l] = std::sqrt(lengths[l]);
  }
  double size = 0;
  for (const double d : regression.observation) size += d * d;
  size = std::sqrt(size);
  for (std::size_t l = 0; l < n; ++l) size += lengths[l] * std::fabs(fit.weights[l].hi);
  const double residual = std::sqrt(2 * fit.loss);

  std::vector<double> errors(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const Pair> q = row_of(modes.vectors, static_cast<std::int64_t>(i), modes.size);
    const double lambda = modes.eigenvalues[i].hi;
    double slant = 0;
    for (std::size_t l = 0; l < n; ++l) slant += lengths[l] * std::fabs(q[l].hi);
    const double coordinate_error = size / std::sqrt(lambda) + slant * residual / lambda;
    for (std::size_t j = 0; j < n; ++j) errors[j] += modes.rounding * coordinate_error * std::fabs(q[j].hi);
  }
  for (std::size_t j = 0; j < n; ++j) {
    if (errors[j] > 0) errors[j] /= std::fabs(fit.weights[j].hi);
    errors[j] += 0x1p-53;
  }
  return errors;
}

void append(const std::vector<double>& values, std::vector<double>& to) {
  to.insert(to.end(), values.begin(), values.end());
}

/// Adds steps to what a study holds of a method.
class Recorder {
 public:
  Recorder(const Regression& regression, const RegressionModes& modes, std::span<const double> grid)
      : regression_(regression), modes_(modes), grid_(grid), coordinates_(coordinates_of(regression, modes)) {}

  [[nodiscard]] const std::vector<Pair>& coordinates() const { return coordinates_; }

  /// One step, at which filter(lambda) is kept of each mode.
  template <class Filter>
  void add(Filter filter, Filtered& to) const {
    std::vector<double> filters;
    for (const Pair& lambda : modes_.eigenvalues) filters.push_back(filter(lambda));
    const Fit fit = fit_with(regression_, modes_, filtered(coordinates_, filters));
    append(filters, to.filters);
    append(rounded(fit.weights), to.weights);
    append(curve(fit.weights, grid_), to.curves);
    to.losses.push_back(fit.loss);
  }

 private:
  const Regression& regression_;
  const RegressionModes& modes_;
  std::span<const double> grid_;
  std::vector<Pair> coordinates_;
};

void choose_parameters(const RegressionModes& modes, RegressionStudy& study) {
  const Pair smallest = modes.eigenvalues.front();
  const Pair largest = modes.eigenvalues.back();
  study.alpha_gradient_descent = model::to_double(model::pair(1) / largest);
  const Pair sum = square_root(smallest) + square_root(largest);
  study.alpha_heavy_ball = model::to_double(model::pair(4) / (sum * sum));
  const Pair q = (square_root(largest) - square_root(smallest)) / sum;
  study.beta_heavy_ball = model::to_double(q * q);
}

/// phi = 1 - e and s of heavy ball, e_k = x_k/x_0 from rest (docs/formulas.md M19). Doubling e there is
/// e_2k = e^2 - beta h s^2; for phi it is a sum without cancellation as long as phi is below 1.
struct Progress {
  Pair phi;
  Pair s;
};

std::int64_t highest_bit(std::int64_t k) {
  std::int64_t bit = 1;
  while (bit <= k / 2) bit *= 2;
  return bit;
}

}  // namespace

double filter_of_heavy_ball(double alpha, double beta, Pair lambda, std::int64_t k) {
  const Pair one = model::pair(1);
  const Pair b = model::pair(beta);
  const Pair h = model::pair(alpha) * lambda;
  const Pair c = (b - one) + h;
  const Pair beta_h = b * h;
  Progress at_step{{0, 0}, {0, 0}};
  for (std::int64_t bit = highest_bit(k); bit != 0; bit /= 2) {
    const auto [phi, s] = at_step;
    const Pair e = one - phi;
    at_step = {phi * (one + e) + beta_h * (s * s), s * (e + e + c * s)};
    if ((k & bit) != 0) {
      at_step.s = (one - at_step.phi) + b * at_step.s;
      at_step.phi += h * at_step.s;
    }
  }
  return model::to_double(at_step.phi);
}

double filter_of_gradient_descent(double alpha, Pair lambda, std::int64_t k) {
  return filter_of_heavy_ball(alpha, 0, lambda, k);
}

FilteredFit filtered_fit(const Regression& regression, const RegressionModes& modes, std::span<const double> filters) {
  const Fit fit = fit_with(regression, modes, filtered(coordinates_of(regression, modes), filters));
  return {rounded(fit.weights), fit.loss};
}

LeastSquares least_squares(const Regression& regression, const RegressionModes& modes) {
  const Fit fit = fit_with(regression, modes, coordinates_of(regression, modes));
  return {rounded(fit.weights), errors_of(regression, modes, fit), fit.loss};
}

RegressionStudy regression_study(const Regression& regression, const RegressionModes& modes,
                                 std::span<const std::int64_t> steps) {
  RegressionStudy study;
  study.steps.assign(steps.begin(), steps.end());
  study.eigenvalues = rounded(modes.eigenvalues);
  study.input = regression.input;
  study.observation = regression.observation;
  study.eigenfeatures = rounded(modes.eigenfeatures);
  study.grid = evenly(regression.input);
  for (std::int64_t i = 0; i < modes.size; ++i) {
    append(curve(row_of(modes.vectors, i, modes.size), study.grid), study.features_on_grid);
  }
  choose_parameters(modes, study);

  const Recorder recorder(regression, modes, study.grid);
  for (const std::int64_t k : steps) {
    const double eta = 1 / (study.alpha_gradient_descent * static_cast<double>(k));
    study.etas.push_back(eta);
    recorder.add([&](Pair lambda) { return filter_of_gradient_descent(study.alpha_gradient_descent, lambda, k); },
                 study.gradient_descent);
    recorder.add(
        [&](Pair lambda) { return filter_of_heavy_ball(study.alpha_heavy_ball, study.beta_heavy_ball, lambda, k); },
        study.heavy_ball);
    recorder.add([&](Pair lambda) { return model::to_double(lambda / (lambda + model::pair(eta))); }, study.ridge);
  }

  study.least_squares = least_squares(regression, modes);
  study.least_squares_curve = curve(fit_with(regression, modes, recorder.coordinates()).weights, study.grid);
  study.coordinates = rounded(recorder.coordinates());
  if (const std::int64_t free = modes.samples - modes.size; free > 0) {
    const double noise_std = std::sqrt(2 * study.least_squares.loss / static_cast<double>(free));
    for (const double lambda : study.eigenvalues) study.coordinate_std.push_back(noise_std / std::sqrt(lambda));
  }
  return study;
}

}  // namespace ravine::spectra
