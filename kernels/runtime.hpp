// RAII over the CUDA runtime. Every object belongs to the device that was current where it was made. A destructor
// can't report: what goes wrong there has gone wrong in an earlier, checked call as well.
#pragma once

#include <cuda_runtime_api.h>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <type_traits>

#include "kernels/errors.hpp"

namespace ravine::cuda {

/// \throws OutOfDeviceMemory, DeviceLost or BackendError if status is a failure; `what` was being done.
void check(cudaError_t status, std::string_view what);

/// Makes a device the calling thread's current one until the end of the scope.
class CurrentDevice {
 public:
  explicit CurrentDevice(int ordinal);
  ~CurrentDevice();
  CurrentDevice(const CurrentDevice&) = delete;
  CurrentDevice& operator=(const CurrentDevice&) = delete;

 private:
  int previous_ = 0;
};

struct MemoryInfo {
  std::int64_t free = 0;   ///< bytes
  std::int64_t total = 0;  ///< bytes
};
/// Of the current device.
[[nodiscard]] MemoryInfo free_memory();
[[nodiscard]] int multiprocessors();

class Event;

/// Work in order, independent of every other stream (the default stream included).
class Stream {
 public:
  Stream();
  [[nodiscard]] cudaStream_t get() const { return handle_.get(); }
  /// Later work of this stream starts after the event; the caller does not wait.
  void wait(const Event& event) const;
  /// The caller waits for all work of the stream.
  void synchronize() const;

 private:
  struct Destroy {
    void operator()(cudaStream_t stream) const noexcept { static_cast<void>(cudaStreamDestroy(stream)); }
  };
  std::unique_ptr<CUstream_st, Destroy> handle_;
};

enum class Timing { off, on };

/// A point in a stream's work.
class Event {
 public:
  explicit Event(Timing timing = Timing::off);
  [[nodiscard]] cudaEvent_t get() const { return handle_.get(); }
  void record(const Stream& stream) const;
  /// The caller waits until the work before the recorded point is done; at once if nothing was recorded.
  void wait() const;
  [[nodiscard]] bool done() const;
  /// Device time since an earlier event that is done; both have Timing::on.
  [[nodiscard]] double seconds_since(const Event& earlier) const;

 private:
  struct Destroy {
    void operator()(cudaEvent_t event) const noexcept { static_cast<void>(cudaEventDestroy(event)); }
  };
  std::unique_ptr<CUevent_st, Destroy> handle_;
};

/// cudaMalloc, checked. \throws OutOfDeviceMemory, DeviceLost or BackendError.
[[nodiscard]] void* allocate_device_bytes(std::size_t bytes);

/// Elements in device memory: a span that host code can't read by mistake.
template <class T>
struct DeviceSpan {
  T* data = nullptr;
  std::size_t size = 0;  ///< elements

  [[nodiscard]] DeviceSpan first(std::size_t count) const {
    assert(count <= size);
    return {data, count};
  }
};

/// Uninitialised memory of the current device for `size` elements, aligned to 256 bytes. One that was moved from can
/// only be assigned to.
template <class T>
class DeviceBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  DeviceBuffer() = default;
  explicit DeviceBuffer(std::size_t size) : memory_(static_cast<T*>(allocate(size))), size_(size) {}

  [[nodiscard]] T* data() const { return memory_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] DeviceSpan<T> span() const { return {memory_.get(), size_}; }

 private:
  struct Free {
    void operator()(T* memory) const noexcept { static_cast<void>(cudaFree(memory)); }
  };
  static void* allocate(std::size_t size) {
    if (size > std::numeric_limits<std::size_t>::max() / sizeof(T)) {
      throw OutOfDeviceMemory("more device memory than any device has was asked for");
    }
    return allocate_device_bytes(size * sizeof(T));
  }
  std::unique_ptr<T, Free> memory_;
  std::size_t size_ = 0;
};

/// Uninitialised host memory that every device copies from and to at full speed, beside other work. One that was moved
/// from can only be assigned to.
class PinnedBuffer {
 public:
  PinnedBuffer() = default;
  explicit PinnedBuffer(std::size_t bytes);

  [[nodiscard]] std::span<std::byte> bytes() const { return {memory_.get(), size_}; }

 private:
  struct Free {
    void operator()(std::byte* memory) const noexcept { static_cast<void>(cudaFreeHost(memory)); }
  };
  std::unique_ptr<std::byte, Free> memory_;
  std::size_t size_ = 0;
};

/// Pinned memory as a source for containers. \throws OutOfDeviceMemory, DeviceLost or BackendError from allocate().
[[nodiscard]] std::pmr::memory_resource* pinned_memory();

/// Sets every byte to zero, once the stream's earlier work is done.
template <class T>
void fill_with_zeros_async(DeviceSpan<T> to, const Stream& stream) {
  check(cudaMemsetAsync(to.data, 0, to.size * sizeof(T), stream.get()), "clearing device memory");
}

/// Copies as many elements as both have, once the stream's earlier work is done. From pinned memory the call returns at
/// once, and the elements must stay until the stream has passed.
template <class T>
void copy_to_device_async(std::type_identity_t<std::span<const T>> from, DeviceSpan<T> to, const Stream& stream) {
  assert(from.size() == to.size);
  check(cudaMemcpyAsync(to.data, from.data(), from.size_bytes(), cudaMemcpyHostToDevice, stream.get()),
        "copying to the device");
}

/// The same the other way. To pinned memory the call returns at once, and the elements are there once the stream has
/// passed.
template <class T>
void copy_to_host_async(DeviceSpan<T> from, std::span<std::remove_const_t<T>> to, const Stream& stream) {
  assert(from.size == to.size());
  check(cudaMemcpyAsync(to.data(), from.data, to.size_bytes(), cudaMemcpyDeviceToHost, stream.get()),
        "copying from the device");
}

/// The same within the device's memory; the two do not overlap.
template <class T>
void copy_on_device_async(DeviceSpan<T> from, DeviceSpan<T> to, const Stream& stream) {
  assert(from.size == to.size);
  check(cudaMemcpyAsync(to.data, from.data, from.size * sizeof(T), cudaMemcpyDeviceToDevice, stream.get()),
        "copying on the device");
}

}  // namespace ravine::cuda
