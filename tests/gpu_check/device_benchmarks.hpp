// All measurements of a device: its limits, then maps beside them.
#pragma once

#include "sweep_benchmarks.hpp"

namespace ravine::gpu_check {

struct DevicePlan {
  BenchmarkSizes sizes;
  std::int64_t buffer_bytes = std::int64_t{1} << 30;  ///< of the limits' buffers, less where memory is short
  int rounds = 2048;                                  ///< of the limits' chains of operations
};

/// On the first of the backends' devices. A limit that can't be measured ends it with a failed check.
void run_device_benchmarks(const DevicePlan& plan, const Backends& backends, const BenchmarkTeller& tell);

/// From the PTX that the kernels were compiled to, for the newest of the architectures.
[[nodiscard]] const InstructionCount* find_instruction_count(const std::string& kernel);

}  // namespace ravine::gpu_check
