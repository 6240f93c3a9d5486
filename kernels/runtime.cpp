#include "kernels/runtime.hpp"

#include <fmt/format.h>

#include <string>

namespace ravine::cuda {
namespace {

/// The failures after which the runtime refuses every further call of this process.
bool is_sticky(cudaError_t status) {
  switch (status) {
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorContained:
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorContextIsDestroyed:
    case cudaErrorAssert:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case cudaErrorTensorMemoryLeak:
    case cudaErrorMpsClientTerminated:
    case cudaErrorExternalDevice:
    case cudaErrorUnknown:
      return true;
    default:
      return false;
  }
}

/// Whether the hardware is at fault, not the program.
bool is_hardware(cudaError_t status) {
  return status == cudaErrorECCUncorrectable || status == cudaErrorNvlinkUncorrectable ||
         status == cudaErrorContained || status == cudaErrorHardwareStackError;
}

std::string describe(cudaError_t status, std::string_view what) {
  return fmt::format("CUDA failed while {}: {} ({})", what, cudaGetErrorString(status), cudaGetErrorName(status));
}

std::string describe_loss(cudaError_t status, std::string_view what) {
  return fmt::format(
      "{}. The device is lost to this process. What was stored before is whole: --resume goes on from there, with "
      "--backend cpu on any machine. To look further: {}",
      describe(status, what),
      is_hardware(status) ? "'nvidia-smi -q -d ECC,PAGE_RETIREMENT' and the kernel's log (dmesg, lines with Xid)"
                          : "run the same command under compute-sanitizer, and read the kernel's log (dmesg, lines "
                            "with Xid)");
}

}  // namespace

void check(cudaError_t status, std::string_view what) {
  if (status == cudaSuccess) return;
  // The runtime keeps the last failure: the next launch's check would find it again.
  static_cast<void>(cudaGetLastError());
  if (status == cudaErrorMemoryAllocation) {
    throw OutOfDeviceMemory(
        describe(status, what) +
        "; end other programs that hold its memory, or use --backend cpu, with --resume where the store "
        "is there");
  }
  if (is_sticky(status)) throw DeviceLost(describe_loss(status, what));
  throw BackendError(describe(status, what) +
                     "; 'ravine doctor' looks for the reason, and --backend cpu needs no device");
}

CurrentDevice::CurrentDevice(int ordinal) {
  check(cudaGetDevice(&previous_), "asking for the current device");
  check(cudaSetDevice(ordinal), fmt::format("starting to use device {}", ordinal));
}

/// Going back may fail, where the device that was current before can't be used at all. Nobody asked for it: the failure
/// must not be found by the next launch.
CurrentDevice::~CurrentDevice() {
  if (cudaSetDevice(previous_) != cudaSuccess) static_cast<void>(cudaGetLastError());
}

MemoryInfo free_memory() {
  std::size_t free = 0;
  std::size_t total = 0;
  check(cudaMemGetInfo(&free, &total), "asking for the free memory");
  return {static_cast<std::int64_t>(free), static_cast<std::int64_t>(total)};
}

Stream::Stream() {
  cudaStream_t stream = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "making a stream");
  handle_.reset(stream);
}

void Stream::wait(const Event& event) const {
  check(cudaStreamWaitEvent(get(), event.get()), "letting a stream wait for an event");
}

void Stream::synchronize() const {
  check(cudaStreamSynchronize(get()), "waiting for a stream");
}

Event::Event(Timing timing) {
  cudaEvent_t event = nullptr;
  // Waiting for it sleeps: the processor is the writer's meanwhile.
  const unsigned flags = cudaEventBlockingSync | (timing == Timing::on ? cudaEventDefault : cudaEventDisableTiming);
  check(cudaEventCreateWithFlags(&event, flags), "making an event");
  handle_.reset(event);
}

void Event::record(const Stream& stream) const {
  check(cudaEventRecord(get(), stream.get()), "recording an event");
}

void Event::wait() const {
  check(cudaEventSynchronize(get()), "waiting for an event");
}

bool Event::done() const {
  const cudaError_t status = cudaEventQuery(get());
  if (status == cudaErrorNotReady) {
    static_cast<void>(cudaGetLastError());
    return false;
  }
  check(status, "asking for an event");
  return true;
}

double Event::seconds_since(const Event& earlier) const {
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, earlier.get(), get()), "reading the time between two events");
  return static_cast<double>(milliseconds) / 1e3;
}

void* allocate_device_bytes(std::size_t bytes) {
  void* memory = nullptr;
  check(cudaMalloc(&memory, bytes), fmt::format("allocating {} bytes on the device", bytes));
  return memory;
}

namespace {

void* allocate_pinned(std::size_t bytes) {
  void* memory = nullptr;
  check(cudaHostAlloc(&memory, bytes, cudaHostAllocPortable), fmt::format("pinning {} bytes of host memory", bytes));
  return memory;
}

class PinnedMemory final : public std::pmr::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t /*alignment: pages are*/) override { return allocate_pinned(bytes); }
  void do_deallocate(void* memory, std::size_t /*bytes*/, std::size_t /*alignment*/) override {
    static_cast<void>(cudaFreeHost(memory));
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

}  // namespace

PinnedBuffer::PinnedBuffer(std::size_t bytes)
    : memory_(static_cast<std::byte*>(allocate_pinned(bytes))), size_(bytes) {}

std::pmr::memory_resource* pinned_memory() {
  static PinnedMemory memory;
  return &memory;
}

int multiprocessors() {
  int device = 0;
  int count = 0;
  check(cudaGetDevice(&device), "asking for the current device");
  check(cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device), "asking for the multiprocessors");
  return count;
}

}  // namespace ravine::cuda
