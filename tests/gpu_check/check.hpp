// One thing that was checked, and how it went.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ravine::gpu_check {

enum class Status { passed, failed, skipped };
/// The name in texts and JSON: that of the enumerator.
[[nodiscard]] std::string_view name_of(Status status);

struct Check {
  std::string name;
  Status status = Status::passed;
  std::string reason;  ///< of a failure or a skip
  std::string detail;  ///< what was compared
  double seconds = 0;  ///< of wall time
};

[[nodiscard]] Check passed(std::string name, std::string detail);
[[nodiscard]] Check failed(std::string name, std::string reason);
[[nodiscard]] Check skipped(std::string name, std::string reason);

/// 12345678 -> "12.3 M", for counts of cells and bytes.
[[nodiscard]] std::string short_count(double count);

}  // namespace ravine::gpu_check
