// Trajectories over the functions of include/ravine/model/trajectory.hpp: a thread takes a cell from its start to the
// last step and keeps its state in registers; nothing is stored on the way but what is recorded. Every position of a
// batch is written: cells with their values, padding with the fill values.
#pragma once

#include <cstddef>

#include "kernels/ensemble_parameters.hpp"
#include "kernels/quantities.cuh"
#include "kernels/walk.cuh"
#include "ravine/model/trajectory.hpp"
#include "ravine/quantity.hpp"

namespace ravine::cuda {

// --- cells ---

/// A position as indices on the kernel axes.
struct TilePlace {
  std::int64_t at[3];
};

template <class F>
__device__ __forceinline__ TilePlace tile_place(const TileAxes<F>& axes, std::int64_t position) {
  const std::int64_t row = position / axes.stored[2];
  return {{row / axes.stored[1], row % axes.stored[1], position % axes.stored[2]}};
}

template <class F>
__device__ __forceinline__ bool is_cell(const TileAxes<F>& axes, const TilePlace& place) {
  return place.at[0] < axes.cells[0] && place.at[1] < axes.cells[1] && place.at[2] < axes.cells[2];
}

/// The value of a parameter by its kernel axis. (Spelled out, so that nothing is indexed in local memory.)
template <class F>
__device__ __forceinline__ F value_along(const TileAxes<F>& axes, const TilePlace& place, int axis) {
  if (axis == 0) return axes.values[0][place.at[0]];
  if (axis == 1) return axes.values[1][place.at[1]];
  return axis == 2 ? axes.values[2][place.at[2]] : F(0);
}

template <class F>
__device__ __forceinline__ model::Cell<F> cell_at(const CellAxes<F>& cells, const TilePlace& place) {
  return {value_along(cells.axes, place, cells.alpha), value_along(cells.axes, place, cells.beta),
          value_along(cells.axes, place, cells.lambda)};
}

// --- modes ---
//
// Either kind has count(), state(i) and lambda(i) of component i, and set(i, state); `unroll` says how many components
// loops over them take at once.

/// A few modes, in registers.
template <class F, int components>
struct ModesInRegisters {
  static constexpr int unroll = components;

  __device__ __forceinline__ ModesInRegisters(const Course<F>& course, const Scratch<F>& /*scratch*/, F cell_lambda) {
#pragma unroll
    for (int i = 0; i < components; ++i) {
      states[i] = {course.start_y[i], course.start_x[i]};
      lambdas[i] = course.spectrum == nullptr ? cell_lambda : course.spectrum[i];
    }
  }
  __device__ __forceinline__ int count() const {
    return components;
  }
  __device__ __forceinline__ model::State<F> state(int i) const {
    return states[i];
  }
  __device__ __forceinline__ F lambda(int i) const {
    return lambdas[i];
  }
  __device__ __forceinline__ void set(int i, const model::State<F>& state) {
    states[i] = state;
  }

  model::State<F> states[std::size_t{components}];
  F lambdas[std::size_t{components}];
};

/// Any number of modes, in device memory: threads side by side.
template <class F>
struct ModesInMemory {
  static constexpr int unroll = 1;

  __device__ __forceinline__ ModesInMemory(const Course<F>& course, const Scratch<F>& scratch, F /*cell_lambda*/)
      : spectrum(course.spectrum),
        components(course.components),
        threads(scratch.threads),
        y(scratch.values + thread_number()),
        x(y + components * threads) {
#pragma unroll 1
    for (std::int64_t i = 0; i < components; ++i) set(i, {course.start_y[i], course.start_x[i]});
  }
  __device__ __forceinline__ std::int64_t count() const {
    return components;
  }
  __device__ __forceinline__ model::State<F> state(std::int64_t i) const {
    return {y[i * threads], x[i * threads]};
  }
  __device__ __forceinline__ F lambda(std::int64_t i) const {
    return spectrum[i];
  }
  __device__ __forceinline__ void set(std::int64_t i, const model::State<F>& state) {
    y[i * threads] = state.y;
    x[i * threads] = state.x;
  }

