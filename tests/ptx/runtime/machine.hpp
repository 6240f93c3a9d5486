/// \file
/// A machine with CUDA devices, for tests where there is none: memory, streams and events of the host, kernels run by
/// the PTX interpreter. cuda_api.cpp puts the CUDA runtime's functions over it, so that a program that is linked with
/// it in place of libcudart runs whole, its kernels included.
///
/// What is modelled: each device's memory apart from the others', with guards, of limited size, uninitialised until
/// written; streams that run nothing before somebody waits for it; events across streams; copies from and to pinned
/// memory that happen when their stream gets to them, so that a buffer which is read or used again too early shows.
/// What a real device would let pass or answer with an error that has no place to go ends the program with a message:
/// faults of kernels, copies of memory that nobody wrote or beyond a buffer, pinned memory freed while in use.
///
/// Environment variables, read once:
///   RAVINE_INTERPRETED_PTX      the PTX files with the kernels, separated by colons
///   RAVINE_INTERPRETED_DEVICES  how many devices (default 1)
///   RAVINE_INTERPRETED_MEMORY   bytes of memory of each (default 2^28)
///   RAVINE_INTERPRETED_ORDER    of the threads and blocks of a kernel: forward (default) or reverse
///   RAVINE_INTERPRETED_STREAMS  late (default): work is done when it is waited for; early: when it is queued
///   RAVINE_INTERPRETED_FAIL     NAME:N:CODE: the N-th call of a function returns that error, once
///   RAVINE_INTERPRETED_LOST     N: the devices are lost when the N-th kernel runs: whoever waits is told, all calls
///   fail RAVINE_INTERPRETED_COUNTS   a file that gets a line for each kernel at the end: how many PTX instructions its
///   threads
///                               executed, in how many launches, its name
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../interpreter/launch.hpp"

/// A stream is what its handle points to.
struct CUstream_st {
  int device;
  std::deque<std::function<void()>> queued;
  std::uint64_t done = 0;  ///< operations that have run
};

/// A place in a stream's work.
struct CUevent_st {
  CUstream_st* stream = nullptr;  ///< null: never recorded
  std::uint64_t position = 0;     ///< operations of the stream before it
};

/// A kernel as the program knows it.
struct CUkern_st {
  std::string name;
};

namespace ravine::ptx {

class Machine {
 public:
  /// The one that the environment describes.
  static Machine& the();

  [[nodiscard]] int devices() const { return static_cast<int>(devices_.size()); }
  [[nodiscard]] std::size_t memory() const { return memory_; }
  [[nodiscard]] std::size_t free_memory(int device) const;

  /// What a call of this name returns before it does anything: cudaSuccess, or an error to be made.
  cudaError_t enter(const char* name);
  [[nodiscard]] bool is_lost() const { return lost_; }

  void* allocate(int device, std::size_t bytes);  ///< null: not enough is free
  void free(void* memory);
  void* pin(std::size_t bytes);
  void unpin(void* memory);

  void synchronize(CUstream_st& stream) { run_until(stream, end_of(stream)); }
  void wait(const CUevent_st& event);
  void record(CUevent_st& event, CUstream_st& stream);
  void wait_in(CUstream_st& stream, const CUevent_st& event);

  struct Copy {
    void* to;
    const void* from;
    std::size_t bytes;
    cudaMemcpyKind kind;
  };
  void queue_copy(CUstream_st& stream, const Copy& copy);
  void queue_fill(CUstream_st& stream, void* to, int byte, std::size_t bytes);
  struct Call {
    const CUkern_st* kernel;
    Dim3 grid;
    Dim3 block;
    std::size_t shared_bytes;
    void** arguments;
  };
  /// Work of a library that is loaded at run time: it says to the memory of the stream's device what it reads
  /// (count_unwritten) and writes (mark_written). What these find wrong ends the program with the work's name.
  void queue_library_work(CUstream_st& stream, const std::string& name, std::function<void(GlobalMemory&)> work);

  /// cudaErrorInvalidDeviceFunction, cudaErrorInvalidConfiguration, cudaErrorIllegalAddress or success.
  cudaError_t queue_launch(CUstream_st& stream, const Call& call);

 private:
  struct Device {
    GlobalMemory memory;
    std::map<void*, std::unique_ptr<DeviceBytes>> buffers;
    std::map<void*, std::size_t> sizes;
    std::size_t used = 0;
  };
  struct Pinned {
    std::unique_ptr<std::byte[]> storage;
    std::size_t bytes;
    int users = 0;  ///< queued copies that touch it
  };
  /// Keeps a pinned buffer in use while an operation that touches it is queued.
  class Use;

  Machine();
  void load_kernels(const std::string& files);
  void queue(CUstream_st& stream, std::function<void()> operation);
  void run_until(CUstream_st& stream, std::uint64_t position);
  [[nodiscard]] static std::uint64_t end_of(const CUstream_st& stream) { return stream.done + stream.queued.size(); }
  Pinned* pinned_at(const void* address);
  void copy_now(int device, const Copy& copy);

  std::vector<std::unique_ptr<Device>> devices_;
  std::size_t memory_ = 0;
  std::map<std::uintptr_t, Pinned> pinned_;  ///< by first address
  std::vector<Module> modules_;
  std::map<std::string, const Kernel*> kernels_;
  Options options_;
  bool early_ = false;
  std::string failing_name_;
  int failing_call_ = 0;
  cudaError_t failing_code_ = cudaSuccess;
  std::uint64_t launches_left_ = UINT64_MAX;
  bool lost_ = false;

  struct Count {
    std::uint64_t instructions = 0;
    std::uint64_t launches = 0;
  };
  void write_counts() const;
  std::map<std::string, Count> counts_;
};

}  // namespace ravine::ptx
