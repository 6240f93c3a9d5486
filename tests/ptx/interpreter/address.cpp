#include "address.hpp"

#include <fmt/format.h>

#include "fault.hpp"

namespace ravine::ptx {
namespace {

/// The caller's buffers, or else the module's own variables: the registry to ask about an address.
GlobalMemory& registry_of(Thread& thread, std::uint64_t address) {
  GlobalMemory& module = *thread.block->kernel.module_memory;
  return module.contains(address) ? module : thread.block->global;
}

const std::byte* argument(const Thread& thread, std::uint64_t address, std::uint32_t size) {
  const std::uint64_t offset = address & ~window_mask;
  const auto arguments = thread.block->arguments;
  if (offset >= arguments.size() || size > arguments.size() - offset) {
    throw Violation{FaultKind::out_of_bounds,
                    fmt::format("reads {} bytes at {} of the {} bytes of arguments", size, offset, arguments.size())};
  }
  return &arguments[offset];
}

}  // namespace

void require_aligned(std::uint64_t address, std::uint32_t size) {
  if (address % size != 0) {
    throw Violation{FaultKind::misaligned,
                    fmt::format("touches {} bytes at {:#x}, which is no multiple of {}", size, address, size)};
  }
}

std::size_t local_offset(const Thread& thread, std::uint64_t address, std::uint32_t size) {
  const std::size_t bytes = thread.registers->local.bytes.size();
  if (address >= bytes || size > bytes - address) {
    throw Violation{FaultKind::out_of_bounds,
                    fmt::format("touches {} bytes at {} of the {} bytes of local memory", size, address, bytes)};
  }
  return address;
}

const std::byte* memory_to_read(Thread& thread, Space space, std::uint64_t address, std::uint32_t size,
                                SharedMemory::Kind kind) {
  if (space == Space::shared) return thread.block->shared.touch(thread.index, address, size, kind);
  if (space == Space::parameters) return argument(thread, address, size);
  return registry_of(thread, address).readable(address, size);
}

std::byte* memory_to_write(Thread& thread, Space space, std::uint64_t address, std::uint32_t size,
                           SharedMemory::Kind kind) {
  if (space == Space::shared) return thread.block->shared.touch(thread.index, address, size, kind);
  if (space == Space::parameters) throw Violation{FaultKind::read_only, "writes to its arguments"};
  GlobalMemory& registry = registry_of(thread, address);
  return kind == SharedMemory::Kind::atomic_update ? registry.updatable(address, size)
                                                   : registry.writable(address, size);
}

}  // namespace ravine::ptx
