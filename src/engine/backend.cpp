#include "engine/backend.hpp"

#include <fmt/format.h>

#include "cpu/loops.hpp"
#include "engine/cpu_noise_tiles.hpp"
#include "engine/cpu_tiles.hpp"
#include "engine/cuda_noise_tiles.hpp"
#include "engine/cuda_tiles.hpp"
#include "kernels/errors.hpp"

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

std::unique_ptr<TileComputer> make_tile_computer(const Spec& spec, const Grid& grid, const BackendChoice& choice,
                                                 int threads, cuda::Keep keep) {
  if (choice.backend == Backend::cuda) {
    const cuda::SweepOptions options{choice.devices, keep};
    if (spec.kind == Kind::noise) return make_cuda_noise_tiles(spec, grid, options, threads);
    return std::make_unique<CudaTiles>(spec, grid, options);
  }
  if (spec.kind == Kind::noise) return make_cpu_noise_tiles(spec, grid, threads);
  return std::make_unique<CpuTiles>(spec, grid, threads);
}

ReadyBackend make_ready(Backend wanted, const Spec& spec, const Grid& grid, int threads) {
  ReadyBackend ready{choose_backend(wanted), nullptr};
  try {
    ready.computer = make_tile_computer(spec, grid, ready.choice, threads);
  } catch (const cuda::OutOfDeviceMemory& error) {
    if (wanted != Backend::automatic) throw;
    ready.choice = choose_cpu(fmt::format("the map does not fit the CUDA device: {}", error.what()));
    ready.computer = make_tile_computer(spec, grid, ready.choice, threads);
  }
  return ready;
}

}  // namespace ravine
