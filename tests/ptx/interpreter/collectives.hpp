/// \file
/// Completes the instructions in which threads wait for each other.
#pragma once

#include <cstdint>
#include <span>

#include "thread.hpp"

namespace ravine::ptx {

/// Completes what the waiting lanes of a warp can complete among themselves, and makes those lanes ready. `lanes` are
/// the warp's threads, none of which is ready. Returns whether there was anything. Throws Violation.
bool complete_warp(std::span<Thread> lanes);

/// The same for the block's barrier: all threads must wait at it.
bool complete_barrier(std::span<Thread> threads);

/// Why the waiting threads of a block can't go on.
struct Stuck {
  const Thread& thread;  ///< one of those that wait
  Violation violation;
};
[[nodiscard]] Stuck explain_stuck(std::span<const Thread> threads);

}  // namespace ravine::ptx
