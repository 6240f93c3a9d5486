/// \file
/// The memory behind an address of a state space, with its checks.
#pragma once

#include <cstddef>
#include <cstdint>

#include "thread.hpp"
#include "types.hpp"

namespace ravine::ptx {

/// Where an instruction says its address is. `generic`: the address says so itself.
enum class Space : std::uint8_t { generic, global, shared, local, parameters };

class Decoder;
/// Uses up the qualifier that names a space; generic if there is none. Constants are global memory that is read-only.
Space take_space(Decoder& decoder);

/// Throws Violation if the address is no multiple of `size`, a power of two.
void require_aligned(std::uint64_t address, std::uint32_t size);

/// The address of a memory instruction, from its operand 0.
[[nodiscard]] inline std::uint64_t address_of(const Thread& thread, const Instruction& i) {
  const std::uint64_t address = thread.slots[i.from[0]] + static_cast<std::uint64_t>(i.offset);
  return i.address_is_32 ? address & low_bits(32) : address;
}

/// The bytes [address, address + size) of local memory as an offset into it. Throws Violation.
[[nodiscard]] std::size_t local_offset(const Thread& thread, std::uint64_t address, std::uint32_t size);

/// Memory other than local, for the thread to read, to write, or to do both with. Throws Violation.
[[nodiscard]] const std::byte* memory_to_read(Thread& thread, Space space, std::uint64_t address, std::uint32_t size,
                                              SharedMemory::Kind kind);
[[nodiscard]] std::byte* memory_to_write(Thread& thread, Space space, std::uint64_t address, std::uint32_t size,
                                         SharedMemory::Kind kind);

/// The space that a generic address lies in, and the address there.
struct Located {
  Space space;
  std::uint64_t address;
};
[[nodiscard]] inline Located locate(Space space, std::uint64_t address) {
  if (space != Space::generic) return {space, address};
  if (is_in(Window::shared, address)) return {Space::shared, address & ~window_mask};
  if (is_in(Window::local, address)) return {Space::local, address & ~window_mask};
  if (is_in(Window::parameters, address)) return {Space::parameters, address};
  return {Space::global, address};
}

}  // namespace ravine::ptx
