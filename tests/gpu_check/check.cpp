#include "check.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace ravine::gpu_check {

std::string_view name_of(Status status) {
  switch (status) {
    case Status::passed:
      return "passed";
    case Status::failed:
      return "failed";
    case Status::skipped:
      return "skipped";
  }
  return {};
}

Check passed(std::string name, std::string detail) {
  return {std::move(name), Status::passed, {}, std::move(detail)};
}

Check failed(std::string name, std::string reason) {
  return {std::move(name), Status::failed, std::move(reason), {}};
}

Check skipped(std::string name, std::string reason) {
  return {std::move(name), Status::skipped, std::move(reason), {}};
}

std::string short_count(double count) {
  constexpr std::array<const char*, 5> units = {"", " k", " M", " G", " T"};
  std::size_t unit = 0;
  for (; count >= 1000 && unit + 1 < units.size(); ++unit) count /= 1000;
  return fmt::format("{:.3g}{}", count, units[unit]);
}

}  // namespace ravine::gpu_check
