#include "cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "ravine/model/order_key.hpp"

namespace ravine::gpu_check {
namespace {

using Values = Axis::Values;

const std::vector<Quantity> every_quantity = {Quantity::rate,      Quantity::gap,       Quantity::regime,
                                              Quantity::sigma1_re, Quantity::sigma1_im, Quantity::sigma2_re,
                                              Quantity::sigma2_im};
const std::vector<Quantity> reducible = {Quantity::rate, Quantity::gap, Quantity::regime};
constexpr std::array precisions = {Precision::float64, Precision::float32};
constexpr std::array parameters = {"alpha", "beta", "lambda"};

/// Values of each parameter, over which all regimes are met.
Values alphas(std::int64_t count) {
  return LinearRange{-0.25, 4.25, count};
}
Values betas(std::int64_t count) {
  return LinearRange{-0.25, 1.125, count};
}
Values lambdas(std::int64_t count) {
  return LinearRange{0.1, 1.5, count};
}

Values values_of(std::string_view parameter, std::int64_t count) {
  if (parameter == "alpha") return alphas(count);
  return parameter == "beta" ? betas(count) : lambdas(count);
}

Spec spec_of(Precision precision, std::vector<Quantity> quantities, std::vector<Axis> axes) {
  Spec spec;
  spec.precision = precision;
  spec.quantities = std::move(quantities);
  spec.axes = std::move(axes);
  return spec;
}

std::string name_of(const Spec& spec) {
  return fmt::format("{}, {} fastest", ravine::name_of(spec.precision), map_axes(spec).back().name());
}

std::int64_t root(std::int64_t cells) {
  return static_cast<std::int64_t>(std::sqrt(static_cast<double>(cells)));
}

/// Odd, so that no power of two divides an extent, and enough for a range.
std::int64_t odd(std::int64_t count) {
  return std::max<std::int64_t>(count, 3) | 1;
}

/// About `cells` cells over all three parameters, `fastest` last with rows of a few hundred cells at least, so that
/// each has a band to be found where there are that many.
std::vector<Axis> axes_with_fastest(std::string_view fastest, std::int64_t cells) {
  const std::int64_t row = odd(std::max<std::int64_t>(root(cells), 301));
  const std::int64_t slowest = cells / row > 40 ? 7 : 2;
  const std::int64_t slower = odd(cells / row / slowest);
  std::vector<Axis> axes;
  for (const char* parameter : parameters) {
    if (parameter != fastest) axes.emplace_back(parameter, values_of(parameter, axes.empty() ? slowest : slower));
  }
  axes.emplace_back(std::string(fastest), values_of(fastest, row));
  return axes;
}

std::int64_t fastest_extent(const Spec& spec) {
  return map_axes(spec).back().size();
}

/// A tenth of the map, not evenly: the tiles at the edges are padded.
std::int64_t tenth(const Spec& spec) {
  const std::int64_t cells = make_grid(spec).cells();
  return std::max(fastest_extent(spec), cells / 10 + 1);
}

/// `visit` with each precision and each parameter as the fastest axis.
template <class Visit>
void for_each_layout(Visit visit) {
  for (const Precision precision : precisions) {
    for (const char* fastest : parameters) visit(precision, fastest);
  }
}

}  // namespace

CaseGroup plain_maps(const Sizes& sizes) {
  CaseGroup group{"maps", {}};
  for_each_layout([&](Precision precision, const char* fastest) {
    Spec spec = spec_of(precision, every_quantity, axes_with_fastest(fastest, sizes.cells));
    group.maps.push_back({name_of(spec), spec, tenth(spec)});
  });
  return group;
}

CaseGroup padded_maps(const Sizes& sizes) {
  CaseGroup group{"tiles with padding", {}};
  const std::int64_t cells = std::min<std::int64_t>(sizes.cells / 20, 1'000'000);
  for_each_layout([&](Precision precision, const char* fastest) {
    const Spec spec = spec_of(precision, every_quantity, axes_with_fastest(fastest, cells));
    const std::int64_t row = fastest_extent(spec);
    // Parts of a row; a part that leaves a few columns; several rows, but no divisor of theirs.
    for (const std::int64_t tile : {row / 2 + 3, row - 7, 3 * row}) {
      group.maps.push_back({fmt::format("{}, tiles of {}", name_of(spec), tile), spec, tile});
    }
  });
  for (const std::int64_t row : {1, 31, 32, 33, 63, 64, 65, 255, 256, 257}) {
    const Spec spec = spec_of(Precision::float64, every_quantity,
                              {Axis("lambda", lambdas(3)), Axis("alpha", alphas(5)), Axis("beta", [&]() -> Values {
                                 if (row == 1) return ListedValues{{0.5}};
                                 return betas(row);
                               }())});
    group.maps.push_back({fmt::format("rows of {}", row), spec, 2 * row});
  }
  return group;
}

CaseGroup summarised_maps(const Sizes& sizes) {
  CaseGroup group{"summaries alone", {}};
  for_each_layout([&](Precision precision, const char* fastest) {
    for (const std::vector<Quantity>& quantities :
         {reducible, std::vector{Quantity::rate}, std::vector{Quantity::gap, Quantity::rate}}) {
      Spec spec = spec_of(precision, quantities, axes_with_fastest(fastest, sizes.cells / 4));
      group.maps.push_back({fmt::format("{}, {} quantities", name_of(spec), quantities.size()), spec, tenth(spec),
                            cuda::WorstBy::ends, cuda::Keep::summary});
    }
  });
  return group;
}

CaseGroup counted_maps(const Sizes& sizes) {
  CaseGroup group{"counts of keys", {}};
  const std::vector<Quantity> quantities = {Quantity::rate, Quantity::regime, Quantity::gap, Quantity::sigma1_re};
  for (const Precision precision : precisions) {
    // All keys by their first 16 bits, then those of numbers in [1/2, 1) by their first bits after these.
    const bool is_double = precision == Precision::float64;
    const std::uint64_t half = is_double ? model::order_key(0.5) : model::order_key(0.5F);
    const int coarse = is_double ? 48 : 16;
    const int fine = is_double ? 36 : 7;
    Spec spec = spec_of(precision, quantities, axes_with_fastest("beta", sizes.cells / 4));
    group.maps.push_back({name_of(spec),
                          spec,
                          tenth(spec),
                          cuda::WorstBy::ends,
                          cuda::Keep::chunks,
                          {{0, 0, coarse}, {0, half, fine}, {2, 0, coarse}, {2, half, fine}, {3, 0, coarse}}});
  }
  return group;
}

CaseGroup gradient_descent_maps(const Sizes& sizes) {
  CaseGroup group{"gradient descent", {}};
  const std::int64_t side = odd(root(sizes.cells / 4));
  for (const Precision precision : precisions) {
    for (const bool alpha_is_fastest : {true, false}) {
      std::vector<Axis> axes = {Axis("lambda", lambdas(side)), Axis("alpha", alphas(side + 2))};
      if (!alpha_is_fastest) std::swap(axes[0], axes[1]);
      Spec spec = spec_of(precision, every_quantity, std::move(axes));
      spec.method = Method::gradient_descent;
      group.maps.push_back({name_of(spec), spec, tenth(spec)});
    }
  }
  return group;
}

CaseGroup extreme_maps(const Sizes& sizes) {
  CaseGroup group{"extreme values", {}};
  for_each_layout([&](Precision precision, const char* fastest) {
    const bool is_double = precision == Precision::float64;
    using Double = std::numeric_limits<double>;
    using Single = std::numeric_limits<float>;
    const double tiniest = is_double ? Double::denorm_min() : Single::denorm_min();
    const double tiny = is_double ? Double::min() : Single::min();
    const double ulp = is_double ? Double::epsilon() : Single::epsilon();
    const double huge = is_double ? Double::max() : Single::max();
    const std::vector<double> magnitudes = {
        tiniest, tiny,    std::sqrt(tiny), ulp, 0.25, 0.5, 1 - ulp, 1.0, 1 + ulp, 2.0, 3.0,
        4.0,     1 / ulp, std::sqrt(huge), huge};
    std::vector<double> values;
    for (std::size_t k = 0; k < magnitudes.size(); k += sizes.extremes_step) {
      const double value = is_double ? magnitudes[k] : static_cast<double>(static_cast<float>(magnitudes[k]));
      values.push_back(value);
      values.push_back(-value);
    }
    values.push_back(0.0);
    // As listed, and in order: only rows in order have bands.
    for (const bool sorted : {false, true}) {
      if (sorted) std::sort(values.begin(), values.end());
      std::vector<Axis> axes;
      for (const char* parameter : parameters) {
        if (std::string_view(parameter) != fastest) axes.emplace_back(parameter, ListedValues{values});
      }
      std::vector<double> row;
      for (int times = 0; times < 3; ++times) row.insert(row.end(), values.begin(), values.end());
      if (sorted) std::sort(row.begin(), row.end());
      axes.emplace_back(fastest, ListedValues{row});
      Spec spec = spec_of(precision, every_quantity, std::move(axes));
      group.maps.push_back({name_of(spec) + (sorted ? ", in order" : ""), spec, 20 * fastest_extent(spec)});
    }
  });
  return group;
}

CaseGroup worst_case_maps(const Sizes& sizes, cuda::WorstBy worst_by) {
  const bool by_ends = worst_by == cuda::WorstBy::ends;
  CaseGroup group{by_ends ? "worst case by the ends" : "worst case by trying all", {}};
  const auto spectrum = [](std::int64_t count) {
    std::vector<double> values(static_cast<std::size_t>(count));
    Axis("lambda", LogRange{0.01, 1.5, count}).fill(0, values);
    return values;
  };
  const auto add = [&](Precision precision, const char* fastest, std::string_view order, std::vector<double> values,
                       std::int64_t cells) {
    std::vector<Axis> axes = {Axis("alpha", alphas(odd(root(cells)))), Axis("beta", betas(odd(root(cells)) + 4)),
                              Axis("lambda", ListedValues{std::move(values)})};
    if (std::string_view(fastest) == "alpha") std::swap(axes[0], axes[1]);
    Spec spec = spec_of(precision, reducible, std::move(axes));
    spec.lambda_reduction = Reduction::worst;
    group.maps.push_back({fmt::format("{}, eigenvalues {}", name_of(spec), order), spec, tenth(spec), worst_by});
  };
  // Trying all takes as many evaluations as there are eigenvalues, and so does the regime where they are in no order.
  const std::int64_t cells = by_ends ? sizes.cells / 4 : 64 * sizes.cells / sizes.eigenvalues;
  for (const Precision precision : precisions) {
    for (const char* fastest : {"alpha", "beta"}) {
      std::vector<double> values = spectrum(sizes.eigenvalues);
      add(precision, fastest, "ascending", values, cells);
      std::reverse(values.begin(), values.end());
      add(precision, fastest, "descending", values, cells);
      values = spectrum(std::min<std::int64_t>(sizes.eigenvalues, 101));
      std::rotate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 3), values.end());
      add(precision, fastest, "rotated", values, cells / 16);
      add(precision, fastest, "one", {0.75}, cells / 16);
      add(precision, fastest, "of both signs and zero", {0.5, -0.125, 0.0, 1.25}, cells / 16);
    }
  }
  return group;
}

