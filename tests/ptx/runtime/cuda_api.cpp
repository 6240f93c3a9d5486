// The functions of the CUDA runtime that kernels/ and the compiler's launch code call, over a Machine.
#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <cstring>
#include <map>
#include <mutex>
#include <string>

#include "machine.hpp"

namespace {

using ravine::ptx::Machine;

std::recursive_mutex mutex;
thread_local int current_device = 0;
thread_local cudaError_t last_error = cudaSuccess;

cudaError_t remember(cudaError_t status) {
  if (status != cudaSuccess) last_error = status;
  return status;
}

/// A call of the runtime: an error that is to be made, or what `body` returns.
template <class Body>
cudaError_t call(const char* name, Body body) {
  const std::scoped_lock lock(mutex);
  const cudaError_t made = Machine::the().enter(name);
  const cudaError_t status = made != cudaSuccess ? made : body(Machine::the());
  return remember(Machine::the().is_lost() ? cudaErrorIllegalAddress : status);
}

cudaError_t need_device(const Machine& machine, int ordinal) {
  if (machine.devices() == 0) return cudaErrorNoDevice;
  return ordinal >= 0 && ordinal < machine.devices() ? cudaSuccess : cudaErrorInvalidDevice;
}

constexpr int multiprocessors = 2;  // few, so that threads have several cells each in small maps too

std::map<const void*, CUkern_st>& kernels() {
  static auto* const registered = new std::map<const void*, CUkern_st>;
  return *registered;
}

struct LaunchConfiguration {
  dim3 grid;
  dim3 block;
  std::size_t shared_bytes;
  cudaStream_t stream;
};
thread_local LaunchConfiguration pushed;

}  // namespace

extern "C" {

// --- what the compiler's code calls ---

void** __cudaRegisterFatBinary(void* /*binary*/) {
  static void* handle = nullptr;
  return &handle;
}
void __cudaRegisterFatBinaryEnd(void** /*handle*/) {}
void __cudaUnregisterFatBinary(void** /*handle*/) {}
void __cudaRegisterVar(void** /*handle*/, char* /*host*/, char* /*device*/, const char* /*name*/, int /*ext*/,
                       std::size_t /*size*/, int /*constant*/, int /*global*/) {}
void __cudaRegisterFunction(void** /*handle*/, const char* host, char* /*device*/, const char* name, int /*limit*/,
                            uint3* /*tid*/, uint3* /*bid*/, dim3* /*block*/, dim3* /*grid*/, int* /*warp*/) {
  kernels()[host] = {name};
}
unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, std::size_t shared_bytes, CUstream_st* stream) {
  pushed = {grid, block, shared_bytes, stream};
  return 0;
}
cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, std::size_t* shared_bytes, void* stream) {
  *grid = pushed.grid;
  *block = pushed.block;
  *shared_bytes = pushed.shared_bytes;
  *static_cast<cudaStream_t*>(stream) = pushed.stream;
  return cudaSuccess;
}
cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* host) {
  const auto found = kernels().find(host);
  if (found == kernels().end()) return cudaErrorInvalidDeviceFunction;
  *kernel = &found->second;
  return cudaSuccess;
}
cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void** arguments, std::size_t shared_bytes,
                               cudaStream_t stream) {
  return call("cudaLaunchKernel", [&](Machine& machine) {
    // Nothing of ours uses the default stream, and a stream takes kernels while its device is current only.
    if (stream == nullptr || stream->device != current_device) return cudaErrorInvalidResourceHandle;
    return machine.queue_launch(
        *stream, {kernel, {grid.x, grid.y, grid.z}, {block.x, block.y, block.z}, shared_bytes, arguments});
  });
}

// --- errors ---

cudaError_t cudaGetLastError() {
  const std::scoped_lock lock(mutex);
  return Machine::the().is_lost() ? cudaErrorIllegalAddress : std::exchange(last_error, cudaSuccess);
}
const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "cudaSuccess";
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorIllegalAddress:
      return "cudaErrorIllegalAddress";
    case cudaErrorNoDevice:
      return "cudaErrorNoDevice";
    default:
      return "another cudaError";
  }
}
const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorIllegalAddress:
      return "an illegal memory access was encountered";
    default:
      return cudaGetErrorName(error);
  }
}

// --- devices ---

