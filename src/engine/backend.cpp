#include "engine/backend.hpp"

#include <fmt/format.h>

#include "cpu/loops.hpp"

namespace ravine {
namespace {

BackendChoice choose_cpu(std::string reason) {
  return {Backend::cpu, std::move(reason), fmt::format("cpu {}", cpu::active_level().name), {}};
}

BackendChoice choose_cuda(std::string reason, const cuda::CudaStatus& status) {
  BackendChoice choice{Backend::cuda, std::move(reason), {}, cuda::usable_devices(status)};
  for (const cuda::DeviceInfo& device : status.devices) {
    if (device.state != cuda::DeviceState::usable) continue;
    choice.device += fmt::format("{}{} (device {})", choice.device.empty() ? "" : ", ", device.name, device.ordinal);
  }
  return choice;
}

}  // namespace

std::string_view name_of(Backend backend) {
  switch (backend) {
    case Backend::automatic:
      return "auto";
    case Backend::cpu:
      return "cpu";
    case Backend::cuda:
      return "cuda";
  }
  return {};
}

BackendChoice choose_backend(Backend wanted) {
  return choose_backend(wanted, wanted == Backend::cpu ? cuda::CudaStatus{} : cuda::cuda_status());
}

BackendChoice choose_backend(Backend wanted, const cuda::CudaStatus& status) {
  if (wanted == Backend::cpu) return choose_cpu("asked for");
  if (wanted == Backend::cuda) {
    cuda::require_usable_device(status);
    return choose_cuda("asked for", status);
  }
  if (cuda::usable_devices(status).empty()) return choose_cpu("no CUDA device can be used: " + status.reason);
  return choose_cuda("a CUDA device can be used", status);
}

}  // namespace ravine
