// A loop on all threads that a run's end may cut short.
#pragma once

#include <atomic>
#include <cstdint>

#include "engine/ending.hpp"
#include "engine/thread_pool.hpp"
#include "grid/floating_point_environment.hpp"

namespace ravine {

/// Calls body(item) for each item of [0, count) on all threads of the pool; false if the end came before all were done.
/// A body that asks for the end itself may give its item up.
template <class Body>
bool for_each_until_end(ThreadPool& pool, Ending& ending, std::int64_t count, Body body) {
  std::atomic<std::int64_t> done = 0;
  pool.for_each(count, ending.token(), [&](std::int64_t item) {
    if (ending.has_come()) return;
    const detail::FloatingPointEnvironment exact;
    body(item);
    if (!ending.has_come()) ++done;
  });
  return done == count;
}

}  // namespace ravine
