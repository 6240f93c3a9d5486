// How fast maps are, beside what the device could do at most.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "benchmark.hpp"
#include "check.hpp"
#include "compare.hpp"

namespace ravine::gpu_check {

/// Seconds of one operation with the whole device at work, by measurement.
struct OperationCosts {
  double simple;  ///< an addition, multiplication, fused multiply-add or comparison
  double division;
  double square_root;
};

/// What was measured before, on the same device.
struct Limits {
  double fill_bytes_per_second;
  double to_host_bytes_per_second;
  OperationCosts float64;
  OperationCosts float32;
};

struct BenchmarkSizes {
  std::int64_t side = 8192;  ///< of a square of alpha and beta, which is a tile
  std::int64_t planes = 8;   ///< such tiles of a dense map
  std::int64_t eigenvalues = 4096;
  std::int64_t streamed_side = 4096;
  std::int64_t streamed_planes = 32;
  std::int64_t trajectories_side = 10'000;  ///< of a square of alpha and beta
  std::int64_t steps = 1000;                ///< of a trajectory or a replicate
  std::int64_t replicates = 10'000'000;
  int repetitions = 9;
};

/// Instructions of a cell outside of bands; nothing where they are not known.
struct InstructionCount {
  const char* kernel;
  int simple;
  int divisions;
  int square_roots;
};
using FindCount = std::function<const InstructionCount*(const std::string& kernel)>;

struct BenchmarkPlan {
  BenchmarkSizes sizes;
  Limits limits;
  FindCount find_count;
};

/// Where results go: a benchmark each, and a failed check for one whose result is wrong.
struct BenchmarkTeller {
  std::function<void(Benchmark)> measured;
  std::function<void(Check)> failed;
};

/// Dense maps, worst cases and maps streamed to the host. Each is proved equal to the CPU's bytes before it is timed,
/// and its summary again at every repetition.
void run_sweep_benchmarks(const BenchmarkPlan& plan, const Backends& backends, const BenchmarkTeller& tell);

/// The name of the kernel that attempts a quantity in every cell of a map.
[[nodiscard]] std::string attempt_kernel(Quantity quantity, Precision precision);

/// The share of a map's cells with complex eigenvalues, from a sample of some ten thousand.
[[nodiscard]] double share_in_bands(const Spec& spec);

}  // namespace ravine::gpu_check
