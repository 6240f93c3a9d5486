/// \file
/// Runs a kernel on the interpreter.
///
/// What is modelled: the arithmetic, bit for bit where PTX defines it (float NaNs become the one that devices make);
/// blocks one after another; the threads of a block one after another too, each from one barrier or warp instruction
/// to the next, in either order; every check of FaultKind.
///
/// What is not: caches and delays. Every write is seen at once by every thread that runs later, so a kernel that lacks
/// a fence, or that races in global memory, may still give its right result here: running it in both orders finds part
/// of such mistakes. Blocks that wait for one another never end (the instruction limit ends them). Nothing here says
/// how fast a kernel is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "fault.hpp"
#include "global_memory.hpp"
#include "module.hpp"

namespace ravine::ptx {

struct Launch {
  const Kernel& kernel;
  Dim3 grid;
  Dim3 block;
  std::span<const std::byte> arguments;  ///< as the kernel's parameters lie in memory: see pack_arguments
  std::uint32_t dynamic_shared_bytes = 0;
};

/// Which of the threads of a block, and of the blocks, runs first.
enum class Order : std::uint8_t { forward, reverse };

struct Options {
  Order order = Order::forward;
  std::uint64_t instruction_limit = std::uint64_t{1} << 40;
};

struct Report {
  std::uint64_t instructions;  ///< executed by all threads, those whose guard was false included
};

/// Runs all of it, or throws Fault at the first thing that is wrong; what was written until then stays.
/// Cost: about 10 ns an instruction.
Report launch(const Launch& what, GlobalMemory& memory, const Options& options = {});

/// The values as the bytes of a launch's arguments: each at a multiple of its alignment, pointers as addresses.
template <class... Values>
[[nodiscard]] std::vector<std::byte> pack_arguments(const Values&... values) {
  static_assert((std::is_trivially_copyable_v<Values> && ...));
  std::vector<std::byte> bytes;
  [[maybe_unused]] const auto add = [&]<class T>(const T& value) {
    const std::size_t offset = (bytes.size() + alignof(T) - 1) / alignof(T) * alignof(T);
    bytes.resize(offset + sizeof(T));
    std::memcpy(bytes.data() + offset, &value, sizeof(T));
  };
  (add(values), ...);
  return bytes;
}

}  // namespace ravine::ptx
