/// \file
/// The convex Rosenbrock function (MATH: M52 to M57).
#pragma once

#include "ravine/problem.hpp"

namespace ravine {

/// A, b, w* and, but for the exact end, all eigenvalues. \throws UsageError, naming the member.
[[nodiscard]] Quadratic rosenbrock_quadratic(const RosenbrockProblem& problem);

}  // namespace ravine
