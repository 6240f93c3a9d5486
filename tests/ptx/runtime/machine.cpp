#include "machine.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

namespace ravine::ptx {
namespace {

const char* setting(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): never written
  return value == nullptr ? otherwise : value;
}

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// A mistake of the program under test that has no error code: a test must see it.
[[noreturn]] void give_up(const std::string& what) {
  static_cast<void>(std::fprintf(stderr, "interpreted CUDA: %s\n", what.c_str()));
  std::abort();
}

}  // namespace

class Machine::Use {
 public:
  Use(Machine& machine, const void* address) : pinned_(machine.pinned_at(address)) {
    if (pinned_ != nullptr) ++pinned_->users;
  }
  Use(const Use& other) : pinned_(other.pinned_) {
    if (pinned_ != nullptr) ++pinned_->users;
  }
  Use& operator=(const Use&) = delete;
  ~Use() {
    if (pinned_ != nullptr) --pinned_->users;
  }

 private:
  Pinned* pinned_;
};

Machine& Machine::the() {
  static auto* const machine = new Machine;  // never destroyed: static destructors of the program still use it
  return *machine;
}

Machine::Machine() : memory_(std::strtoull(setting("RAVINE_INTERPRETED_MEMORY", "268435456"), nullptr, 10)) {
  const int count = std::atoi(setting("RAVINE_INTERPRETED_DEVICES", "1"));
  for (int k = 0; k < count; ++k) devices_.push_back(std::make_unique<Device>());
  if (setting("RAVINE_INTERPRETED_ORDER", "forward") == std::string("reverse")) options_.order = Order::reverse;
  early_ = setting("RAVINE_INTERPRETED_STREAMS", "late") == std::string("early");
  if (const std::vector<std::string> fail = parts_of(setting("RAVINE_INTERPRETED_FAIL", ""), ':'); fail.size() == 3) {
    failing_name_ = fail[0];
    failing_call_ = std::atoi(fail[1].c_str());
    failing_code_ = static_cast<cudaError_t>(std::atoi(fail[2].c_str()));
  }
  if (const char* lost = setting("RAVINE_INTERPRETED_LOST", nullptr)) launches_left_ = std::strtoull(lost, nullptr, 10);
  load_kernels(setting("RAVINE_INTERPRETED_PTX", ""));
  if (setting("RAVINE_INTERPRETED_COUNTS", nullptr) != nullptr) std::atexit([] { the().write_counts(); });
}

void Machine::write_counts() const {
  std::ofstream file(setting("RAVINE_INTERPRETED_COUNTS", ""));
  for (const auto& [name, count] : counts_) {
    file << fmt::format("{} {} {}\n", count.instructions, count.launches, name);
  }
}

void Machine::load_kernels(const std::string& files) {
  for (const std::string& file : parts_of(files, ':')) {
    try {
      modules_.push_back(Module::load(file));
    } catch (const std::exception& error) {
      give_up(fmt::format("{}: {}", file, error.what()));
    }
  }
  for (const Module& module : modules_) {
    for (const Kernel& kernel : module.kernels()) kernels_[kernel.name] = &kernel;
  }
}

cudaError_t Machine::enter(const char* name) {
  if (lost_) return cudaErrorIllegalAddress;
  if (failing_name_ == name && --failing_call_ == 0) return failing_code_;
  return cudaSuccess;
}

// --- memory ---

std::size_t Machine::free_memory(int device) const {
  return memory_ - devices_[static_cast<std::size_t>(device)]->used;
}

void* Machine::allocate(int device, std::size_t bytes) {
  if (bytes > free_memory(device)) return nullptr;
  Device& owner = *devices_[static_cast<std::size_t>(device)];
  auto buffer = std::make_unique<DeviceBytes>(
      owner.memory, GlobalMemory::Buffer{fmt::format("cudaMalloc of {} bytes", bytes), nullptr, bytes,
                                         Access::read_write, Contents::unwritten});
  void* const address = buffer->data();
  owner.used += bytes;
  owner.sizes[address] = bytes;
  owner.buffers[address] = std::move(buffer);
  return address;
}

/// As the real one, it waits for what the device still has to do. Streams don't know that here: their operations must
/// have been waited for.
void Machine::free(void* memory) {
  if (memory == nullptr) return;
  for (const auto& device : devices_) {
    const auto found = device->buffers.find(memory);
    if (found == device->buffers.end()) continue;
    if (!found->second->guards_intact()) give_up("the host wrote beside a device buffer");
    device->used -= device->sizes[memory];
    device->sizes.erase(memory);
    device->buffers.erase(found);
    return;
  }
  give_up("cudaFree of what cudaMalloc did not give");
}

void* Machine::pin(std::size_t bytes) {
  constexpr std::size_t page = 4096;
  constexpr unsigned char garbage = 0xA5;
  auto storage = std::make_unique<std::byte[]>(bytes + page);
  std::memset(storage.get(), garbage, bytes + page);
  const auto address = (reinterpret_cast<std::uintptr_t>(storage.get()) + page - 1) / page * page;
  pinned_[address] = Pinned{std::move(storage), bytes};
  return reinterpret_cast<void*>(address);
}

void Machine::unpin(void* memory) {
  if (memory == nullptr) return;
  const auto found = pinned_.find(reinterpret_cast<std::uintptr_t>(memory));
  if (found == pinned_.end()) give_up("cudaFreeHost of what cudaHostAlloc did not give");
  if (found->second.users > 0 && !lost_) give_up("pinned memory freed while a queued copy uses it");
  pinned_.erase(found);
}

