// Checks that this program does in another process of itself: with PTX that the driver compiles, and under the tools of
// compute-sanitizer.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "check.hpp"

namespace ravine::gpu_check {

struct RerunPlan {
  std::filesystem::path program;       ///< this one
  std::vector<std::string> arguments;  ///< that make it check parity
  std::filesystem::path folder;        ///< for what it prints
};

/// What a process must print for the rerun to have passed: a skip is none.
inline constexpr const char* passed_line = "outcome: passed";

/// The same checks with CUDA_FORCE_PTX_JIT=1: the driver leaves the native code aside and compiles the PTX that the
/// program carries.
[[nodiscard]] Check check_ptx(const RerunPlan& plan);

/// memcheck, racecheck, initcheck and synccheck. `sanitizer` is the program; empty: not found.
void check_sanitizers(const RerunPlan& plan, const std::filesystem::path& sanitizer,
                      const std::function<void(Check)>& tell);

/// compute-sanitizer on the PATH or where CUDA_HOME, CUDA_PATH or the usual place have it; empty where there is none.
[[nodiscard]] std::filesystem::path find_sanitizer();

}  // namespace ravine::gpu_check
