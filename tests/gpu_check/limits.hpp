// What a device can do at most, measured by kernels and copies that do nothing else. Plain C++; each function checks
// its result before it gives a time, and throws Error if it is wrong. Times are the device's own, between two events;
// the first two repetitions are not counted.
#pragma once

#include <cstdint>

#include "ravine/spec.hpp"
#include "spread.hpp"

namespace ravine::gpu_check {

struct Measurement {
  int device;
  std::int64_t bytes;  ///< of the buffers; a multiple of 8, and far more than any cache holds
  int rounds;          ///< of a chain of operations
  int repetitions;
};

/// A kernel that writes float64 values. \throws Error, BackendError; so do all of these.
[[nodiscard]] Spread time_fill(const Measurement& measurement);
/// From device memory to device memory.
[[nodiscard]] Spread time_device_copy(const Measurement& measurement);
/// Between device memory and pinned host memory.
[[nodiscard]] Spread time_copy_to_host(const Measurement& measurement);
[[nodiscard]] Spread time_copy_to_device(const Measurement& measurement);

enum class Operation { multiply_add, divide, square_root };
[[nodiscard]] const char* name_of(Operation operation);

struct OperationTime {
  double operations;  ///< of one repetition, all threads together
  Spread seconds;
};
/// Independent chains of one correctly rounded operation in every thread of a full device.
[[nodiscard]] OperationTime time_operation(Operation operation, Precision precision, const Measurement& measurement);

/// Bytes of a buffer of which the measurements have two, beside what a driver takes.
[[nodiscard]] std::int64_t affordable_bytes(int device, std::int64_t wanted);

}  // namespace ravine::gpu_check
