#include <fmt/format.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "problem/regression.hpp"
#include "ravine/error.hpp"
#include "ravine/model/pair_numbers.hpp"
#include "spectra/regression.hpp"

namespace ravine::spectra {
namespace {

using Pair = model::Pair<double>;

constexpr double unit = 0x1p-53;
constexpr std::int64_t most_refinements = 50;

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

void expect_success(lapack_int info, const char* routine) {
  if (info != 0) throw NumericalError(fmt::format("{}: found info = {}; wanted 0", routine, info));
}

/// Z, column after column: to all bits of a pair, so that residuals are those of the problem that was given.
class Vandermonde {
 public:
  explicit Vandermonde(const Regression& regression) : samples_(regression.input.size()) {
    const std::int64_t size = regression.degree + 1;
    entries_.resize(samples_ * at(size));
    for (std::size_t i = 0; i < samples_; ++i) {
      const std::vector<Pair> row = powers(regression.input[i], size);
      for (std::size_t j = 0; j < row.size(); ++j) entries_[j * samples_ + i] = row[j];
    }
  }
  [[nodiscard]] std::size_t samples() const { return samples_; }
  [[nodiscard]] std::size_t size() const { return entries_.size() / samples_; }
  [[nodiscard]] const std::vector<Pair>& entries() const { return entries_; }
  [[nodiscard]] std::span<const Pair> column(std::size_t j) const {
    return std::span(entries_).subspan(j * samples_, samples_);
  }

 private:
  std::size_t samples_;
  std::vector<Pair> entries_;
};

/// Householder's QR of Z rounded to float64, and with it the solutions of [I Z; Z' 0] [r; w] = [f; g].
class AugmentedSolver {
 public:
  explicit AugmentedSolver(const Vandermonde& z)
      : samples_(static_cast<lapack_int>(z.samples())), size_(static_cast<lapack_int>(z.size())), tau_(z.size()) {
    for (const Pair& entry : z.entries()) factor_.push_back(model::to_double(entry));
    expect_success(LAPACKE_dgeqrf(LAPACK_COL_MAJOR, samples_, size_, factor_.data(), samples_, tau_.data()), "dgeqrf");
  }

  /// Whether R is singular to the last bit, so that there is nothing to solve with.
  [[nodiscard]] bool is_singular() const {
    for (std::size_t j = 0; j < tau_.size(); ++j) {
      if (factor_[j * at(samples_) + j] == 0) return true;
    }
    return false;
  }

  struct Solution {
    std::vector<double> residual;
    std::vector<double> weights;
  };
  [[nodiscard]] Solution solve(std::vector<double> f, std::vector<double> g) const {
    // With Z = Q [R; 0] and c = Q'f: R'h = g, R w = c_1 - h, r = Q [h; c_2].
    multiply_by_q('T', f);
    solve_triangle('T', g);
    std::vector<double> weights(g.size());
    for (std::size_t j = 0; j < g.size(); ++j) {
      weights[j] = f[j] - g[j];
      f[j] = g[j];
    }
    solve_triangle('N', weights);
    multiply_by_q('N', f);
    return {std::move(f), std::move(weights)};
  }

 private:
  void multiply_by_q(char transpose, std::vector<double>& x) const {
    expect_success(LAPACKE_dormqr(LAPACK_COL_MAJOR, 'L', transpose, samples_, 1, size_, factor_.data(), samples_,
                                  tau_.data(), x.data(), samples_),
                   "dormqr");
  }
  void solve_triangle(char transpose, std::vector<double>& x) const {
    expect_success(
        LAPACKE_dtrtrs(LAPACK_COL_MAJOR, 'U', transpose, 'N', size_, 1, factor_.data(), samples_, x.data(), size_),
        "dtrtrs");
  }

