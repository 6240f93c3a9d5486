// Which backend a run takes, and why.
#pragma once

#include <string>
#include <vector>

#include "kernels/devices.hpp"
#include "ravine/engine.hpp"

namespace ravine {

struct BackendChoice {
  Backend backend = Backend::cpu;  ///< cpu or cuda
  std::string reason;              ///< why that one
  std::string device;              ///< for people: "cpu x86-64-v4", "NVIDIA H100 80GB HBM3 (device 0)"
  std::vector<int> devices;        ///< the ordinals of cuda's devices
};

/// Asks for devices unless the cpu is wanted. Without a device it takes milliseconds.
/// \throws BackendError if cuda is wanted and no device can be used, with the reason and the fix.
[[nodiscard]] BackendChoice choose_backend(Backend wanted);

/// The choice on a machine of that status.
[[nodiscard]] BackendChoice choose_backend(Backend wanted, const cuda::CudaStatus& status);

}  // namespace ravine
