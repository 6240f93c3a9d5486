// Spectra on a device: each proved, then timed.
#pragma once

#include <cstdint>
#include <vector>

#include "sweep_benchmarks.hpp"

namespace ravine::gpu_check {

struct SpectrumSizes {
  std::vector<std::int64_t> rows = {512, 2048, 8192, 16384};  ///< of dense matrices, powers of two
  std::int64_t solution_rows = 8192;
  std::int64_t batch_rows = 64;
  std::int64_t batch_matrices = 2000;
  std::int64_t lanczos_side = 1000;  ///< of a grid
  std::int64_t lanczos_count = 6;
  int repetitions = 3;
};

/// Whole spectra with vectors of random matrices and grids beside cuSOLVER's function alone, many small ones at once, a
/// solution, and the large end of a grid by Lanczos's method. Returns how many were measured.
int run_spectrum_benchmarks(const SpectrumSizes& sizes, int device, const BenchmarkTeller& tell);

}  // namespace ravine::gpu_check