cudaError_t cudaDriverGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}
cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}
cudaError_t cudaGetDeviceCount(int* count) {
  return call("cudaGetDeviceCount", [&](const Machine& machine) {
    if (machine.devices() == 0) return cudaErrorNoDevice;  // and leaves its argument alone, as the real one does
    *count = machine.devices();
    return cudaSuccess;
  });
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  return call("cudaGetDeviceProperties", [&](const Machine& machine) {
    if (const cudaError_t status = need_device(machine, device); status != cudaSuccess) return status;
    *properties = {};
    std::strncpy(properties->name, "PTX interpreter", sizeof properties->name - 1);
    properties->major = 9;
    properties->multiProcessorCount = multiprocessors;
    properties->totalGlobalMem = machine.memory();
    return cudaSuccess;
  });
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  return call("cudaDeviceGetAttribute", [&](const Machine& machine) {
    *value = attribute == cudaDevAttrMultiProcessorCount ? multiprocessors : 0;
    return need_device(machine, device);
  });
}
cudaError_t cudaDeviceGetPCIBusId(char* text, int length, int device) {
  return call("cudaDeviceGetPCIBusId", [&](const Machine& machine) {
    const std::string bus = fmt::format("0000:{:02X}:00.0", device);
    std::strncpy(text, bus.c_str(), static_cast<std::size_t>(length));
    return need_device(machine, device);
  });
}
cudaError_t cudaInitDevice(int device, unsigned /*flags*/, unsigned /*more*/) {
  return call("cudaInitDevice", [&](const Machine& machine) { return need_device(machine, device); });
}
cudaError_t cudaSetDevice(int device) {
  return call("cudaSetDevice", [&](const Machine& machine) {
    const cudaError_t status = need_device(machine, device);
    if (status == cudaSuccess) current_device = device;
    return status;
  });
}
cudaError_t cudaGetDevice(int* device) {
  return call("cudaGetDevice", [&](const Machine& machine) {
    *device = current_device;
    return need_device(machine, 0);
  });
}
cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  return call("cudaMemGetInfo", [&](const Machine& machine) {
    *free = machine.free_memory(current_device);
    *total = machine.memory();
    return cudaSuccess;
  });
}

// --- memory ---

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  return call("cudaMalloc", [&](Machine& machine) {
    *memory = bytes == 0 ? nullptr : machine.allocate(current_device, bytes);
    return *memory == nullptr && bytes > 0 ? cudaErrorMemoryAllocation : cudaSuccess;
  });
}
cudaError_t cudaFree(void* memory) {
  const std::scoped_lock lock(mutex);
  Machine::the().free(memory);
  return cudaSuccess;
}
cudaError_t cudaHostAlloc(void** memory, std::size_t bytes, unsigned /*flags*/) {
  return call("cudaHostAlloc", [&](Machine& machine) {
    *memory = machine.pin(bytes);
    return cudaSuccess;
  });
}
cudaError_t cudaFreeHost(void* memory) {
  const std::scoped_lock lock(mutex);
  Machine::the().unpin(memory);
  return cudaSuccess;
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  return call("cudaMemcpyAsync", [&](Machine& machine) {
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    machine.queue_copy(*stream, {to, from, bytes, kind});
    return cudaSuccess;
  });
}
cudaError_t cudaMemsetAsync(void* to, int byte, std::size_t bytes, cudaStream_t stream) {
  return call("cudaMemsetAsync", [&](Machine& machine) {
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    machine.queue_fill(*stream, to, byte, bytes);
    return cudaSuccess;
  });
}

// --- streams and events ---

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned /*flags*/) {
  return call("cudaStreamCreateWithFlags", [&](const Machine& /*machine*/) {
    *stream = new CUstream_st{current_device, {}, 0};
    return cudaSuccess;
  });
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  const std::scoped_lock lock(mutex);
  Machine::the().synchronize(*stream);
  delete stream;
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return call("cudaStreamSynchronize", [&](Machine& machine) {
    machine.synchronize(*stream);
    return cudaSuccess;
  });
}
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned /*flags*/) {
  return call("cudaStreamWaitEvent", [&](Machine& machine) {
    machine.wait_in(*stream, *event);
    return cudaSuccess;
  });
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned /*flags*/) {
  return call("cudaEventCreateWithFlags", [&](const Machine& /*machine*/) {
    *event = new CUevent_st;
    return cudaSuccess;
  });
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  return call("cudaEventRecord", [&](Machine& machine) {
    machine.record(*event, *stream);
    return cudaSuccess;
  });
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return call("cudaEventSynchronize", [&](Machine& machine) {
    machine.wait(*event);
    return cudaSuccess;
  });
}
cudaError_t cudaEventQuery(cudaEvent_t event) {
  return cudaEventSynchronize(event);
}
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t /*start*/, cudaEvent_t /*end*/) {
  *milliseconds = 1;
  return cudaSuccess;
}
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* host) {
  return call("cudaFuncGetAttributes", [&](const Machine& /*machine*/) {
    *attributes = {};
    return kernels().contains(host) ? cudaSuccess : cudaErrorInvalidDeviceFunction;
  });
}
cudaError_t cudaFuncGetName(const char** name, const void* host) {
  const auto found = kernels().find(host);
  if (found == kernels().end()) return cudaErrorInvalidDeviceFunction;
  *name = found->second.name.c_str();
  return cudaSuccess;
}

}  // extern "C"
