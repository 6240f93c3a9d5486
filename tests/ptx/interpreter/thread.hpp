/// \file
/// The state of a thread and of its block while they run.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "fault.hpp"
#include "instruction.hpp"
#include "shared_memory.hpp"

namespace ravine::ptx {

constexpr std::uint32_t warp_size = 32;

/// The parts of the generic address space that are no global memory lie where no host address is.
enum class Window : std::uint64_t {
  shared = 0x0100'0000'0000'0000,
  local = 0x0200'0000'0000'0000,
  parameters = 0x0300'0000'0000'0000,
};
constexpr std::uint64_t window_mask = 0xFF00'0000'0000'0000;
[[nodiscard]] constexpr bool is_in(Window window, std::uint64_t address) {
  return (address & window_mask) == static_cast<std::uint64_t>(window);
}

/// Memory of one thread. Reading a byte that was never written gives an undefined value, no fault: the compiler keeps
/// copies of whole structs there, padding included.
struct LocalMemory {
  std::vector<std::byte> bytes;
  std::vector<std::uint8_t> defined;
};

/// What the threads of a block share.
struct Block {
  const Kernel& kernel;
  GlobalMemory& global;
  std::span<const std::byte> arguments;
  SharedMemory shared;
  Dim3 index;
};

/// A thread's registers. They outlive it and serve the next.
struct Registers {
  std::vector<std::uint64_t> slots;
  std::vector<std::uint8_t> defined;  ///< per slot, 0 or 1
  LocalMemory local;
};

struct Thread {
  enum class State : std::uint8_t { ready, waiting, exited };

  Block* block = nullptr;
  std::unique_ptr<Registers> registers;  ///< none before the first instruction and after the last
  std::uint64_t* slots = nullptr;
  std::uint8_t* defined = nullptr;
  std::uint32_t next = 0;   ///< instruction; of a waiting thread, the one after that which it waits in
  std::uint32_t index = 0;  ///< in its block
  State state = State::ready;

  [[nodiscard]] std::uint32_t lane() const { return index % warp_size; }
};

/// The bits of an operand as a T.
template <class T>
T read(const Thread& thread, Slot slot) {
  const std::uint64_t bits = thread.slots[slot];
  if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<double>(bits);
  } else if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  } else {
    return static_cast<T>(bits);
  }
}

inline void write_bits(Thread& thread, Slot slot, std::uint64_t bits) {
  thread.slots[slot] = bits;
  thread.defined[slot] = 1;
}

/// Writes a result. A float that is no number becomes the one NaN that devices make of any; doubles keep their bits.
template <class T>
void write(Thread& thread, Slot slot, T value) {
  if constexpr (std::is_same_v<T, double>) {
    write_bits(thread, slot, std::bit_cast<std::uint64_t>(value));
  } else if constexpr (std::is_same_v<T, float>) {
    constexpr std::uint32_t float_nan = 0x7FFFFFFF;
    write_bits(thread, slot, value == value ? std::bit_cast<std::uint32_t>(value) : float_nan);
  } else if constexpr (std::is_same_v<T, bool>) {
    write_bits(thread, slot, value ? 1 : 0);
  } else {
    write_bits(thread, slot, static_cast<std::make_unsigned_t<T>>(value));
  }
}

inline void write_undefined(Thread& thread, Slot slot) {
  thread.defined[slot] = 0;
}

}  // namespace ravine::ptx
