#include "ravine/quantity.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ravine {
namespace {

constexpr std::array quantities = {
    QuantityInfo{Quantity::rate, "rate", Kind::rate, Source::closed_form, Storage::precision, Inner::none,
                 "convergence rate max|sigma|"},
    QuantityInfo{Quantity::gap, "gap", Kind::rate, Source::closed_form, Storage::precision, Inner::none,
                 "convergence gap 1 - max|sigma|"},
    QuantityInfo{Quantity::regime, "regime", Kind::rate, Source::closed_form, Storage::code, Inner::none,
                 "convergence regime"},
    QuantityInfo{Quantity::sigma1_re, "sigma1_re", Kind::rate, Source::closed_form, Storage::precision, Inner::none,
                 "real part of sigma_1, the eigenvalue with + sqrt"},
    QuantityInfo{Quantity::sigma1_im, "sigma1_im", Kind::rate, Source::closed_form, Storage::precision, Inner::none,
                 "imaginary part of sigma_1, the eigenvalue with + sqrt"},
    QuantityInfo{Quantity::sigma2_re, "sigma2_re", Kind::rate, Source::closed_form, Storage::precision, Inner::none,
                 "real part of sigma_2, the eigenvalue with - sqrt"},
    QuantityInfo{Quantity::sigma2_im, "sigma2_im", Kind::rate, Source::closed_form, Storage::precision, Inner::none,
                 "imaginary part of sigma_2, the eigenvalue with - sqrt"},

    QuantityInfo{Quantity::loss, "loss", Kind::trajectory, Source::recorded, Storage::precision, Inner::step,
                 "loss f - f*"},
    QuantityInfo{Quantity::loss_parts, "loss_parts", Kind::trajectory, Source::recorded, Storage::precision,
                 Inner::step_component, "part of an eigenvalue in the loss, lambda x^2 / 2"},
    QuantityInfo{Quantity::x, "x", Kind::trajectory, Source::recorded, Storage::precision, Inner::step_component,
                 "error x in the eigenbasis"},
    QuantityInfo{Quantity::peak_loss, "peak_loss", Kind::trajectory, Source::watched, Storage::precision, Inner::none,
                 "largest loss on the way"},
    QuantityInfo{Quantity::peak_step, "peak_step", Kind::trajectory, Source::watched, Storage::int64, Inner::none,
                 "first step with the largest loss"},
    QuantityInfo{Quantity::first_above, "first_above", Kind::trajectory, Source::watched, Storage::int64, Inner::none,
                 "first step with a loss above the tolerance, -1 for none"},
    QuantityInfo{Quantity::last_above, "last_above", Kind::trajectory, Source::watched, Storage::int64, Inner::none,
                 "last step with a loss above the tolerance, -1 for none"},
    QuantityInfo{Quantity::steps_to_tolerance, "steps_to_tolerance", Kind::trajectory, Source::watched, Storage::int64,
                 Inner::none, "steps until the loss stays within the tolerance, -1 where it does not"},
    QuantityInfo{Quantity::status, "status", Kind::trajectory, Source::watched, Storage::code, Inner::none,
                 "how the trajectory ended"},

    QuantityInfo{Quantity::mean_loss, "mean_loss", Kind::noise, Source::replicates, Storage::float64, Inner::step,
                 "mean loss"},
    QuantityInfo{Quantity::variance_loss, "variance_loss", Kind::noise, Source::replicates, Storage::float64,
                 Inner::step, "sample variance of the loss"},
    QuantityInfo{Quantity::standard_error_loss, "standard_error_loss", Kind::noise, Source::replicates,
                 Storage::float64, Inner::step, "standard error of the mean loss"},
    QuantityInfo{Quantity::min_loss, "min_loss", Kind::noise, Source::replicates, Storage::float64, Inner::step,
                 "smallest loss"},
    QuantityInfo{Quantity::max_loss, "max_loss", Kind::noise, Source::replicates, Storage::float64, Inner::step,
                 "largest loss"},
    QuantityInfo{Quantity::mean_x, "mean_x", Kind::noise, Source::replicates, Storage::float64, Inner::step_component,
                 "mean of x"},
    QuantityInfo{Quantity::variance_x, "variance_x", Kind::noise, Source::replicates, Storage::float64,
                 Inner::step_component, "sample variance of x"},
    QuantityInfo{Quantity::standard_error_x, "standard_error_x", Kind::noise, Source::replicates, Storage::float64,
                 Inner::step_component, "standard error of the mean of x"},
    QuantityInfo{Quantity::min_x, "min_x", Kind::noise, Source::replicates, Storage::float64, Inner::step_component,
                 "smallest x"},
    QuantityInfo{Quantity::max_x, "max_x", Kind::noise, Source::replicates, Storage::float64, Inner::step_component,
                 "largest x"},
    QuantityInfo{Quantity::diverged, "diverged", Kind::noise, Source::replicates, Storage::int64, Inner::step,
                 "replicates whose loss is not finite"},
    QuantityInfo{Quantity::histogram, "histogram", Kind::noise, Source::bins, Storage::int64, Inner::step_bin,
                 "replicates by their loss"},
    QuantityInfo{Quantity::quantiles, "quantiles", Kind::noise, Source::bins, Storage::float64, Inner::step_quantile,
                 "quantiles of the loss, by the histogram"},
    QuantityInfo{Quantity::sample_loss, "sample_loss", Kind::noise, Source::sample, Storage::precision, Inner::step,
                 "loss of the first replicate"},
    QuantityInfo{Quantity::sample_x, "sample_x", Kind::noise, Source::sample, Storage::precision, Inner::step_component,
                 "x of the first replicate"},

    QuantityInfo{Quantity::expected_loss, "expected_loss", Kind::noise, Source::theory, Storage::float64, Inner::step,
                 "expected loss"},
    QuantityInfo{Quantity::expected_loss_deterministic, "expected_loss_deterministic", Kind::noise, Source::theory,
                 Storage::float64, Inner::step, "deterministic part of the expected loss"},
    QuantityInfo{Quantity::expected_loss_stochastic, "expected_loss_stochastic", Kind::noise, Source::theory,
                 Storage::float64, Inner::step, "stochastic part of the expected loss"},
    QuantityInfo{Quantity::expected_variance_loss, "expected_variance_loss", Kind::noise, Source::theory,
                 Storage::float64, Inner::step, "variance of the loss"},
    QuantityInfo{Quantity::expected_x, "expected_x", Kind::noise, Source::theory, Storage::float64,
                 Inner::step_component, "expected x"},
    QuantityInfo{Quantity::expected_variance_x, "expected_variance_x", Kind::noise, Source::theory, Storage::float64,
                 Inner::step_component, "variance of x"},
    QuantityInfo{Quantity::stationary_loss, "stationary_loss", Kind::noise, Source::stationary, Storage::float64,
                 Inner::none, "expected loss in the stationary state"},
    QuantityInfo{Quantity::stationary_x2, "stationary_x2", Kind::noise, Source::stationary, Storage::float64,
                 Inner::component, "E x^2 in the stationary state"},
    QuantityInfo{Quantity::stationary_y2, "stationary_y2", Kind::noise, Source::stationary, Storage::float64,
                 Inner::component, "E y^2 in the stationary state"},
    QuantityInfo{Quantity::stationary_xy, "stationary_xy", Kind::noise, Source::stationary, Storage::float64,
                 Inner::component, "E xy in the stationary state"},
    QuantityInfo{Quantity::moments, "moments", Kind::noise, Source::stationary, Storage::code, Inner::none,
                 "whether the stationary moments exist"},
    QuantityInfo{Quantity::z_mean_loss, "z_mean_loss", Kind::noise, Source::comparison, Storage::float64, Inner::step,
                 "z-score of the mean loss"},
    QuantityInfo{Quantity::z_variance_loss, "z_variance_loss", Kind::noise, Source::comparison, Storage::float64,
                 Inner::step, "z-score of the variance of the loss"},
    QuantityInfo{Quantity::z_mean_x, "z_mean_x", Kind::noise, Source::comparison, Storage::float64,
                 Inner::step_component, "z-score of the mean of x"},
    QuantityInfo{Quantity::z_variance_x, "z_variance_x", Kind::noise, Source::comparison, Storage::float64,
                 Inner::step_component, "z-score of the variance of x"},
};
static_assert(quantities.size() == static_cast<std::size_t>(Quantity::z_variance_x) + 1);

constexpr std::array<std::string_view, 8> regime_names = {"not_computed", "monotone",   "ripples",  "one_step",
                                                          "oscillation",  "mixed_sign", "marginal", "divergent"};
constexpr std::array<std::string_view, 4> status_names = {"not_computed", "running", "converged", "diverged"};
constexpr std::array<std::string_view, 3> moments_names = {"not_computed", "exist", "do_not_exist"};

template <class Enum>
using Name = std::pair<Enum, std::string_view>;

constexpr std::array kinds = {Name<Kind>{Kind::rate, "rate"}, Name<Kind>{Kind::trajectory, "trajectory"},
                              Name<Kind>{Kind::noise, "noise"}};
constexpr std::array precisions = {Name<Precision>{Precision::float64, "float64"},
                                   Name<Precision>{Precision::float32, "float32"}};

template <class Table>
auto find_value(const Table& table, std::string_view wanted) -> std::optional<decltype(table[0].first)> {
  for (const auto& [value, name] : table) {
    if (name == wanted) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view dtype_of(ValueType type) {
  switch (type) {
    case ValueType::uint8:
      return "|u1";
    case ValueType::int64:
      return "<i8";
    case ValueType::float32:
      return "<f4";
    case ValueType::float64:
      return "<f8";
  }
  return {};
}

const QuantityInfo& info_of(Quantity quantity) {
  return quantities[static_cast<std::size_t>(quantity)];
}

std::span<const QuantityInfo> all_quantities() {
  return quantities;
}

std::span<const std::string_view> code_names(Quantity quantity) {
  if (quantity == Quantity::regime) return regime_names;
  if (quantity == Quantity::status) return status_names;
  if (quantity == Quantity::moments) return moments_names;
  return {};
}

std::string_view name_of(Kind kind) {
  return kinds[static_cast<std::size_t>(kind)].second;
}
std::string_view name_of(Precision precision) {
  return precisions[static_cast<std::size_t>(precision)].second;
}
std::string_view name_of(Quantity quantity) {
  return info_of(quantity).name;
}

std::optional<Kind> kind_named(std::string_view name) {
  return find_value(kinds, name);
}
std::optional<Precision> precision_named(std::string_view name) {
  return find_value(precisions, name);
}
std::optional<Quantity> quantity_named(std::string_view name) {
  const auto* const found = std::find_if(quantities.begin(), quantities.end(),
                                         [name](const QuantityInfo& info) { return info.name == name; });
  if (found == quantities.end()) return std::nullopt;
  return found->quantity;
}

ValueType value_type(Quantity quantity, Precision precision) {
  switch (info_of(quantity).storage) {
    case Storage::precision:
      return precision == Precision::float64 ? ValueType::float64 : ValueType::float32;
    case Storage::float64:
      return ValueType::float64;
    case Storage::int64:
      return ValueType::int64;
    case Storage::code:
      return ValueType::uint8;
  }
  return ValueType::uint8;
}

std::size_t value_bytes(Quantity quantity, Precision precision) {
  return size_of(value_type(quantity, precision));
}

}  // namespace ravine
