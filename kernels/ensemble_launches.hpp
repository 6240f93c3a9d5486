// The kernels of ensembles, as functions that queue them on a stream and return at once. F is double or float.
#pragma once

#include "kernels/ensemble_parameters.hpp"
#include "kernels/map_launches.hpp"
#include "kernels/replicate_parameters.hpp"

namespace ravine::cuda {

/// Components that a trajectory keeps in registers; with more it takes scratch.
inline constexpr std::int64_t most_components_in_registers = 4;

template <class F>
struct TrajectoryTask {
  CellAxes<F> cells;
  Course<F> course;
  Looking looking;
};

/// Runs the trajectories at positions of a tile.
template <class F>
void queue_trajectories(const Queue& queue, const TrajectoryTask<F>& task, Positions positions,
                        const TrajectoryValues<F>& out, const Scratch<F>& scratch);

/// Components that a replicate keeps in registers. Its state is put down at recorded steps alone, so one is enough.
inline constexpr std::int64_t most_replicate_components_in_registers = 1;

/// Simulates the blocks of a batch.
template <class F>
void queue_replicates(const Queue& queue, const ReplicateCourse<F>& study, const ReplicateBatch& batch,
                      const ReplicateSums& out, const Scratch<F>& scratch);

}  // namespace ravine::cuda
