#include "problem/graph_problem.hpp"
#include "problem/matrix_files.hpp"
#include "problem/regression.hpp"
#include "problem/rosenbrock.hpp"
#include "ravine/problem.hpp"

namespace ravine {
namespace {

Quadratic matrix_quadratic(const MatrixProblem& problem, const std::filesystem::path& folder) {
  Quadratic quadratic;
  quadratic.matrix = read_matrix(folder / problem.path);
  quadratic.b = read_weights(problem.b, size_of(quadratic.matrix), folder);
  return quadratic;
}

}  // namespace

Quadratic make_quadratic(const Problem& problem, const std::filesystem::path& folder) {
  if (const auto* const matrix = std::get_if<MatrixProblem>(&problem)) return matrix_quadratic(*matrix, folder);
  if (const auto* const graph = std::get_if<GraphProblem>(&problem)) return graph_quadratic(*graph, folder);
  if (const auto* const rosenbrock = std::get_if<RosenbrockProblem>(&problem)) return rosenbrock_quadratic(*rosenbrock);
  return regression_quadratic(read_regression(folder, std::get<RegressionProblem>(problem)));
}

}  // namespace ravine
