#include "ravine/conditioning.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "ravine/engine.hpp"
#include "ravine/statistics.hpp"

namespace ravine {
namespace {

/// 800 steps along alpha, 400 along beta: the best cell's rate is within about a percent of the best there is.
constexpr std::int64_t alphas = 801;
constexpr std::int64_t betas = 401;

/// The eigenvalues of the store and what is known of each.
struct Eigenvalues {
  std::vector<double> values;
  std::vector<double> bounds;
  std::vector<std::int64_t> positions;

  [[nodiscard]] bool is_zero(std::size_t k) const { return std::fabs(values[k]) <= bounds[k]; }
  [[nodiscard]] std::optional<double> at(std::int64_t position) const {
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (positions[k] == position) return values[k];
    }
    return std::nullopt;
  }
};

/// The position in the arrays of the smallest above zero, where all below it are known to be zero.
std::optional<std::size_t> smallest_nonzero(const Eigenvalues& spectrum, std::int64_t kernel) {
  std::int64_t expected = 1;
  for (std::size_t k = 0; k < spectrum.values.size(); ++k) {
    // The zeros of a known kernel need not be in the store.
    if (spectrum.positions[k] == kernel + 1) expected = kernel + 1;
    if (spectrum.positions[k] != expected) return std::nullopt;
    if (!spectrum.is_zero(k)) return spectrum.values[k] > 0 ? std::optional(k) : std::nullopt;
    ++expected;
  }
  return std::nullopt;
}

}  // namespace

BestOfMap best_of_map(Method method, double smallest, double largest) {
  Spec spec;
  spec.method = method;
  spec.quantities = {Quantity::rate, Quantity::gap};
  spec.percentiles = {};
  spec.lambda_reduction = Reduction::worst;
  spec.axes.emplace_back("lambda", ListedValues{{smallest, largest}});
  spec.axes.emplace_back("alpha", LinearRange{0, 4 / largest, alphas});
  if (method == Method::heavy_ball) spec.axes.emplace_back("beta", LinearRange{0, 1, betas});
  StatisticsOptions options;
  options.backend = Backend::cpu;
  const MapStatistics map = map_statistics(spec, options);
  // By the gap: near 1 many cells round to the same rate.
  const BestCell best = map.summary.best_gap.value();
  const Index index = make_grid(spec).cell_index(best.cell);
  const double beta = method == Method::heavy_ball ? spec.axes[2].value(index[1]) : 0.0;
  const double alpha = spec.axes[1].value(index[0]);
  const CellTable ends{{alpha, alpha}, {beta, beta}, {smallest, largest}};
  const std::vector<double> rates = evaluate(Quantity::rate, Precision::float64, ends);
  return {method, alpha, beta, std::max(rates[0], rates[1]), best.value};
}

Conditioning conditioning_of(const SpectrumStore& store) {
  const auto attributes = nlohmann::json::parse(store.attributes());
  const Eigenvalues spectrum{store.numbers("eigenvalue"), store.numbers("eigenvalue_bound"), store.integers("mode")};
  const auto kernel = attributes.at("kernel").get<std::int64_t>();
  Conditioning result;
  result.size = attributes.at("n").get<std::int64_t>();
  result.computed = static_cast<std::int64_t>(spectrum.values.size());
  result.zero_tolerance = attributes.at("zero_tolerance").get<double>();
  for (std::size_t k = 0; k < spectrum.values.size(); ++k) {
    if (spectrum.is_zero(k)) {
      ++result.zeros;
    } else if (spectrum.values[k] < 0) {
      ++result.negatives;
    }
  }
  result.lambda_1 = kernel > 0 ? std::optional(0.0) : spectrum.at(1);
  result.lambda_2 = kernel > 1 ? std::optional(0.0) : spectrum.at(2);
  result.lambda_n = kernel == result.size ? std::optional(0.0) : spectrum.at(result.size);
  if (const auto k = smallest_nonzero(spectrum, kernel)) {
    result.smallest_nonzero = spectrum.values[*k];
    result.bound = spectrum.bounds[*k];
  }
  if (!result.smallest_nonzero || !result.lambda_n) return result;
  const double low = *result.smallest_nonzero;
  const double high = *result.lambda_n;
  result.kappa_nonzero = high / low;
  if (*result.lambda_1 == low) result.kappa = result.kappa_nonzero;
  const std::array<OptimalMethod, 4> methods = optimal_methods({low, high});
  result.optimal.assign(methods.begin(), methods.end());
  result.from_rest = worst_case_from_rest({low, high});
  if (std::isfinite(4 / high)) {
    for (const Method method : {Method::gradient_descent, Method::heavy_ball}) {
      result.best.push_back(best_of_map(method, low, high));
    }
  }
  return result;
}

}  // namespace ravine
