// What follows from a status alone, with CUDA or without.
#include "kernels/devices.hpp"
#include "ravine/error.hpp"

namespace ravine::cuda {

std::string_view name_of(DeviceState state) {
  switch (state) {
    case DeviceState::usable:
      return "usable";
    case DeviceState::too_old:
      return "too_old";
    case DeviceState::prohibited:
      return "prohibited";
    case DeviceState::in_use:
      return "in_use";
    case DeviceState::out_of_memory:
      return "out_of_memory";
    case DeviceState::failed:
      return "failed";
  }
  return {};
}

std::vector<int> usable_devices(const CudaStatus& status) {
  std::vector<int> ordinals;
  for (const DeviceInfo& device : status.devices) {
    if (device.state == DeviceState::usable) ordinals.push_back(device.ordinal);
  }
  return ordinals;
}

void require_usable_device(const CudaStatus& status) {
  if (!usable_devices(status).empty()) return;
  throw BackendError("the cuda backend can't be used: " + status.reason + "; " + status.fix + ", or use --backend cpu");
}

}  // namespace ravine::cuda
