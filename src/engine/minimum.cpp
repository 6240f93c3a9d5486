// The minimum of a quadratic, and where a start lies from it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "engine/spectrum_task.hpp"
#include "kernels/dense_spectrum.hpp"
#include "spectra/checks.hpp"
#include "spectra/cholesky.hpp"
#include "spectra/solution.hpp"

namespace ravine {
namespace {

bool is_zero(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return value == 0; });
}

bool is_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

/// Whether an eigenvalue that is known is below zero by more than its error may be.
bool has_negative(const Spectrum& spectrum) {
  return spectrum.eigenvalues.front() < -spectrum.bounds.front();
}

/// The shortest w* of a singular or indefinite A, from its whole spectrum; nothing where there is none.
std::vector<double> solution_by_modes(const Task& task, SolvedProblem& solved, const std::string& why) {
  const bool is_whole = solved.spectrum.eigenvalues.size() == static_cast<std::size_t>(solved.spectrum.size);
  if (!is_whole || solved.spectrum.vectors.empty()) {
    task.notes.push_back(why + ": w* is not computed (all eigenvalues with vectors would give it)");
    return {};
  }
  spectra::SpectralSolution solution = spectra::solution_from_spectrum(solved.spectrum, task.problem.b);
  if (solution.outside > spectra::tolerance_of_checks(solved.spectrum.size)) {
    task.notes.push_back(
        fmt::format("A is singular and b is not in its range ({:.1e} of it is outside): f has no "
                    "minimum",
                    solution.outside));
    return {};
  }
  if (!is_finite(solution.w)) {
    task.notes.emplace_back("w* has components above the largest float64: w* is not computed");
    return {};
  }
  if (has_negative(solved.spectrum)) {
    task.notes.emplace_back("A is not positive semidefinite: f has no minimum, and w* is where its gradient is zero");
  }
  return std::move(solution.w);
}

/// That A w = b but for rounding. \throws NumericalError.
std::vector<double> checked_solution(const Task& task, std::vector<double> w) {
  const Quadratic& problem = task.problem;
  std::vector<double> difference(w.size());
  multiply(problem.matrix, w, difference);
  double residual = 0;
  double scale = 0;
  const double norm = spectra::norm_for_checks(problem.matrix);
  for (std::size_t k = 0; k < w.size(); ++k) {
    // All is divided by the norm, since its product with w may be above the largest float64.
    difference[k] = std::fabs(difference[k] - problem.b[k]) / norm;
    residual = std::max(residual, difference[k]);
    scale = std::max(scale, std::fabs(w[k]) + std::fabs(problem.b[k]) / norm);
  }
  const double tolerance = spectra::tolerance_of_checks(size_of(problem.matrix));
  if (is_finite(w) && is_finite(difference) && residual <= tolerance * scale) return w;
  throw NumericalError(
      fmt::format("the solution of A w = b has a residual of {:.3g}, relative to ||A|| ||w|| + ||b||: it has to be "
                  "below {:.3g}",
                  residual / scale, tolerance));
}

/// By Cholesky's factors. \throws NumericalError with the reason where A has none.
std::vector<double> solution_by_cholesky(const Task& task) {
  const Quadratic& problem = task.problem;
  const auto* const sparse = std::get_if<SparseMatrix>(&problem.matrix);
  if (sparse != nullptr && sparse->size > small_enough_for_dense) return spectra::sparse_solution(*sparse, problem.b);
  const auto* const held = std::get_if<DenseMatrix>(&problem.matrix);
  const DenseMatrix made = held == nullptr ? to_dense(problem.matrix) : DenseMatrix{};
  const DenseMatrix& dense = held == nullptr ? made : *held;
  return on_backend(
      task, [&](int device) { return cuda::dense_solution(dense, problem.b, device); },
      [&]() -> std::vector<double> {
        auto result = spectra::dense_solution(dense, problem.b, task.threads);
        if (auto* const solution = std::get_if<spectra::Solution>(&result)) return std::move(solution->w);
        throw NumericalError("A is not positive definite");
      });
}

/// Whether the smallest eigenvalue is zero, or may be, or is below zero. Where the spectrum does not have it, the
/// factors tell: rounding can make those of a singular matrix too, and of them a w* of any size.
bool may_be_singular(const Task& task, const SolvedProblem& solved) {
  if (task.problem.kernel.dimension > 0) return true;
  const Spectrum& spectrum = solved.spectrum;
  if (spectrum.index.front() == 1) return spectrum.eigenvalues.front() <= spectrum.bounds.front();
  return spectra::smallest_by_factors(task.problem.matrix, task.threads) <= solved.zero_tolerance;
}

/// w* where it is known: in closed form, by Cholesky's factors, or from the whole spectrum.
std::vector<double> solution_of(const Task& task, SolvedProblem& solved) {
  const Quadratic& problem = task.problem;
  if (problem.solution) return *problem.solution;
  if (is_zero(problem.b)) {
    if (has_negative(solved.spectrum)) {
      task.notes.emplace_back(
          "A is not positive semidefinite: f has no minimum, and w* = 0 is where its gradient is zero");
    }
    return problem.b;
  }
  if (problem.regression) return solved.study->least_squares.weights;
  try {
    if (may_be_singular(task, solved)) {
      return solution_by_modes(task, solved, "A is singular or indefinite within rounding");
    }
    return checked_solution(task, solution_by_cholesky(task));
  } catch (const NumericalError& error) {
    return solution_by_modes(task, solved, error.what());
  } catch (const UsageError& error) {  // the factors do not fit the memory
    return solution_by_modes(task, solved, error.what());
  }
}

std::vector<double> projected(const Task& task, const SolvedProblem& solved) {
  std::vector<double> difference = solved.start;
  for (std::size_t k = 0; k < difference.size(); ++k) difference[k] -= solved.solution[k];
  const std::vector<double>& vectors = solved.spectrum.vectors;
  return on_backend(
      task, [&](int device) { return cuda::project(vectors, difference, device); },
      [&] { return spectra::project(vectors, difference); });
}

}  // namespace

void find_minimum(const Task& task, SolvedProblem& solved) {
  solved.solution = solution_of(task, solved);
  if (solved.spectrum.vectors.empty() || solved.solution.empty()) return;
  solved.projection = projected(task, solved);
}

}  // namespace ravine
