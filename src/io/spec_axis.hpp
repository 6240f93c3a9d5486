/// \file
/// The [axes] table of a spec.
#pragma once

#include <optional>
#include <string>

#include "io/spec_toml.hpp"
#include "ravine/spec.hpp"

namespace ravine::detail {

/// An axis and the file its values came from, if any.
struct SpecAxis {
  Axis axis;
  std::optional<InputFile> input;
};

/// Reads `name = { from, to, count[, scale] }`, `{ values }` or `{ file[, column] }`; every value must fit `precision`.
/// \throws UsageError with the place; DataError and IoError for the file.
[[nodiscard]] SpecAxis read_axis(const SpecFile& file, const std::string& name, const toml::node& node,
                                 Precision precision);

}  // namespace ravine::detail
