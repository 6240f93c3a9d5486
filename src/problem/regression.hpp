/// \file
/// Least squares with a polynomial: samples from a CSV file, and the quadratic that they make (docs/formulas.md M8).
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "ravine/model/arithmetic.hpp"
#include "ravine/problem.hpp"

namespace ravine {

/// Above it no arithmetic here could tell the weights apart: of inputs spread evenly over [-1, 1] the condition number
/// of Z is 2e37 at degree 100 (it grows about as (1 + sqrt 2)^degree), and pairs have 32 digits.
inline constexpr std::int64_t greatest_degree = 100;

/// Reads the samples of `problem` from its file, relative to `folder`. All numbers are finite.
/// \throws UsageError for a degree that is not 0 to greatest_degree; IoError; DataError for a malformed file
/// (`file:line:column: ...`), fewer samples than weights, or fewer distinct inputs than weights (a singular problem).
[[nodiscard]] Regression read_regression(const std::filesystem::path& folder, const RegressionProblem& problem);

/// A = Z'Z and b = Z'd with Z_ij = xi_i^j exactly, j from 0 to the degree: each entry is summed in pair arithmetic and
/// then rounded once. Cost: O(samples * degree).
/// \throws UsageError where powers of the inputs, or the observations, leave the range that pair arithmetic needs.
[[nodiscard]] Quadratic regression_quadratic(const Regression& regression);

/// x^0 to x^(count - 1), each with a relative error below count * 2^-104.
[[nodiscard]] std::vector<model::Pair<double>> powers(double x, std::int64_t count);

}  // namespace ravine
