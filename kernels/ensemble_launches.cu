#include "kernels/ensemble_launches.hpp"

#include <algorithm>

#include "kernels/launch.cuh"
#include "kernels/replicate_kernels.cuh"
#include "kernels/trajectory_kernels.cuh"

namespace ravine::cuda {
namespace {

template <class F>
using TrajectoryKernel = void (*)(CellAxes<F>, Course<F>, Positions, TrajectoryValues<F>, Scratch<F>);

template <class F, class Modes>
TrajectoryKernel<F> trajectory_kernel(Looking looking) {
  return looking == Looking::at_every ? watch_trajectories<F, Modes> : run_trajectories<F, Modes>;
}

template <class F>
TrajectoryKernel<F> trajectory_kernel(Looking looking, std::int64_t components) {
  switch (components) {
    case 1:
      return trajectory_kernel<F, ModesInRegisters<F, 1>>(looking);
    case 2:
      return trajectory_kernel<F, ModesInRegisters<F, 2>>(looking);
    case 3:
      return trajectory_kernel<F, ModesInRegisters<F, 3>>(looking);
    case most_components_in_registers:
      return trajectory_kernel<F, ModesInRegisters<F, most_components_in_registers>>(looking);
    default:
      return trajectory_kernel<F, ModesInMemory<F>>(looking);
  }
}

}  // namespace

template <class F>
void queue_trajectories(const Queue& queue, const TrajectoryTask<F>& task, Positions positions,
                        const TrajectoryValues<F>& out, const Scratch<F>& scratch) {
  launch(trajectory_kernel<F>(task.looking, task.course.components),
         {blocks_for(queue, positions.count), block_threads}, queue.stream, task.cells, task.course, positions, out,
         scratch);
}

template <class F>
void queue_replicates(const Queue& queue, const ReplicateCourse<F>& study, const ReplicateBatch& batch,
                      const ReplicateSums& out, const Scratch<F>& scratch) {
  const bool in_registers = study.course.components <= most_replicate_components_in_registers;
  launch(in_registers ? simulate_replicates<F, ModesInRegisters<F, 1>> : simulate_replicates<F, ModesInMemory<F>>,
         {std::min(batch.blocks.count, queue.most_blocks), block_threads}, queue.stream, study, batch, out, scratch);
}

#define RAVINE_INSTANTIATE(F)                                                                                        \
  template void queue_trajectories<F>(const Queue&, const TrajectoryTask<F>&, Positions, const TrajectoryValues<F>&, \
                                      const Scratch<F>&);                                                            \
  template void queue_replicates<F>(const Queue&, const ReplicateCourse<F>&, const ReplicateBatch&,                  \
                                    const ReplicateSums&, const Scratch<F>&);
RAVINE_INSTANTIATE(double)
RAVINE_INSTANTIATE(float)
#undef RAVINE_INSTANTIATE

}  // namespace ravine::cuda
