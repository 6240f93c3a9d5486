/// \file
/// Stands for cuBLAS, cuSPARSE and cuSOLVER where there is no device: what kernels/ calls of them, done by the host's
/// LAPACK and plain loops in the memory of the machine of tests/ptx/runtime. Built as one shared library, which a
/// program on that machine opens under the names in RAVINE_CUBLAS, RAVINE_CUSPARSE and RAVINE_CUSOLVER; the machine's
/// functions are those of the program. The headers of CUDA give the signatures: a call with other arguments does not
/// compile.
///
/// What a real library leaves open is here as hostile as it may be: work waits for its stream, a workspace is written
/// over and has to be as large as was said, what a function destroys counts as never written, and device memory that
/// is read has to have been written. Arguments out of their ranges give the library's status for them.
///
/// Environment: RAVINE_LIBRARY_STATUS=FUNCTION:STATUS makes a function return a status, RAVINE_LIBRARY_INFO=
/// FUNCTION:INFO makes its info say that it failed.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "../runtime/machine.hpp"

namespace ravine::ptx {

/// Numbers in device memory, of which each is said to be read or written.
class DeviceArrays {
 public:
  explicit DeviceArrays(GlobalMemory& memory) : memory_(memory) {}

  /// Throws std::invalid_argument where they are not all written and in one buffer.
  template <class T>
  const T* read(const T* data, std::int64_t count) const {
    if (memory_.count_unwritten(bytes(data), size<T>(count)) > 0)
      throw std::invalid_argument("reads what nobody wrote");
    return data;
  }
  template <class T>
  T* write(T* data, std::int64_t count) const {
    memory_.mark_written(bytes(data), size<T>(count));
    return data;
  }
  template <class T>
  void destroy(T* data, std::int64_t count) const {
    memory_.mark_unwritten(bytes(data), size<T>(count));
    std::memset(data, 0xff, size<T>(count));
  }

 private:
  template <class T>
  static std::uint64_t size(std::int64_t count) {
    return static_cast<std::uint64_t>(count) * sizeof(T);
  }
  static const std::byte* bytes(const void* data) { return static_cast<const std::byte*>(data); }

  GlobalMemory& memory_;
};

/// Queues what a function does.
inline void queue_on(cudaStream_t stream, const std::string& name, std::function<void(const DeviceArrays&)> work) {
  Machine::the().queue_library_work(*stream, name,
                                    [work = std::move(work)](GlobalMemory& memory) { work(DeviceArrays(memory)); });
}

/// The number that a variable of the environment has for a function: FUNCTION:NUMBER.
inline std::optional<int> number_for(const char* variable, const std::string& function) {
  const char* const text = std::getenv(variable);
  if (text == nullptr || std::string(text).rfind(function + ":", 0) != 0) return std::nullopt;
  return std::atoi(text + function.size() + 1);
}

}  // namespace ravine::ptx
