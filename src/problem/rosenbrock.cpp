#include "problem/rosenbrock.hpp"

#include <fmt/format.h>

#include <cmath>

#include "problem/closed_forms.hpp"
#include "problem/graph_families.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

void check(const RosenbrockProblem& problem) {
  if (problem.size < 1 || problem.size > most_vertices) {
    throw UsageError(fmt::format("size: found {}; wanted 1 to {}", problem.size, most_vertices));
  }
  if (!(problem.kappa > 1 && std::isfinite(problem.kappa))) {
    throw UsageError(fmt::format("kappa: found {}; wanted a number above 1", problem.kappa));
  }
}

/// MATH: q = (sqrt(kappa) - 1) / (sqrt(kappa) + 1), without the difference.
double q_of(double kappa) {
  const double root = std::sqrt(kappa) + 1;
  return (kappa - 1) / root / root;
}

/// ln q, to full relative accuracy also where q is next to 1.
double log_q_of(double kappa) {
  const double q = q_of(kappa);
  return q < 0.5 ? std::log(q) : std::log1p(-2 / (std::sqrt(kappa) + 1));
}

/// MATH: c = 4 / (kappa - 1)
double c_of(double kappa) {
  return 4 / (kappa - 1);
}

double last_diagonal(const RosenbrockProblem& problem) {
  switch (problem.end) {
    case RosenbrockEnd::free:
      return 1 + c_of(problem.kappa);
    case RosenbrockEnd::pinned:
      return 2 + c_of(problem.kappa);
    case RosenbrockEnd::exact:
      return 1 / q_of(problem.kappa);
  }
  return 0;
}

SparseMatrix matrix_of(const RosenbrockProblem& problem) {
  SparseMatrix matrix;
  matrix.size = problem.size;
  matrix.row_begin.reserve(at(problem.size + 1));
  const auto put = [&matrix](std::int64_t column, double value) {
    matrix.column.push_back(static_cast<std::int32_t>(column));
    matrix.value.push_back(value);
  };
  const std::int64_t last = problem.size - 1;
  for (std::int64_t i = 0; i < problem.size; ++i) {
    if (i > 0) put(i - 1, -1);
    put(i, i == last ? last_diagonal(problem) : 2 + c_of(problem.kappa));
    if (i < last) put(i + 1, -1);
    matrix.row_begin.push_back(static_cast<std::int64_t>(matrix.column.size()));
  }
  return matrix;
}

/// MATH: w*_i (M53), its differences by expm1.
std::vector<double> solution_of(const RosenbrockProblem& problem) {
  const double log_q = log_q_of(problem.kappa);
  const auto power = [log_q](std::int64_t exponent) { return static_cast<double>(exponent) * log_q; };
  const std::int64_t n = problem.size;
  std::vector<double> solution(at(n));
  for (std::int64_t i = 1; i <= n; ++i) {
    double factor = 1;  // what the finite end makes of q^i
    switch (problem.end) {
      case RosenbrockEnd::free:
        factor = (1 + std::exp(power(2 * (n - i) + 1))) / (1 + std::exp(power(2 * n + 1)));
        break;
      case RosenbrockEnd::pinned:
        factor = std::expm1(power(2 * (n + 1 - i))) / std::expm1(power(2 * (n + 1)));
        break;
      case RosenbrockEnd::exact:
        break;
    }
    solution[at(i - 1)] = std::exp(power(i)) * factor;
  }
  return solution;
}

/// MATH: M54.
std::optional<ClosedForm> closed_form_of(const RosenbrockProblem& problem) {
  if (problem.end == RosenbrockEnd::exact) return std::nullopt;
  const bool is_free = problem.end == RosenbrockEnd::free;
  ClosedForm form{is_free ? path_eigenvalues_one_pinned(problem.size) : path_eigenvalues_both_pinned(problem.size),
                  "convex Rosenbrock (M54)"};
  for (double& value : form.eigenvalues) value += c_of(problem.kappa);
  return form;
}

}  // namespace

Quadratic rosenbrock_quadratic(const RosenbrockProblem& problem) {
  check(problem);
  Quadratic quadratic;
  quadratic.matrix = matrix_of(problem);
  quadratic.b.assign(at(problem.size), 0.0);
  quadratic.b.front() = 1;
  quadratic.solution = solution_of(problem);
  if (std::optional<ClosedForm> form = closed_form_of(problem)) {
    quadratic.eigenvalues = std::move(form->eigenvalues);
    quadratic.closed_form = std::move(form->name);
  }
  return quadratic;
}

}  // namespace ravine
