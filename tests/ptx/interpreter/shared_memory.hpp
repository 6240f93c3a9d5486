/// \file
/// The shared memory of a block, with the checks on it.
///
/// Two accesses by different threads to the same byte are a race if at least one writes, they are not both atomic, and
/// nothing orders them. What orders: a barrier of the block; bar.warp.sync (__syncwarp) between lanes of a warp. What
/// does not: shuffles and votes (PTX gives them no memory ordering), fences without a barrier, that lanes of a warp
/// often run in step. A read that is itself atomic (ld.relaxed, ...) is checked against the writes before it, and is
/// then forgotten.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "instruction.hpp"

namespace ravine::ptx {

class SharedMemory {
 public:
  /// For blocks of `threads` of this kernel.
  SharedMemory(const Kernel& kernel, std::uint32_t dynamic_bytes, std::uint32_t threads);

  /// Starts anew: nothing is written.
  void start_block();
  /// Every thread of the block passed a barrier.
  void pass_barrier();
  /// The lanes of `lanes` in a warp passed bar.warp.sync.
  void pass_warp_barrier(std::uint32_t warp, std::uint32_t lanes);

  /// How a thread touches memory. The atomic kinds are those of atom and red, and of ld and st that are .relaxed,
  /// .acquire or .release.
  enum class Kind : std::uint8_t { read, write, atomic_read, atomic_write, atomic_update };

  /// The bytes [address, address + size), for `thread` of the block to touch. Throws Violation.
  [[nodiscard]] std::byte* touch(std::uint32_t thread, std::uint64_t address, std::uint32_t size, Kind kind);

 private:
  enum class Byte : std::uint8_t { outside, unwritten, written };

  /// When and by whom a byte was touched: `clock` counts the warp barriers that its thread has passed.
  struct Stamp {
    std::uint32_t epoch = 0;  ///< barriers of the block; 0: never
    std::uint32_t clock = 0;
    std::uint32_t thread = 0;
  };
  struct History {
    Stamp write;
    Stamp atomic;
    Stamp read;
    std::vector<Stamp> other_reads;  ///< of the same epoch as `read`, by other threads
    std::vector<Stamp> other_atomics;
  };

  void require_inside(std::uint64_t address, std::uint32_t size, Kind kind) const;
  void require_written(std::uint64_t address, std::uint32_t size) const;
  [[nodiscard]] bool ordered(const Stamp& before, std::uint32_t thread) const;
  void require_order(const Stamp& before, std::uint32_t thread, std::uint64_t address, Kind kind) const;
  void note(Stamp& last, std::vector<Stamp>& others, std::uint32_t thread) const;
  void record(std::uint32_t thread, std::uint64_t address, std::uint32_t size, Kind kind);

  const Kernel& kernel_;
  std::uint32_t dynamic_bytes_;
  std::vector<std::byte> bytes_;
  std::vector<Byte> states_;
  std::vector<History> histories_;
  std::uint32_t epoch_ = 0;
  std::vector<std::uint32_t> clocks_;  ///< per thread
  std::vector<std::uint32_t> known_;   ///< per thread: the clock up to which each lane of its warp is ordered before it
};

}  // namespace ravine::ptx