  const F* spectrum;
  std::int64_t components;
  std::int64_t threads;
  F* y;
  F* x;
};

// --- the way ---

/// Steps first + 1 to last.
struct Steps {
  std::int64_t first;
  std::int64_t last;
};

/// One mode through those steps: between two at which it may come to rest there is nothing but steps.
template <class F>
__device__ __forceinline__ model::State<F> advanced(const model::Cell<F>& mode, model::State<F> state, Steps steps) {
  for (std::int64_t at = steps.first; at < steps.last;) {
    const std::int64_t rest = (at / model::rest_every + 1) * model::rest_every;
    const std::int64_t stop = rest < steps.last ? rest : steps.last;
    for (int left = static_cast<int>(stop - at); left > 0; --left) {
      state = model::step(mode, state, model::gradient(mode, state));
    }
    at = stop;
    if (at == rest) state = model::come_to_rest(state);
  }
  return state;
}

template <class F, class Modes>
__device__ __forceinline__ void advance(const model::Cell<F>& cell, Modes& modes, Steps steps) {
#pragma unroll Modes::unroll
  for (decltype(modes.count()) i = 0; i < modes.count(); ++i) {
    modes.set(i, advanced<F>({cell.alpha, cell.beta, modes.lambda(i)}, modes.state(i), steps));
  }
}

template <class F, class Modes>
__device__ __forceinline__ F loss_of(const Modes& modes) {
  F loss = 0;
#pragma unroll Modes::unroll
  for (decltype(modes.count()) i = 0; i < modes.count(); ++i) {
    loss += model::loss_part(modes.lambda(i), modes.state(i).x);
  }
  return loss;
}

/// All modes through those steps, every loss on the way seen.
template <class F, class Modes>
__device__ __forceinline__ void advance_watched(const model::Cell<F>& cell, Modes& modes, Steps steps, F tolerance,
                                                model::Watch<F>& watch) {
#pragma unroll 1
  for (std::int64_t step = steps.first + 1; step <= steps.last; ++step) {
    const bool rests = step % model::rest_every == 0;
    F loss = 0;
#pragma unroll Modes::unroll
    for (decltype(modes.count()) i = 0; i < modes.count(); ++i) {
      const model::Cell<F> mode = {cell.alpha, cell.beta, modes.lambda(i)};
      const model::State<F> before = modes.state(i);
      model::State<F> state = model::step(mode, before, model::gradient(mode, before));
      if (rests) state = model::come_to_rest(state);
      modes.set(i, state);
      loss += model::loss_part(mode.lambda, state.x);
    }
    watch = model::watch(watch, step, loss, tolerance);
  }
}

// --- what is stored ---

/// The state at recorded step number `k` of the cell at `offset` in the batch.
template <class F, class Modes>
__device__ __forceinline__ void record(const TrajectoryValues<F>& out, const Course<F>& course, std::int64_t offset,
                                       std::int64_t k, const Modes& modes) {
  const std::int64_t row = offset * course.recorded_count + k;
  if (out.loss != nullptr) out.loss[row] = model::recorded_loss(loss_of<F>(modes));
  if (out.loss_parts == nullptr && out.x == nullptr) return;
#pragma unroll Modes::unroll
  for (decltype(modes.count()) i = 0; i < modes.count(); ++i) {
    const F x = modes.state(i).x;
    const std::int64_t at = row * course.components + i;
    if (out.loss_parts != nullptr) out.loss_parts[at] = model::recorded_loss(model::loss_part(modes.lambda(i), x));
    if (out.x != nullptr) out.x[at] = model::recorded_x(x);
  }
}

template <class T>
__device__ __forceinline__ void store(T* values, std::int64_t offset, T value) {
  if (values != nullptr) values[offset] = value;
}

/// What the watch comes to; whether the trajectory converged.
template <class F>
__device__ __forceinline__ bool store_watched(const TrajectoryValues<F>& out, std::int64_t offset,
                                              const model::Watch<F>& watch, std::int64_t steps) {
  const model::Peak<F> peak = model::peak_of(watch);
  const model::Status status = model::status_after(watch, steps);
  store(out.peak_loss, offset, peak.loss);
  store(out.peak_step, offset, peak.step);
  store(out.first_above, offset, watch.first_above);
  store(out.last_above, offset, watch.last_above);
  store(out.steps_to_tolerance, offset, model::steps_to_tolerance(watch, steps));
  store(out.status, offset, static_cast<std::uint8_t>(status));
  return status == model::Status::converged;
}

template <class F>
__device__ __forceinline__ void store_padding(const TrajectoryValues<F>& out, const Course<F>& course,
                                              std::int64_t offset) {
  const std::int64_t rows = course.recorded_count;
#pragma unroll 1
  for (std::int64_t k = 0; k < rows; ++k) store(out.loss, offset * rows + k, not_a_number<F>());
  const std::int64_t values = rows * course.components;
#pragma unroll 1
  for (std::int64_t k = 0; k < values; ++k) {
    store(out.loss_parts, offset * values + k, not_a_number<F>());
    store(out.x, offset * values + k, not_a_number<F>());
  }
  store(out.peak_loss, offset, not_a_number<F>());
  store(out.peak_step, offset, int64_fill);
  store(out.first_above, offset, int64_fill);
  store(out.last_above, offset, int64_fill);
  store(out.steps_to_tolerance, offset, int64_fill);
  store(out.status, offset, static_cast<std::uint8_t>(model::Status::not_computed));
}

// --- the kernels ---

/// The trajectory of a cell; whether it converged, where that is looked for.
template <Looking looking, class F, class Modes>
__device__ __forceinline__ bool run_trajectory(const model::Cell<F>& cell, Modes& modes, const Course<F>& course,
                                               std::int64_t offset, const TrajectoryValues<F>& out) {
  model::Watch<F> watch = model::no_watch<F>();
  if (looking == Looking::at_every) watch = model::watch(watch, 0, loss_of<F>(modes), course.tolerance);
  std::int64_t at = 0;
#pragma unroll 1
  for (std::int64_t k = 0; k <= course.recorded_count; ++k) {
    const bool is_recorded = k < course.recorded_count;
    if (!is_recorded && looking == Looking::at_recorded) break;
    const std::int64_t next = is_recorded ? course.recorded[k] : course.steps;
    if (looking == Looking::at_every) {
      advance_watched(cell, modes, {at, next}, course.tolerance, watch);
    } else {
      advance(cell, modes, {at, next});
    }
    at = next;
    if (is_recorded) record(out, course, offset, k, modes);
  }
  return looking == Looking::at_every && store_watched(out, offset, watch, course.steps);
}

/// Those at this thread's positions of a batch; how many converged.
template <class Modes, Looking looking, class F>
__device__ __forceinline__ unsigned run_batch(const CellAxes<F>& cells, const Course<F>& course, Positions batch,
                                              const TrajectoryValues<F>& out, const Scratch<F>& scratch) {
  unsigned converged = 0;
  for_each_index(batch.count, [&](std::int64_t offset) {
    const TilePlace place = tile_place(cells.axes, batch.first + offset);
    if (!is_cell(cells.axes, place)) return store_padding(out, course, offset);
    const model::Cell<F> cell = cell_at(cells, place);
    Modes modes(course, scratch, cell.lambda);
    converged += run_trajectory<looking>(cell, modes, course, offset, out) ? 1 : 0;
  });
  return converged;
}

/// Trajectories of which the recorded steps are asked for.
template <class F, class Modes>
__global__ void run_trajectories(CellAxes<F> cells, Course<F> course, Positions batch, TrajectoryValues<F> out,
                                 Scratch<F> scratch) {
  run_batch<Modes, Looking::at_recorded>(cells, course, batch, out, scratch);
}

/// Trajectories of which every step's loss is looked at.
template <class F, class Modes>
__global__ void watch_trajectories(CellAxes<F> cells, Course<F> course, Positions batch, TrajectoryValues<F> out,
                                   Scratch<F> scratch) {
  unsigned converged = run_batch<Modes, Looking::at_every>(cells, course, batch, out, scratch);
  for (unsigned width = warp_threads / 2; width > 0; width /= 2) {
    converged += __shfl_down_sync(whole_warp, converged, width);
  }
  if (threadIdx.x % warp_threads == 0 && converged > 0) atomicAdd(out.converged, converged);
}

}  // namespace ravine::cuda
