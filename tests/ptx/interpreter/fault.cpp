#include "fault.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <ostream>

namespace ravine::ptx {
namespace {

std::string message_of(const Violation& violation, const Place& place) {
  const std::string where =
      fmt::format("kernel {}, thread ({},{},{}) of block ({},{},{})", place.kernel, place.thread.x, place.thread.y,
                  place.thread.z, place.block.x, place.block.y, place.block.z);
  const std::string line = place.line == 0 ? "" : fmt::format(", line {}: {}", place.line, place.statement);
  return fmt::format("{}: {} ({}{})", name_of(violation.kind), violation.what, where, line);
}

}  // namespace

const char* name_of(FaultKind kind) {
  static constexpr std::array<const char*, 13> names = {
      "out_of_bounds", "misaligned",        "read_only",           "unwritten",    "undefined_value",
      "race",          "divergent_barrier", "unreachable_barrier", "outside_mask", "division_by_zero",
      "trap",          "instruction_limit", "bad_launch"};
  return names.at(static_cast<std::size_t>(kind));
}

std::ostream& operator<<(std::ostream& stream, FaultKind kind) {
  return stream << name_of(kind);
}

Fault::Fault(const Violation& violation, Place place)
    : std::runtime_error(message_of(violation, place)), kind_(violation.kind), place_(std::move(place)) {}

ParseError::ParseError(int line, const std::string& what)
    : std::runtime_error(fmt::format("line {}: {}", line, what)), line_(line) {}

}  // namespace ravine::ptx
