/// \file
/// Quantities: what is evaluated in a cell, and how its values are stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace ravine {

/// What a sweep does in a cell.
enum class Kind {
  rate,        ///< the convergence rate and its like: closed forms
  trajectory,  ///< one deterministic trajectory
  noise        ///< an ensemble of noisy replicates of a trajectory, with its theory
};

enum class Precision { float64, float32 };

/// docs/spec.md describes each. Those of one kind stand together.
enum class Quantity {
  // rate
  rate,
  gap,
  regime,
  sigma1_re,
  sigma1_im,
  sigma2_re,
  sigma2_im,
  // trajectory
  loss,
  loss_parts,
  x,
  peak_loss,
  peak_step,
  first_above,
  last_above,
  steps_to_tolerance,
  status,
  // noise: of the replicates
  mean_loss,
  variance_loss,
  standard_error_loss,
  min_loss,
  max_loss,
  mean_x,
  variance_x,
  standard_error_x,
  min_x,
  max_x,
  diverged,
  histogram,
  quantiles,
  sample_loss,
  sample_x,
  // noise: theory
  expected_loss,
  expected_loss_deterministic,
  expected_loss_stochastic,
  expected_variance_loss,
  expected_x,
  expected_variance_x,
  stationary_loss,
  stationary_x2,
  stationary_y2,
  stationary_xy,
  moments,
  // noise: the one against the other
  z_mean_loss,
  z_variance_loss,
  z_mean_x,
  z_variance_x
};

/// How one value is stored, little-endian.
enum class ValueType { uint8, int64, float32, float64 };
[[nodiscard]] constexpr std::size_t size_of(ValueType type) {
  return type == ValueType::uint8 ? 1 : type == ValueType::float32 ? 4 : 8;
}

/// As in a Zarr dtype and an NPY header.
[[nodiscard]] std::string_view dtype_of(ValueType type);

/// What stands where there is no value: this in integers, NaN in floats, 0 in codes.
inline constexpr std::int64_t int64_fill = INT64_MIN;

/// The dimensions that a quantity's values have in a cell. `component` is there only where the cells share a spectrum
/// ([reduce] lambda = "sum").
enum class Inner { none, step, component, step_component, step_bin, step_quantile };

/// Where the values' type comes from: the spec's precision, or the quantity alone.
enum class Storage { precision, float64, int64, code };

/// What a quantity is made of: what has to be computed for it.
enum class Source {
  closed_form,  ///< the parameters alone
  recorded,     ///< the state at recorded steps
  watched,      ///< the loss at every step
  replicates,   ///< sums over all replicates
  bins,         ///< their histogram
  sample,       ///< the first replicate
  theory,       ///< expectations step by step
  stationary,   ///< expectations in the end
  comparison    ///< replicates against theory
};

struct QuantityInfo {
  Quantity quantity;
  std::string_view name;
  Kind kind;
  Source source;
  Storage storage;
  Inner inner;
  std::string_view long_name;
};
[[nodiscard]] const QuantityInfo& info_of(Quantity quantity);
[[nodiscard]] inline Source source_of(Quantity quantity) {
  return info_of(quantity).source;
}
/// Whether every replicate has to be simulated for it.
[[nodiscard]] inline bool needs_replicates(Quantity quantity) {
  const Source source = source_of(quantity);
  return source == Source::replicates || source == Source::bins || source == Source::comparison;
}
/// All of them, in the order of the enum.
[[nodiscard]] std::span<const QuantityInfo> all_quantities();

/// The names of a code's values, by code from 0; empty for quantities that are no codes.
[[nodiscard]] std::span<const std::string_view> code_names(Quantity quantity);

[[nodiscard]] std::string_view name_of(Kind kind);            ///< "rate", "trajectory", "noise"
[[nodiscard]] std::string_view name_of(Precision precision);  ///< "float64", "float32"
[[nodiscard]] std::string_view name_of(Quantity quantity);    ///< "rate", ...
[[nodiscard]] std::optional<Kind> kind_named(std::string_view name);
[[nodiscard]] std::optional<Precision> precision_named(std::string_view name);
[[nodiscard]] std::optional<Quantity> quantity_named(std::string_view name);

[[nodiscard]] ValueType value_type(Quantity quantity, Precision precision);
/// Bytes of one value.
[[nodiscard]] std::size_t value_bytes(Quantity quantity, Precision precision);

}  // namespace ravine
