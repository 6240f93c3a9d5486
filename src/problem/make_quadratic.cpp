#include "problem/graph_problem.hpp"
#include "problem/rosenbrock.hpp"
#include "ravine/error.hpp"
#include "ravine/problem.hpp"

namespace ravine {

Quadratic make_quadratic(const Problem& problem, const std::filesystem::path& folder) {
  if (const auto* const graph = std::get_if<GraphProblem>(&problem)) return graph_quadratic(*graph, folder);
  if (const auto* const rosenbrock = std::get_if<RosenbrockProblem>(&problem)) return rosenbrock_quadratic(*rosenbrock);
  throw UsageError("found a problem from a file; wanted a generated graph or the convex Rosenbrock function");
}

// Until weights come from files.
std::vector<double> read_weights(const Weights& weights, std::int64_t size, const std::filesystem::path& /*folder*/) {
  return std::vector<double>(static_cast<std::size_t>(size), std::get<double>(weights));
}

}  // namespace ravine