CaseGroup adversarial_maps(const Sizes& sizes, const CellTable& rows) {
  CaseGroup group{"adversarial rows", {}};
  const std::size_t step = static_cast<std::size_t>(sizes.adversarial_rows);
  const auto slice = [&](std::string_view parameter, std::size_t first, Precision precision) {
    const std::vector<double>& column = parameter == "alpha"  ? rows.alpha
                                        : parameter == "beta" ? rows.beta
                                                              : rows.lambda;
    std::vector<double> values;
    for (std::size_t row = first; row < std::min(first + step, column.size()); ++row) {
      const bool fits = precision == Precision::float64 || std::isfinite(static_cast<float>(column[row]));
      values.push_back(fits ? column[row] : 1.0);
    }
    return ListedValues{std::move(values)};
  };
  for_each_layout([&](Precision precision, const char* fastest) {
    for (std::size_t first = 0; first < rows.alpha.size(); first += step) {
      std::vector<Axis> axes;
      for (const char* parameter : parameters) {
        if (std::string_view(parameter) != fastest) axes.emplace_back(parameter, slice(parameter, first, precision));
      }
      // In order, so that the bands' limits are decided among these values too.
      ListedValues row = slice(fastest, first, precision);
      std::sort(row.values.begin(), row.values.end());
      axes.emplace_back(fastest, std::move(row));
      Spec spec = spec_of(precision, every_quantity, std::move(axes));
      group.maps.push_back({fmt::format("{}, rows from {}", name_of(spec), first + 1), spec, default_tile_cells});
    }
  });
  return group;
}

CaseGroup large_maps(const Sizes& sizes) {
  CaseGroup group{"large maps", {}};
  const auto add = [&](Precision precision, const char* fastest) {
    Spec spec = spec_of(precision, reducible, axes_with_fastest(fastest, sizes.large_cells));
    group.maps.push_back({name_of(spec), spec, default_tile_cells});
  };
  add(Precision::float64, "beta");
  add(Precision::float32, "alpha");
  return group;
}

}  // namespace ravine::gpu_check
