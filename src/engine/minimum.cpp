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
  if (solved.spectrum.eigenvalues.front() < -solved.zero_tolerance) {
    task.notes.push_back("A is not positive semidefinite: f has no minimum, and w* is where its gradient is zero");
  }
  return std::move(solution.w);
}

/// That A w = b but for rounding. \throws NumericalError.
std::vector<double> checked_solution(const Task& task, std::vector<double> w) {
  const Quadratic& problem = task.problem;
  std::vector<double> product(w.size());
  multiply(problem.matrix, w, product);
  double residual = 0;
  double scale = 0;
  const double norm = row_sum_norm_of(problem.matrix);
  for (std::size_t k = 0; k < w.size(); ++k) {
    residual = std::max(residual, std::fabs(product[k] - problem.b[k]));
    scale = std::max(scale, norm * std::fabs(w[k]) + std::fabs(problem.b[k]));
  }
  if (residual <= spectra::tolerance_of_checks(size_of(problem.matrix)) * scale) return w;
  throw NumericalError(fmt::format("the residual of w* is {:.1e} of what it may be", residual / scale));
}

/// By Cholesky's factors. \throws NumericalError with the reason where A has none.
std::vector<double> solution_by_cholesky(const Task& task) {
  const Quadratic& problem = task.problem;
  const auto* const sparse = std::get_if<SparseMatrix>(&problem.matrix);
  if (sparse != nullptr && sparse->size > small_enough_for_dense) return spectra::sparse_solution(*sparse, problem.b);
  const DenseMatrix dense = to_dense(problem.matrix);
  return on_backend(
      task, [&](int device) { return cuda::dense_solution(dense, problem.b, device); },
      [&]() -> std::vector<double> {
        auto result = spectra::dense_solution(dense, problem.b, task.threads);
        if (auto* const solution = std::get_if<spectra::Solution>(&result)) return std::move(solution->w);
        throw NumericalError("A is not positive definite");
      });
}

/// Whether an eigenvalue is known to be zero, or may be, or is below zero.
bool may_be_singular(const Task& task, const Spectrum& spectrum) {
  if (task.problem.kernel.dimension > 0) return true;
  return !spectrum.index.empty() && spectrum.index.front() == 1 &&
         spectrum.eigenvalues.front() <= spectrum.bounds.front();
}

/// w* where it is known: in closed form, by Cholesky's factors, or from the whole spectrum.
std::vector<double> solution_of(const Task& task, SolvedProblem& solved) {
  const Quadratic& problem = task.problem;
  if (problem.solution) return *problem.solution;
  if (is_zero(problem.b)) {
    if (!solved.spectrum.eigenvalues.empty() && solved.spectrum.eigenvalues.front() < -solved.zero_tolerance) {
      task.notes.push_back(
          "A is not positive semidefinite: f has no minimum, and w* = 0 is where its gradient is zero");
    }
    return problem.b;
  }
  if (problem.regression) return solved.study->least_squares.weights;
  // Rounding can make factors of a singular matrix, and a w* of any size.
  if (may_be_singular(task, solved.spectrum)) return solution_by_modes(task, solved, "A is singular or indefinite");
  try {
    return checked_solution(task, solution_by_cholesky(task));
  } catch (const NumericalError& error) {
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
