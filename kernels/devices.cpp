#include "kernels/devices.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "kernels/map_launches.hpp"
#include "kernels/runtime.hpp"

namespace ravine::cuda {
namespace {

// The oldest compute capability that CMakeLists.txt builds for.
constexpr int oldest_major = 8;

/// 13000 is 13.0, as CUDA_VERSION.
std::string version_text(int version) {
  return version == 0 ? std::string{} : fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

int attribute(cudaDeviceAttr which, int ordinal) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, which, ordinal), fmt::format("asking about device {}", ordinal));
  return value;
}

std::string mode_name(int mode) {
  if (mode == cudaComputeModeProhibited) return "prohibited";
  return mode == cudaComputeModeExclusiveProcess ? "exclusive-process" : "default";
}

void refuse(DeviceInfo& device, DeviceState state, std::string reason, std::string fix) {
  device.state = state;
  device.reason = std::move(reason);
  device.fix = std::move(fix);
}

void describe(DeviceInfo& device) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, device.ordinal), fmt::format("asking about device {}", device.ordinal));
  device.name = properties.name;
  device.major = properties.major;
  device.minor = properties.minor;
  device.multiprocessors = properties.multiProcessorCount;
  device.memory_total = static_cast<std::int64_t>(properties.totalGlobalMem);
  device.error_correction = properties.ECCEnabled != 0 ? "on" : "off";
  std::array<char, 32> bus{};
  check(cudaDeviceGetPCIBusId(bus.data(), static_cast<int>(bus.size()), device.ordinal),
        fmt::format("asking about device {}", device.ordinal));
  device.bus = bus.data();
  device.compute_mode = mode_name(attribute(cudaDevAttrComputeMode, device.ordinal));
}

std::string share_command(const DeviceInfo& device) {
  return fmt::format("'nvidia-smi -i {} -c DEFAULT' as root", device.bus);
}

void try_kernels(DeviceInfo& device) {
  try {
    load_kernels();
  } catch (const BackendError& error) {
    refuse(device, DeviceState::failed, fmt::format("the kernels can't be loaded on it: {}", error.what()),
           "update NVIDIA's driver, or build ravine with a CUDA toolkit that is no newer than the driver; unset "
           "CUDA_FORCE_PTX_JIT and CUDA_DISABLE_PTX_JIT");
  }
}

/// Makes a context, the one way to know that the device works.
void try_device(DeviceInfo& device) {
  const cudaError_t status = cudaInitDevice(device.ordinal, 0, 0);
  if (status == cudaSuccess) {
    const CurrentDevice current(device.ordinal);
    device.memory_free = free_memory().free;
    try_kernels(device);
    return;
  }
  static_cast<void>(cudaGetLastError());
  const std::string said = fmt::format("{} ({})", cudaGetErrorString(status), cudaGetErrorName(status));
  if (status == cudaErrorMemoryAllocation) {
    refuse(device, DeviceState::out_of_memory, "not enough of its memory is free to begin: " + said,
           "end the programs that hold its memory ('nvidia-smi' lists them)");
  } else if (status == cudaErrorDevicesUnavailable && device.compute_mode == "exclusive-process") {
    refuse(
        device, DeviceState::in_use, "it is in exclusive mode and another process uses it: " + said,
        "wait for that process ('nvidia-smi' lists it), or let processes share the device: " + share_command(device));
  } else {
    refuse(device, DeviceState::failed, "a context can't be made on it: " + said,
           "see 'nvidia-smi' and the kernel's log (dmesg, lines with Xid); a reset or a reboot may help");
  }
}

DeviceInfo probe(int ordinal) {
  DeviceInfo device;
  device.ordinal = ordinal;
  try {
    describe(device);
    if (device.major < oldest_major) {
      refuse(device, DeviceState::too_old,
             fmt::format("its compute capability is {}.{}, wanted {}.0 or newer", device.major, device.minor,
                         oldest_major),
             "use a device of the Ampere generation (2020) or newer");
    } else if (device.compute_mode == "prohibited") {
      refuse(device, DeviceState::prohibited, "its compute mode lets no process use it", share_command(device));
    } else {
      try_device(device);
    }
  } catch (const BackendError& error) {
    refuse(device, DeviceState::failed, error.what(), "see 'nvidia-smi' and the kernel's log (dmesg, lines with Xid)");
  }
  return device;
}

