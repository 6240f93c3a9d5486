/// \file
/// What the machine can hold.
#pragma once

#include <cstdint>
#include <string_view>

namespace ravine {

/// Bytes of memory in the machine, whatever of it is in use.
[[nodiscard]] std::int64_t installed_memory();

/// Refuses work that the machine can't hold before it is begun.
/// \param found the work, as in "n: found 100000 vertices of a complete graph".
/// \param wanted instead of it.
/// \throws UsageError if `bytes` is more than installed_memory().
void require_memory(double bytes, std::string_view found, std::string_view wanted);

}  // namespace ravine
