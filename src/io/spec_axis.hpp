/// \file
/// The [axes] table of a spec.
#pragma once

#include <optional>
#include <string>

#include "io/spec_problem.hpp"
#include "io/spec_toml.hpp"
#include "ravine/spec.hpp"

namespace ravine::detail {

/// An axis and the file or the frozen spectrum that its values came from, if any.
struct SpecAxis {
  Axis axis;
  std::optional<InputFile> input;
  std::optional<FrozenValues> frozen;
};

/// Reads `name = { from, to, count[, scale] }`, `{ values }`, `{ file[, column] }`, or for lambda
/// `{ store }` or `{ problem }`; every value must fit `precision`.
/// \throws UsageError with the place; DataError and IoError for the file.
[[nodiscard]] SpecAxis read_axis(const SpecFile& file, const std::string& name, const toml::node& node,
                                 Precision precision);

}  // namespace ravine::detail
