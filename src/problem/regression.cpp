#include "problem/regression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "io/data_files.hpp"
#include "io/messages.hpp"
#include "ravine/error.hpp"
#include "ravine/model/pair_numbers.hpp"

namespace ravine {
namespace {

using Pair = model::Pair<double>;

/// The squared lengths of Z's columns have to lie between these. Products of two of their entries, and of the entries
/// with rotations between columns, then keep all bits of a pair that count. (Of 150 inputs from 0 on and degree 100,
/// Jacobi's iteration ends for squares down to 2^-776 and no more at 2^-784.)
constexpr double smallest_square = 0x1p-760;
constexpr double largest_square = 0x1p900;
/// And the observations, unless all are zero: weights and losses are then finite, with all their bits.
constexpr double smallest_observation = 0x1p-400;
constexpr double largest_observation = 0x1p400;

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

std::size_t distinct(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
}

/// sum over the samples of xi^p, p from 0 to 2 degree: A_jk is the (j + k)-th.
std::vector<Pair> power_sums(const Regression& regression) {
  std::vector<Pair> sums(at(2 * regression.degree + 1));
  for (const double x : regression.input) {
    const std::vector<Pair> terms = powers(x, 2 * regression.degree + 1);
    for (std::size_t p = 0; p < sums.size(); ++p) sums[p] += terms[p];
  }
  return sums;
}

double largest_size(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::fabs(value));
  return largest;
}

void check_inputs(const Regression& regression, const std::vector<Pair>& sums) {
  const double square = sums.back().hi;
  // (Comparisons that a NaN, which is what an overflow leaves of a pair, fails.)
  if (square >= smallest_square && square <= largest_square) return;
  const double largest = largest_size(regression.input);
  throw UsageError(
      fmt::format("degree: found {} with inputs up to {:g}, whose powers are too {} for float64; wanted "
                  "inputs of about 1: scale them, or lower the degree",
                  regression.degree, largest, largest > 1 ? "large" : "small"));
}

void check_observations(const Regression& regression) {
  const double largest = largest_size(regression.observation);
  if (largest == 0 || (largest >= smallest_observation && largest <= largest_observation)) return;
  throw UsageError(fmt::format("found observations up to {:g}; wanted {:.1g} to {:.1g}: scale them", largest,
                               smallest_observation, largest_observation));
}

}  // namespace

std::vector<Pair> powers(double x, std::int64_t count) {
  std::vector<Pair> result{model::pair(1)};
  while (static_cast<std::int64_t>(result.size()) < count) result.push_back(result.back() * model::pair(x));
  return result;
}

Regression read_regression(const std::filesystem::path& folder, const RegressionProblem& problem) {
  if (problem.degree < 0 || problem.degree > greatest_degree) {
    throw UsageError(
        fmt::format("degree: found {}; wanted 0 to {}: above, no arithmetic here can tell the weights apart",
                    problem.degree, greatest_degree));
  }
  const std::filesystem::path path = folder / problem.path;
  CsvTable table = read_csv_table(path, {problem.input, problem.output});
  Regression regression{std::move(table.columns[0]), std::move(table.columns[1]), problem.degree};
  const std::size_t weights = at(problem.degree + 1);
  if (regression.input.size() < weights) {
    throw DataError(
        fmt::format("{}: found {} samples; wanted at least {}, one for each weight of a polynomial of "
                    "degree {}",
                    path.string(), regression.input.size(), weights, problem.degree));
  }
  if (const std::size_t count = distinct(regression.input); count < weights) {
    throw DataError(
        fmt::format("{}: found {} distinct numbers in column {}; wanted at least {}: with fewer, the problem "
                    "is singular for a polynomial of degree {}",
                    path.string(), count, in_quotes(problem.input), weights, problem.degree));
  }
  return regression;
}

Quadratic regression_quadratic(const Regression& regression) {
  const std::int64_t size = regression.degree + 1;
  const std::vector<Pair> sums = power_sums(regression);
  check_inputs(regression, sums);
  check_observations(regression);
  DenseMatrix matrix{size, {}};
  for (std::int64_t row = 0; row < size; ++row) {
    for (std::int64_t column = 0; column < size; ++column) {
      matrix.value.push_back(model::to_double(sums[at(row + column)]));
    }
  }
  std::vector<Pair> b(at(size));
  for (std::size_t i = 0; i < regression.input.size(); ++i) {
    const std::vector<Pair> terms = powers(regression.input[i], size);
    for (std::size_t j = 0; j < b.size(); ++j) b[j] += terms[j] * model::pair(regression.observation[i]);
  }
  Quadratic quadratic;
  quadratic.matrix = std::move(matrix);
  for (const Pair& entry : b) quadratic.b.push_back(model::to_double(entry));
  quadratic.regression = regression;
  quadratic.notes = {
      "A = Z'Z is held rounded to float64, which can cost its small eigenvalues every digit. Those of the spectrum are "
      "the problem's own: they are computed from the inputs in pair arithmetic, without A."};
  return quadratic;
}

}  // namespace ravine
