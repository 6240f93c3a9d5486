#include "ravine/conditioning.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "ravine/engine.hpp"
#include "ravine/statistics.hpp"
#include "ravine/stored_eigenvalues.hpp"

namespace ravine {
namespace {

/// 800 steps along alpha, 400 along beta. Where kappa is beyond about 1e6 the optimum lies between beta = 0.9975 and 1,
/// and the best cell is far from it.
constexpr std::int64_t alphas = 801;
constexpr std::int64_t betas = 401;

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
  const StoredEigenvalues spectrum = stored_eigenvalues(store);
  Conditioning result;
  result.size = spectrum.size;
  result.computed = static_cast<std::int64_t>(spectrum.values.size());
  result.kernel = spectrum.kernel;
  result.zeros = spectrum.zeros();
  result.negatives = spectrum.negatives();
  result.lambda_1 = spectrum.at(1);
  result.lambda_2 = spectrum.at(2);
  result.lambda_n = spectrum.at(spectrum.size);
  const std::optional<std::size_t> k = spectrum.smallest_nonzero();
  if (!k) return result;
  const double low = spectrum.values[*k];
  result.smallest_nonzero = low;
  result.bound = spectrum.bounds[*k];
  if (!result.lambda_n) return result;
  const double high = *result.lambda_n;
  result.kappa_nonzero = spectrum.kappa_nonzero();
  if (result.zeros == 0) result.kappa = result.kappa_nonzero;
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
