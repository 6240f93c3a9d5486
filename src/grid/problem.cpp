#include "ravine/problem.hpp"

#include <array>
#include <utility>

#include "ravine/spectrum.hpp"

namespace ravine {
namespace {

constexpr std::array<std::pair<GraphFamily, std::string_view>, 11> families = {{
    {GraphFamily::path, "path"},
    {GraphFamily::cycle, "cycle"},
    {GraphFamily::grid, "grid"},
    {GraphFamily::torus, "torus"},
    {GraphFamily::complete, "complete"},
    {GraphFamily::star, "star"},
    {GraphFamily::complete_bipartite, "complete-bipartite"},
    {GraphFamily::hypercube, "hypercube"},
    {GraphFamily::small_world, "small-world"},
    {GraphFamily::random_regular, "random-regular"},
    {GraphFamily::random, "random"},
}};

}  // namespace

std::string_view name_of(GraphFamily family) {
  for (const auto& [known, name] : families) {
    if (known == family) return name;
  }
  return "";
}

std::optional<GraphFamily> graph_family_named(std::string_view name) {
  for (const auto& [family, known] : families) {
    if (known == name) return family;
  }
  return std::nullopt;
}

std::string_view name_of(Operator kind) {
  return kind == Operator::laplacian ? "laplacian" : "colorization";
}

std::string_view name_of(RosenbrockEnd end) {
  switch (end) {
    case RosenbrockEnd::free:
      return "free";
    case RosenbrockEnd::pinned:
      return "pinned";
    case RosenbrockEnd::exact:
      return "exact";
  }
  return "";
}

std::string_view name_of(Solver solver) {
  switch (solver) {
    case Solver::automatic:
      return "auto";
    case Solver::closed_form:
      return "closed-form";
    case Solver::dense:
      return "dense";
    case Solver::sparse:
      return "sparse";
  }
  return "";
}

}  // namespace ravine
