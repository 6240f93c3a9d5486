/// \file
/// Spectra that are known (MATH: M46, M48, M54). Each 2 - 2 cos(x) is computed as 4 sin^2(x/2), which keeps its
/// relative accuracy near zero: a few units in the last place.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ravine/problem.hpp"

namespace ravine {

/// All eigenvalues, ascending, and where they are from.
struct ClosedForm {
  std::vector<double> eigenvalues;
  std::string name;
};

/// Of the path's tridiagonal matrix (-1, 2, -1), whose ends are free (the last diagonal entry 1: the Laplacian) or
/// pinned (2: tied to a neighbour that is held at zero). `count` eigenvalues, ascending.
[[nodiscard]] std::vector<double> path_eigenvalues(std::int64_t count);              ///< both ends free: M46
[[nodiscard]] std::vector<double> path_eigenvalues_one_pinned(std::int64_t count);   ///< M48
[[nodiscard]] std::vector<double> path_eigenvalues_both_pinned(std::int64_t count);  ///< M54
/// Of the cycle's Laplacian (M46); of fewer than three vertices, the path's, which it is then.
[[nodiscard]] std::vector<double> cycle_eigenvalues(std::int64_t count);

/// Of the Laplacian: of every family but the random ones. Precondition: vertices_of() accepts it.
[[nodiscard]] std::optional<ClosedForm> laplacian_closed_form(const GeneratedGraph& graph);

/// Of the Laplacian plus the sum of e_i e_i' over the distinguished vertices (ascending), where these are all vertices,
/// or one face of a grid: a path's end, the first or last row or column, and so on in more dimensions.
[[nodiscard]] std::optional<ClosedForm> colorization_closed_form(const GeneratedGraph& graph,
                                                                 std::span<const std::int64_t> distinguished);

}  // namespace ravine
