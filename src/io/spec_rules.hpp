/// \file
/// What the parts of a spec ask of each other, whatever form it is read from.
#pragma once

#include <string>
#include <vector>

#include "ravine/spec.hpp"

namespace ravine::detail {

// Every name there is, in the order of the enums: what messages offer.
[[nodiscard]] std::vector<std::string> kind_names();
[[nodiscard]] std::vector<std::string> method_names();
[[nodiscard]] std::vector<std::string> precision_names();
[[nodiscard]] std::vector<std::string> quantity_names(Kind kind);

/// The axes a method needs, in the default order: slowest first.
[[nodiscard]] std::vector<std::string> axes_of(Method method);

/// Whether `quantity` has a meaning where lambda is reduced to its worst value.
[[nodiscard]] bool has_worst_case(Quantity quantity);

}  // namespace ravine::detail
