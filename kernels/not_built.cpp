// The CUDA backend of a program that is built without CUDA: every function says so.
#include "kernels/devices.hpp"

namespace ravine::cuda {

CudaStatus cuda_status() {
  CudaStatus status;
  status.reason = "this program is built without CUDA (" RAVINE_CUDA_REASON ")";
  status.fix = "install CUDA 13 or newer, then build it anew: cmake --preset release && cmake --build build/release";
  return status;
}

}  // namespace ravine::cuda
