// Whether there is room on the current device, before it is asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kernels/runtime.hpp"

namespace ravine::cuda {

/// \throws OutOfDeviceMemory with both sizes if fewer bytes are free on the current device than `what` needs.
void require_free_memory(std::int64_t bytes, std::string_view what);

/// Of the current device: "NVIDIA H100 80GB HBM3".
[[nodiscard]] std::string current_device_name();

}  // namespace ravine::cuda
