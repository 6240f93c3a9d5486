#include "kernels/device_need.hpp"

#include <fmt/format.h>

namespace ravine::cuda {

void require_free_memory(std::int64_t bytes, std::string_view what) {
  const MemoryInfo memory = free_memory();
  if (bytes <= memory.free) return;
  constexpr double gib = 1 << 30;
  throw OutOfDeviceMemory(fmt::format(
      "{} needs {:.3f} GiB of device memory; free are {:.3f} of {:.3f} GiB; end other programs that hold it, use a "
      "device with more, or use --backend cpu",
      what, static_cast<double>(bytes) / gib, static_cast<double>(memory.free) / gib,
      static_cast<double>(memory.total) / gib));
}

std::string current_device_name() {
  int device = 0;
  check(cudaGetDevice(&device), "asking for the current device");
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, device), fmt::format("asking about device {}", device));
  return properties.name;
}

}  // namespace ravine::cuda