struct Refusal {
  std::string reason;
  std::string fix;
};

Refusal refusal_of_driver(int driver_version) {
  if (driver_version == 0) {
    return {"no CUDA driver found (libcuda.so.1)",
            "install NVIDIA's driver 580 or newer; in a container, start it with the GPUs (docker run --gpus all)"};
  }
  return {fmt::format("the driver serves CUDA {}, wanted {} or newer", version_text(driver_version),
                      version_text(CUDART_VERSION / 1000 * 1000)),
          "update NVIDIA's driver to 580 or newer"};
}

Refusal refusal_of_no_device() {
  const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");  // NOLINT(concurrency-mt-unsafe): never written
  if (visible != nullptr) {
    return {fmt::format("CUDA_VISIBLE_DEVICES={} leaves no device", *visible == 0 ? "\"\"" : visible),
            "unset CUDA_VISIBLE_DEVICES, or name a device in it that 'nvidia-smi -L' lists"};
  }
  return {"the driver finds no device",
          "see 'nvidia-smi -L' and /dev/nvidia*; in a container, start it with the GPUs (docker run --gpus all)"};
}

/// Why there is no list of devices.
Refusal refusal_of_count(cudaError_t status, int driver_version) {
  const std::string said = fmt::format("{} ({})", cudaGetErrorString(status), cudaGetErrorName(status));
  switch (status) {
    case cudaErrorInsufficientDriver:
      return refusal_of_driver(driver_version);
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
      return refusal_of_no_device();
    case cudaErrorSystemDriverMismatch:
      return {"the driver's library and its kernel module are of different versions: " + said,
              "reboot, so that the updated kernel module is loaded"};
    case cudaErrorSystemNotReady:
      return {"the system is not ready: " + said,
              "start NVIDIA's fabric manager (systemctl start nvidia-fabricmanager)"};
    case cudaErrorMemoryAllocation:
      return {"not enough memory is free even to begin: " + said, "end other programs, or raise the limits of memory"};
    default:
      return {"the driver gives no list of devices: " + said,
              "see 'nvidia-smi', the permissions of /dev/nvidia*, and the kernel's log (dmesg)"};
  }
}

/// Why none of the devices is usable; the first one's fix stands for all.
Refusal refusal_of_all(const std::vector<DeviceInfo>& devices) {
  std::string reason;
  for (const DeviceInfo& device : devices) {
    reason +=
        fmt::format("{}device {} ({}): {}", reason.empty() ? "" : "; ", device.ordinal, device.name, device.reason);
  }
  return {reason, devices.front().fix};
}

Refusal refusal_of(const CudaStatus& status, cudaError_t counted, int driver_version) {
  if (counted != cudaSuccess) return refusal_of_count(counted, driver_version);
  if (status.devices.empty()) return refusal_of_no_device();
  return usable_devices(status).empty() ? refusal_of_all(status.devices) : Refusal{};
}

}  // namespace

CudaStatus cuda_status() {
  CudaStatus status;
  status.built_with = version_text(CUDART_VERSION);
  int runtime = 0;
  int driver = 0;
  static_cast<void>(cudaRuntimeGetVersion(&runtime));
  static_cast<void>(cudaDriverGetVersion(&driver));
  status.runtime_version = version_text(runtime);
  status.driver_version = version_text(driver);

  int count = 0;  // stays as it is on failure
  const cudaError_t counted = cudaGetDeviceCount(&count);
  static_cast<void>(cudaGetLastError());
  for (int ordinal = 0; counted == cudaSuccess && ordinal < count; ++ordinal) status.devices.push_back(probe(ordinal));
  Refusal refusal = refusal_of(status, counted, driver);
  status.reason = std::move(refusal.reason);
  status.fix = std::move(refusal.fix);
  return status;
}

}  // namespace ravine::cuda