Machine::Pinned* Machine::pinned_at(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  auto after = pinned_.upper_bound(at);
  if (after == pinned_.begin()) return nullptr;
  --after;
  return at < after->first + after->second.bytes ? &after->second : nullptr;
}

// --- streams ---

void Machine::queue(CUstream_st& stream, std::function<void()> operation) {
  stream.queued.push_back(std::move(operation));
  if (early_) synchronize(stream);
}

void Machine::run_until(CUstream_st& stream, std::uint64_t position) {
  while (stream.done < position && !stream.queued.empty()) {
    const std::function<void()> operation = std::move(stream.queued.front());
    stream.queued.pop_front();
    ++stream.done;
    if (!lost_) operation();
  }
}

void Machine::wait(const CUevent_st& event) {
  if (event.stream != nullptr) run_until(*event.stream, event.position);
}

void Machine::record(CUevent_st& event, CUstream_st& stream) {
  event = {&stream, end_of(stream)};
}

void Machine::wait_in(CUstream_st& stream, const CUevent_st& event) {
  queue(stream, [this, recorded = event] { wait(recorded); });
}

void Machine::copy_now(int device, const Copy& copy) {
  GlobalMemory& memory = devices_[static_cast<std::size_t>(device)]->memory;
  const bool to_device = copy.kind != cudaMemcpyDeviceToHost;
  const bool from_device = copy.kind != cudaMemcpyHostToDevice;
  const auto* from = static_cast<const std::byte*>(copy.from);
  auto* to = static_cast<std::byte*>(copy.to);
  try {
    if (from_device && memory.count_unwritten(from, copy.bytes) > 0) {
      give_up(fmt::format("a copy of {} bytes from the device has bytes that nobody wrote", copy.bytes));
    }
    if (to_device) memory.mark_written(to, copy.bytes);
  } catch (const std::invalid_argument& error) {
    give_up(
        fmt::format("a copy of {} bytes is not within a buffer of device {}: {}", copy.bytes, device, error.what()));
  }
  std::memcpy(to, from, copy.bytes);
}

void Machine::queue_copy(CUstream_st& stream, const Copy& copy) {
  if (copy.bytes == 0) return;
  const bool from_host = copy.kind == cudaMemcpyHostToDevice;
  const bool to_host = copy.kind == cudaMemcpyDeviceToHost;
  if (from_host && pinned_at(copy.from) == nullptr) {  // pageable memory is read before the call returns
    const auto* first = static_cast<const std::byte*>(copy.from);
    queue(stream, [this, copy, device = stream.device, staged = std::vector<std::byte>(first, first + copy.bytes)] {
      copy_now(device, {copy.to, staged.data(), copy.bytes, copy.kind});
    });
    return;
  }
  const Use use(*this, from_host ? copy.from : copy.to);
  queue(stream, [this, copy, device = stream.device, use] { copy_now(device, copy); });
  if (to_host && pinned_at(copy.to) == nullptr) synchronize(stream);
}

void Machine::queue_fill(CUstream_st& stream, void* to, int byte, std::size_t bytes) {
  if (bytes == 0) return;
  queue(stream, [this, to, byte, bytes, device = stream.device] {
    try {
      devices_[static_cast<std::size_t>(device)]->memory.mark_written(static_cast<std::byte*>(to), bytes);
    } catch (const std::invalid_argument& error) {
      give_up(fmt::format("a fill of {} bytes is not within a buffer of device {}: {}", bytes, device, error.what()));
    }
    std::memset(to, byte, bytes);
  });
}

void Machine::queue_library_work(CUstream_st& stream, const std::string& name,
                                 std::function<void(GlobalMemory&)> work) {
  queue(stream, [this, name, work = std::move(work), device = stream.device] {
    try {
      work(devices_[static_cast<std::size_t>(device)]->memory);
    } catch (const std::invalid_argument& error) {
      give_up(fmt::format("{} on device {}: {}", name, device, error.what()));
    }
  });
}
cudaError_t Machine::queue_launch(CUstream_st& stream, const Call& call) {
  const auto found = kernels_.find(call.kernel->name);
  if (found == kernels_.end()) return cudaErrorInvalidDeviceFunction;
  const Kernel& kernel = *found->second;
  if (call.grid.count() == 0 || call.block.count() == 0 || call.block.count() > kernel.maximum_threads) {
    return cudaErrorInvalidConfiguration;
  }
  std::vector<std::byte> arguments(kernel.argument_bytes);
  for (std::size_t k = 0; k < kernel.parameters.size(); ++k) {
    std::memcpy(arguments.data() + kernel.parameters[k].offset, call.arguments[k], kernel.parameters[k].bytes);
  }
  queue(stream, [this, &kernel, arguments, grid = call.grid, block = call.block,
                 shared = static_cast<std::uint32_t>(call.shared_bytes), device = stream.device] {
    if (launches_left_-- == 1) {
      lost_ = true;
      return;
    }
    try {
      const Report report = launch({kernel, grid, block, arguments, shared},
                                   devices_[static_cast<std::size_t>(device)]->memory, options_);
      Count& count = counts_[kernel.name];
      count.instructions += report.instructions;
      ++count.launches;
    } catch (const Fault& fault) {
      give_up(fault.what());
    }
  });
  return cudaSuccess;
}

}  // namespace ravine::ptx
