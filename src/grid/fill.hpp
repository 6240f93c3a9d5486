// The values that stand where there is none.
#pragma once

#include <cstddef>
#include <span>

#include "ravine/quantity.hpp"

namespace ravine::detail {

/// Makes every value of a chunk the fill value of its type.
void fill_with_none(ValueType type, std::span<std::byte> chunk);

}  // namespace ravine::detail