  lapack_int samples_;
  lapack_int size_;
  std::vector<double> factor_;
  std::vector<double> tau_;
};

/// Weights and the residual d - Z w, on their way to the solution.
struct State {
  std::vector<Pair> residual;
  std::vector<Pair> weights;
};

/// What is left of the two equations: f = d - r - Z w, g = -Z'r.
AugmentedSolver::Solution correction(const Regression& regression, const Vandermonde& z, const AugmentedSolver& solver,
                                     const State& state) {
  std::vector<Pair> rest(z.samples());
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = model::pair(regression.observation[i]) - state.residual[i];
  std::vector<double> g(z.size());
  for (std::size_t j = 0; j < z.size(); ++j) {
    const std::span<const Pair> column = z.column(j);
    Pair sum{0, 0};
    for (std::size_t i = 0; i < rest.size(); ++i) {
      rest[i] += -(column[i] * state.weights[j]);
      sum += column[i] * state.residual[i];
    }
    g[j] = -model::to_double(sum);
  }
  std::vector<double> f(rest.size());
  std::transform(rest.begin(), rest.end(), f.begin(), [](Pair x) { return model::to_double(x); });
  return solver.solve(std::move(f), std::move(g));
}

void apply(const AugmentedSolver::Solution& change, State& state) {
  for (std::size_t i = 0; i < state.residual.size(); ++i) state.residual[i] += model::pair(change.residual[i]);
  for (std::size_t j = 0; j < state.weights.size(); ++j) state.weights[j] += model::pair(change.weights[j]);
}

/// The length of the change of Z w if each column counted alone: the size of a correction, whatever the inputs' unit.
double size_of_change(const std::vector<double>& change, const std::vector<double>& lengths) {
  double largest = 0;
  for (std::size_t j = 0; j < change.size(); ++j) largest = std::max(largest, lengths[j] * std::fabs(change[j]));
  return largest;
}

/// Whether the change is below every weight's last bit in float64, with room.
bool is_settled(const std::vector<double>& change, const std::vector<Pair>& weights) {
  for (std::size_t j = 0; j < change.size(); ++j) {
    if (std::fabs(change[j]) > 0x1p-64 * std::fabs(weights[j].hi)) return false;
  }
  return true;
}

std::vector<double> rounded(const std::vector<Pair>& values) {
  std::vector<double> result;
  for (const Pair& value : values) result.push_back(model::to_double(value));
  return result;
}

double relative(double error, double value) {
  return error == 0 ? 0 : value == 0 ? std::numeric_limits<double>::infinity() : std::fabs(error / value);
}

}  // namespace

RegressionWeights regression_weights(const Regression& regression) {
  const Vandermonde z(regression);
  const AugmentedSolver solver(z);
  std::vector<double> lengths;
  for (std::size_t j = 0; j < z.size(); ++j) {
    double sum = 0;
    for (const Pair& entry : z.column(j)) sum += entry.hi * entry.hi;
    lengths.push_back(std::sqrt(sum));
  }

  RegressionWeights result;
  if (solver.is_singular()) {
    result.plain = result.refined = std::vector<double>(z.size(), std::numeric_limits<double>::quiet_NaN());
    result.plain_error = result.refined_error = std::vector<double>(z.size(), std::numeric_limits<double>::infinity());
    return result;
  }

  State state{std::vector<Pair>(z.samples()), std::vector<Pair>(z.size())};
  AugmentedSolver::Solution change = correction(regression, z, solver, state);  // from 0: the plain solution
  apply(change, state);
  result.plain = rounded(state.weights);

  double size = size_of_change(change.weights, lengths);
  double ratio = 0;
  bool settled = false;
  while (!settled && result.refinements < most_refinements) {
    AugmentedSolver::Solution next = correction(regression, z, solver, state);
    const double next_size = size_of_change(next.weights, lengths);
    if (next_size > size / 2) break;
    // The largest, since the last corrections may be mere rounding errors, whose ratio says nothing.
    if (size > 0) ratio = std::max(ratio, next_size / size);
    apply(next, state);
    ++result.refinements;
    change = std::move(next);
    size = next_size;
    settled = is_settled(change.weights, state.weights);
  }

  result.refined = rounded(state.weights);
  for (std::size_t j = 0; j < z.size(); ++j) {
    // What is left after corrections that shrink by `ratio` each, as a geometric series; if none did, anything.
    const double left = result.refinements == 0 ? std::numeric_limits<double>::infinity()
                                                : std::fabs(change.weights[j]) * ratio / (1 - ratio);
    result.refined_error.push_back(unit + relative(left, result.refined[j]));
    result.plain_error.push_back(result.refined_error[j] +
                                 relative(result.plain[j] - result.refined[j], result.refined[j]));
  }
  return result;
}

}  // namespace ravine::spectra
