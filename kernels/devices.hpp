// What there is of CUDA on this machine, and why something of it can't be used. Plain C++, also without CUDA.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ravine::cuda {

enum class DeviceState {
  usable,
  too_old,        ///< its compute capability is below the oldest that the kernels are built for
  prohibited,     ///< its compute mode lets no process use it
  in_use,         ///< in exclusive mode, and another process has it
  out_of_memory,  ///< not enough is free even to begin
  failed          ///< anything else
};
/// The name in texts and JSON: that of the enumerator.
[[nodiscard]] std::string_view name_of(DeviceState state);

struct DeviceInfo {
  int ordinal = 0;  ///< among the devices that CUDA_VISIBLE_DEVICES leaves
  std::string name;
  std::string bus;  ///< where it is, as nvidia-smi takes it: 0000:3B:00.0
  int major = 0;    ///< of the compute capability
  int minor = 0;
  int multiprocessors = 0;
  std::int64_t memory_total = 0;  ///< bytes
  std::int64_t memory_free = 0;   ///< bytes; 0 unless usable
  std::string error_correction;   ///< of its memory: on or off
  std::string compute_mode;       ///< default, exclusive-process or prohibited
  DeviceState state = DeviceState::usable;
  std::string reason;  ///< why it can't be used
  std::string fix;
};

/// Versions are like 13.0, and empty where there is none.
struct CudaStatus {
  std::string built_with;  ///< the toolkit
  std::string runtime_version;
  std::string driver_version;  ///< the newest CUDA that the driver serves
  std::string reason;          ///< why no device can be used; empty if one can
  std::string fix;
  std::vector<DeviceInfo> devices;
};

/// Asks the driver for its devices and makes a context on each, so that a usable one is known to work. Without a driver
/// or a device it takes milliseconds. Never throws for what it finds.
[[nodiscard]] CudaStatus cuda_status();

/// The ordinals of the usable devices of a status.
[[nodiscard]] std::vector<int> usable_devices(const CudaStatus& status);

/// \throws BackendError with the reason and the fix if the status has no usable device.
void require_usable_device(const CudaStatus& status);

}  // namespace ravine::cuda
