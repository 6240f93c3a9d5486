// What a run of the checks found, as JSON and as text.
#pragma once

#include <string>
#include <vector>

#include "benchmark.hpp"
#include "check.hpp"
#include "kernels/devices.hpp"

namespace ravine::gpu_check {

/// Whether what could not be checked counts as failed.
enum class Skips { allowed, failures };

struct Report {
  std::string commit;  ///< of the sources that this program was built from
  std::string date;    ///< when the run began, UTC, as 2026-01-31T12:00:00Z
  std::string command_line;
  std::string size = "full";  ///< what the sizes are called: figures of others than full mean nothing
  std::string simd;           ///< the level of the CPU's loops
  int threads = 0;            ///< of the CPU
  cuda::CudaStatus cuda;
  std::vector<int> devices;  ///< that were used
  std::vector<Check> checks;
  std::vector<Benchmark> benchmarks;
};

/// A skip becomes a failure where skips are failures.
[[nodiscard]] Check judged(Check check, Skips skips);

/// failed if any check is; passed if any is and none failed; else skipped.
[[nodiscard]] Status outcome_of(const std::vector<Check>& checks);

/// One JSON object, its keys always the same ones in the same order. docs/performance.md says what they mean.
[[nodiscard]] std::string json_text(const Report& report);

/// A line of the table, as a check or benchmark is done.
[[nodiscard]] std::string line_of(const Check& check);
[[nodiscard]] std::string line_of(const Benchmark& benchmark);
/// What stands before the lines: machine, versions, devices.
[[nodiscard]] std::string heading(const Report& report);
/// The last line.
[[nodiscard]] std::string closing(const Report& report);

/// Now, UTC.
[[nodiscard]] std::string date_of_now();

}  // namespace ravine::gpu_check
