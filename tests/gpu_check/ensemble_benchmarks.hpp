// How fast ensembles are.
#pragma once

#include "sweep_benchmarks.hpp"

namespace ravine::gpu_check {

/// Trajectories, of which the end or every step is looked at, and replicates of noise. Each is proved equal to the
/// CPU's bytes before it is timed, and its summary again at every repetition.
void run_ensemble_benchmarks(const BenchmarkSizes& sizes, const Backends& backends, const BenchmarkTeller& tell);

}  // namespace ravine::gpu_check
