#include "io/memory.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "ravine/error.hpp"

namespace ravine {

std::int64_t installed_memory() {
  return static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::int64_t>(::sysconf(_SC_PAGESIZE));
}

void require_memory(double bytes, std::string_view found, std::string_view wanted) {
  const auto installed = static_cast<double>(installed_memory());
  if (bytes <= installed) return;
  throw UsageError(fmt::format("{}, which takes {:.1f} GiB of memory where there are {:.1f}; wanted {}", found,
                               bytes / 0x1p30, installed / 0x1p30, wanted));
}

}  // namespace ravine
