// The one place that launches kernels.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

#include "kernels/runtime.hpp"

namespace ravine::cuda {

struct LaunchShape {
  std::int64_t blocks = 0;  ///< at most 2^31 - 1: kernels stride over what is beyond
  int threads = 0;          ///< of a block
  std::size_t shared_bytes = 0;
};

/// Queues a kernel on a stream. No blocks are no launch. A failure of the launch throws here, one of the kernel from a
/// later call.
template <class... Parameters>
void launch(void (*kernel)(Parameters...), const LaunchShape& shape, const Stream& stream,
            std::type_identity_t<Parameters>... arguments) {
  assert(shape.blocks >= 0 && shape.blocks <= std::numeric_limits<int>::max());
  if (shape.blocks == 0) return;
  kernel<<<static_cast<unsigned>(shape.blocks), static_cast<unsigned>(shape.threads), shape.shared_bytes,
           stream.get()>>>(arguments...);
  const cudaError_t status = cudaGetLastError();
  if (status == cudaSuccess) return;
  const char* name = nullptr;
  const bool named = cudaFuncGetName(&name, reinterpret_cast<const void*>(kernel)) == cudaSuccess && name != nullptr;
  check(status, std::string("launching ") + (named ? name : "a kernel"));
}

}  // namespace ravine::cuda
