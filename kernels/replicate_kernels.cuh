// Replicates of noise studies, over the functions of include/ravine/model/. A block of threads takes a block of
// replicates, a group of them at a time, a replicate a thread; at each recorded step the group is summed in the shape
// that model/replicates.hpp gives. What is left of a block does not grow with its replicates.
#pragma once

#include "kernels/replicate_parameters.hpp"
#include "kernels/trajectory_kernels.cuh"
#include "ravine/model/random.hpp"
#include "ravine/model/replicates.hpp"

namespace ravine::cuda {

static_assert(block_threads == model::group_replicates && warp_threads == model::warp_replicates);

// --- sums ---

__device__ __forceinline__ model::Sums shuffled_down(const model::Sums& sums, unsigned lanes) {
  return {__shfl_down_sync(whole_warp, sums.sum, lanes), __shfl_down_sync(whole_warp, sums.squares, lanes),
          __shfl_down_sync(whole_warp, sums.least, lanes), __shfl_down_sync(whole_warp, sums.most, lanes)};
}

/// The sums of the block's threads, a tree within each warp and then over the warps. The first thread has them.
__device__ __forceinline__ model::Sums sum_group(model::Sums sums) {
  constexpr unsigned warps = block_threads / warp_threads;
  __shared__ model::Sums of_warps[warps];
  const unsigned lane = threadIdx.x % warp_threads;
  for (unsigned width = warp_threads / 2; width > 0; width /= 2) sums = sums + shuffled_down(sums, width);
  if (lane == 0) of_warps[threadIdx.x / warp_threads] = sums;
  __syncthreads();
  if (threadIdx.x < warp_threads) {
    sums = of_warps[lane % warps];
    for (unsigned width = warps / 2; width > 0; width /= 2) sums = sums + shuffled_down(sums, width);
  }
  __syncthreads();  // before the next sums
  return sums;
}

/// Adds a group's sums to those of the groups before it.
__device__ __forceinline__ void add_group(model::Sums* total, const model::Sums& own, bool is_first) {
  const model::Sums group = sum_group(own);
  if (threadIdx.x == 0) *total = (is_first ? model::no_sums() : *total) + group;
}

/// Adds one to counts[bin] for each thread that counts. The threads of a warp that share a bin add once.
__device__ __forceinline__ void count_bin(std::uint32_t* counts, std::int64_t bin, bool counts_one) {
  const unsigned sharers = __match_any_sync(whole_warp, counts_one ? bin : std::int64_t{-1});
  const bool adds = (sharers & ((1U << (threadIdx.x % warp_threads)) - 1)) == 0;  // the first of them
  if (adds && counts_one) atomicAdd(counts + bin, static_cast<std::uint32_t>(__popc(sharers)));
}

// --- the way of a replicate ---

/// One mode through those steps, with its noise. A block of normal numbers is for steps one after the other.
template <class F>
__device__ __forceinline__ model::State<F> advanced_noisy(const model::Cell<F>& mode, model::State<F> state,
                                                          F deviation, const model::DrawPlace& place, Steps steps) {
  constexpr int size = model::NormalBlock<F>::size;
  for (std::int64_t block = steps.first / size; block * size < steps.last; ++block) {
    const model::NormalBlock<F> normals = model::normal_block<F>(place, static_cast<std::uint32_t>(block));
#pragma unroll
    for (int j = 0; j < size; ++j) {
      const std::int64_t step = block * size + j + 1;
      if (step <= steps.first || step > steps.last) continue;
      const F gradient = model::noisy_gradient(mode, state, deviation, normals.values[j]);
      state = model::step(mode, state, gradient);
      if (model::may_rest(step, deviation)) state = model::come_to_rest(state);
    }
  }
  return state;
}

/// A block of replicates as the kernel sees it.
template <class F>
struct BlockPlace {
  model::Cell<F> cell;
  model::DrawPlace first;   ///< where the block's first replicate draws for the first component
  std::int64_t replicates;  ///< that the study has of the block
  const double* shifts;
  model::Sums* sums;
  unsigned long long* finite;
  std::uint32_t* bins;
};

/// Block `offset` of a batch.
template <class F>
__device__ __forceinline__ BlockPlace<F> block_place(const ReplicateCourse<F>& study, const ReplicateBatch& batch,
                                                     const ReplicateSums& out, std::int64_t offset) {
  const std::int64_t number = batch.blocks.first + offset;
  const std::int64_t cell = number / study.blocks - batch.blocks.first / study.blocks;
  const std::int64_t before = number % study.blocks * model::block_replicates;
  const std::int64_t left = study.replicates - before;
  const std::int64_t steps = study.course.recorded_count;
  const std::int64_t values = steps * (1 + study.course.components);
  const ReplicateCell& parameters = batch.cells[cell];
  return {{static_cast<F>(parameters.alpha), static_cast<F>(parameters.beta), static_cast<F>(parameters.lambda)},
          {study.seed, parameters.number, static_cast<std::uint32_t>(study.first_replicate + before), 0},
          left < model::block_replicates ? left : model::block_replicates,
          batch.shifts + cell * values,
          out.sums + offset * values,
          out.finite + offset * steps,
          out.bins == nullptr ? nullptr : out.bins + cell * steps * model::bin_count(study.bins)};
}

/// What recorded step number `k` leaves of a group.
template <class F, class Modes>
__device__ __forceinline__ void record_group(const ReplicateCourse<F>& study, const BlockPlace<F>& block,
                                             const Modes& modes, std::int64_t k, std::int64_t replicate) {
  const F loss = loss_of<F>(modes);
  const bool counts = model::both(replicate < block.replicates, model::is_finite_value(loss));
  const bool is_first = replicate < block_threads;
  const auto wide_loss = static_cast<double>(loss);
  const unsigned finite = __popc(__ballot_sync(whole_warp, counts));
  if (threadIdx.x % warp_threads == 0 && finite > 0) {
    atomicAdd(block.finite + k, static_cast<unsigned long long>(finite));
  }
  if (block.bins != nullptr) {
    count_bin(block.bins + k * model::bin_count(study.bins), model::bin_of(study.bins, wide_loss), counts);
  }
  const std::int64_t row = k * (1 + study.course.components);
  add_group(block.sums + row, model::sums_of(wide_loss, block.shifts[row], counts), is_first);
#pragma unroll Modes::unroll
  for (decltype(modes.count()) i = 0; i < modes.count(); ++i) {
    const std::int64_t at = row + 1 + i;
    const auto x = static_cast<double>(modes.state(i).x);
    add_group(block.sums + at, model::sums_of(x, block.shifts[at], counts), is_first);
  }
}

template <class F, class Modes>
__device__ __forceinline__ void simulate_group(const ReplicateCourse<F>& study, const BlockPlace<F>& block,
                                               Modes& modes, std::int64_t replicate) {
  model::DrawPlace place = block.first;
  place.replicate += static_cast<std::uint32_t>(replicate);
  std::int64_t at = 0;
#pragma unroll 1
  for (std::int64_t k = 0; k < study.course.recorded_count; ++k) {
    const Steps steps = {at, study.course.recorded[k]};
#pragma unroll Modes::unroll
    for (decltype(modes.count()) i = 0; i < modes.count(); ++i) {
      place.component = static_cast<std::uint32_t>(i);
      const model::Cell<F> mode = {block.cell.alpha, block.cell.beta, modes.lambda(i)};
      modes.set(i, advanced_noisy(mode, modes.state(i), study.deviation[i], place, steps));
    }
    at = steps.last;
    record_group(study, block, modes, k, replicate);
  }
}

/// The replicates of a batch's blocks. Replicates beyond the last are simulated and not counted.
template <class F, class Modes>
__global__ void simulate_replicates(ReplicateCourse<F> study, ReplicateBatch batch, ReplicateSums out,
                                    Scratch<F> scratch) {
  for (std::int64_t offset = blockIdx.x; offset < batch.blocks.count; offset += gridDim.x) {
    const BlockPlace<F> block = block_place(study, batch, out, offset);
    for (std::int64_t first = 0; first < block.replicates; first += block_threads) {
      Modes modes(study.course, scratch, block.cell.lambda);
      simulate_group(study, block, modes, first + threadIdx.x);
    }
  }
}

}  // namespace ravine::cuda
