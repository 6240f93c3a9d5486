/// \file
/// A spec: what to evaluate, over which axes. Read from TOML (docs/spec.md), or from the canonical form in a store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/axis.hpp"
#include "ravine/ensemble.hpp"
#include "ravine/quantity.hpp"

namespace ravine {

enum class Method { heavy_ball, gradient_descent };
/// How the lambda axis is folded away: for rates by the worst eigenvalue; for ensembles by the sum, as one problem with
/// all the eigenvalues.
enum class Reduction { none, worst, sum };

/// An input file that the axes' values came from: part of the store's identity.
struct InputFile {
  std::string path;  ///< as the spec gives it
  std::string hash;  ///< XXH3-128 of its bytes, 32 hexadecimal digits
};

struct Spec {
  Kind kind = Kind::rate;
  Method method = Method::heavy_ball;
  Precision precision = Precision::float64;
  std::vector<Quantity> quantities;  ///< in the spec's order, no duplicates, at least one
  std::vector<Axis> axes;            ///< in grid order, slowest first; alpha, beta (not for gradient descent), lambda
  Reduction lambda_reduction = Reduction::none;
  std::optional<Ensemble> ensemble;            ///< for the kinds trajectory and noise
  std::filesystem::path store;                 ///< [output] store; not part of the identity
  std::vector<double> percentiles{5, 50, 95};  ///< [summary] percentiles, none twice; not part of the identity
  std::vector<InputFile> inputs;
};

[[nodiscard]] std::string_view name_of(Method method);  ///< "heavy-ball", ...
[[nodiscard]] std::optional<Method> method_named(std::string_view name);

inline constexpr std::size_t most_percentiles = 100;
/// Above 0 and at most 100: a percentile that a map has.
[[nodiscard]] constexpr bool is_percent(double percent) {
  return percent > 0 && percent <= 100;
}

/// The axes of the map: those of the spec, less lambda where it is reduced.
[[nodiscard]] std::vector<Axis> map_axes(const Spec& spec);

/// The axis of that name. \throws UsageError where the spec has none.
[[nodiscard]] const Axis& axis_of(const Spec& spec, std::string_view name);

/// The problem's eigenvalues in a cell: the lambda axis where lambda is reduced to its sum, else one.
[[nodiscard]] std::int64_t components_of(const Spec& spec);

/// Reads and validates a spec and the files it names (relative to the spec's folder).
/// \throws UsageError `file:line:column: what was found; what is wanted (did you mean ...)`, DataError for a malformed
/// input file, IoError for one that can't be read.
[[nodiscard]] Spec read_spec(const std::filesystem::path& path);

/// The spec as canonical JSON: equal text for equal meaning, doubles in shortest round-trip form, listed values
/// inline, no store path. What a store keeps and what its identity is made of.
[[nodiscard]] std::string canonical_json(const Spec& spec);

/// The inverse of canonical_json; `store` is left empty.
/// \throws DataError when the text is not what canonical_json writes.
[[nodiscard]] Spec spec_from_canonical_json(std::string_view text);

}  // namespace ravine
