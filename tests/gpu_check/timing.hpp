// How benchmarks are taken: proved results, timed again and again, and again proved.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "check.hpp"
#include "ravine/error.hpp"
#include "ravine/summary.hpp"
#include "spread.hpp"
#include "sweep_benchmarks.hpp"

namespace ravine::gpu_check {

inline constexpr const char* wall_time = "wall time";

/// \throws Error where two backends' results differ.
inline void require_equal(const Comparison& compared) {
  if (compared.differences.empty()) return;
  throw Error("the result is wrong, so it is not timed: " + compared.differences.front());
}

/// Seconds of passes, each of which returns its summary, after two that are not counted. \throws Error if a pass has
/// another summary than the wanted one.
template <class Pass>
Spread time_passes(int repetitions, const Summary& wanted, Pass pass) {
  constexpr int warm_ups = 2;
  std::vector<double> seconds;
  for (int repetition = -warm_ups; repetition < repetitions; ++repetition) {
    const auto start = std::chrono::steady_clock::now();
    const Summary found = pass();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    if (found != wanted) throw Error("a repetition has another summary than the CPU");
    if (repetition >= 0) seconds.push_back(time.count());
  }
  return Spread(std::move(seconds));
}

/// Takes one benchmark; what is wrong with it becomes a failed check.
template <class Measure>
void attempt(const std::string& name, const BenchmarkTeller& tell, Measure measure) {
  try {
    tell.measured(measure());
  } catch (const Error& error) {
    tell.failed(failed("benchmark: " + name, error.what()));
  }
}

}  // namespace ravine::gpu_check
