/// \file
/// The quadratics of graphs (MATH: M44, M45).
#pragma once

#include <filesystem>

#include "ravine/problem.hpp"

namespace ravine {

/// \throws UsageError, naming the member; DataError, IoError for the graph's and the mask's file.
[[nodiscard]] Quadratic graph_quadratic(const GraphProblem& problem, const std::filesystem::path& folder);

}  // namespace ravine
