// Cells without a store: tables of points.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "cpu/worst_case.hpp"
#include "grid/floating_point_environment.hpp"
#include "ravine/engine.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

/// A column at precision F; zeros where the table has none.
template <class F>
std::vector<F> rounded(std::string_view name, const std::vector<double>& values, std::size_t size) {
  if (values.empty()) return std::vector<F>(size, F(0));
  if (values.size() != size) {
    throw UsageError(fmt::format("{}: found {} values; wanted {}, as many as alpha has", name, values.size(), size));
  }
  std::vector<F> out(size);
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<F>(values[i]);
    if (!std::isfinite(out[i])) {
      throw UsageError(fmt::format("{}: row {} has {}; wanted a finite value of the precision", name, i, values[i]));
    }
  }
  return out;
}

template <class F>
std::vector<double> evaluate_as(Quantity quantity, const CellTable& cells) {
  const detail::FloatingPointEnvironment exact;
  const std::size_t size = cells.alpha.size();
  const std::vector<F> alpha = rounded<F>("alpha", cells.alpha, size);
  const std::vector<F> beta = rounded<F>("beta", cells.beta, size);
  const std::vector<F> lambda = rounded<F>("lambda", cells.lambda, size);
  const cpu::Cells<F> table{alpha.data(), beta.data(), lambda.data(), size};
  std::vector<double> out(size);
  if (quantity == Quantity::regime) {
    std::vector<std::uint8_t> values(size);
    cpu::evaluate<F>(quantity, table, values.data());
    std::copy(values.begin(), values.end(), out.begin());
  } else {
    std::vector<F> values(size);
    cpu::evaluate<F>(quantity, table, values.data());
    std::copy(values.begin(), values.end(), out.begin());
  }
  return out;
}

}  // namespace

std::vector<double> evaluate(Quantity quantity, Precision precision, const CellTable& cells) {
  return precision == Precision::float64 ? evaluate_as<double>(quantity, cells) : evaluate_as<float>(quantity, cells);
}

}  // namespace ravine
