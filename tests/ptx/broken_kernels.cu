// One kernel that is right, and the same one broken in each way that the interpreter has a check for: the check must
// find it, or its silence on our kernels says nothing.
#include <cstdint>

namespace {

enum class Mistake {
  none,
  lost_warp_barrier,
  off_by_one_store,
  off_by_one_shared,
  missing_tail_guard,
  unwritten_shared,
  unwritten_sum,
  written_input,
  misaligned_load,
  early_return,
  lost_barrier,
  barrier_in_branch,
  barriers_in_branches,
  shuffle_in_branch,
};

constexpr std::uint32_t block_size = 128;
constexpr std::uint32_t warp_size = 32;

__device__ __forceinline__ double sum_of(double2 pair) {
  return pair.x + pair.y;
}

/// sums[b] = the sum of block b's part of `in`, which has `count` elements; in a fixed shape.
template <Mistake mistake>
__device__ __forceinline__ void sum_block(const double* in, double* sums, std::uint32_t count) {
  __shared__ double shared[block_size];
  const std::uint32_t t = threadIdx.x;
  const std::uint32_t i = blockIdx.x * block_size + t;

  if (mistake == Mistake::early_return && i >= count) return;
  if (mistake == Mistake::unwritten_shared) {
    if (i < count) shared[t] = in[i];
  } else if (mistake == Mistake::missing_tail_guard) {
    shared[t] = in[i];
  } else if (mistake == Mistake::off_by_one_shared) {
    shared[t + 1] = i < count ? in[i] : 0.0;
  } else if (mistake == Mistake::misaligned_load) {
    shared[t] = i + 2 < count ? sum_of(reinterpret_cast<const double2*>(in + 1)[i / 2]) : 0.0;
  } else {
    shared[t] = i < count ? in[i] : 0.0;
  }
  if (mistake == Mistake::written_input && i < count) const_cast<double*>(in)[i] = 0.0;
  __syncthreads();

  for (std::uint32_t width = block_size / 2; width >= warp_size; width /= 2) {
    if (t < width) {
      shared[t] += shared[t + width];
      if (mistake == Mistake::barrier_in_branch || mistake == Mistake::barriers_in_branches) __syncthreads();
    } else if (mistake == Mistake::barriers_in_branches) {
      __syncthreads();
    }
    const bool lost = mistake == Mistake::lost_barrier || mistake == Mistake::barrier_in_branch ||
                      mistake == Mistake::barriers_in_branches;
    if (!lost) __syncthreads();
  }

  if (t >= warp_size) return;
  // The last 32: three steps through shared memory, then two of shuffles.
  for (std::uint32_t width = warp_size / 2; width >= 4; width /= 2) {
    if (t < width) shared[t] += shared[t + width];
    if (mistake != Mistake::lost_warp_barrier) __syncwarp();
  }
  double sum = shared[t % 4];
  if (mistake != Mistake::shuffle_in_branch || t < 4) {
    for (std::uint32_t width = 2; width > 0; width /= 2) sum += __shfl_down_sync(0xFFFFFFFF, sum, width);
  }
  if (mistake == Mistake::shuffle_in_branch) __syncwarp();
  if (t != 0) return;
  if (mistake == Mistake::unwritten_sum) {
    sums[blockIdx.x] += sum;
  } else {
    sums[blockIdx.x + (mistake == Mistake::off_by_one_store ? 1 : 0)] = sum;
  }
}

}  // namespace

#define RAVINE_SUM_KERNEL(mistake)                                                                     \
  extern "C" __global__ void sum_with_##mistake(const double* in, double* sums, std::uint32_t count) { \
    sum_block<Mistake::mistake>(in, sums, count);                                                      \
  }

RAVINE_SUM_KERNEL(none)
RAVINE_SUM_KERNEL(lost_barrier)
RAVINE_SUM_KERNEL(lost_warp_barrier)
RAVINE_SUM_KERNEL(off_by_one_store)
RAVINE_SUM_KERNEL(off_by_one_shared)
RAVINE_SUM_KERNEL(missing_tail_guard)
RAVINE_SUM_KERNEL(unwritten_shared)
RAVINE_SUM_KERNEL(unwritten_sum)
RAVINE_SUM_KERNEL(written_input)
RAVINE_SUM_KERNEL(misaligned_load)
RAVINE_SUM_KERNEL(early_return)
RAVINE_SUM_KERNEL(barrier_in_branch)
RAVINE_SUM_KERNEL(barriers_in_branches)
RAVINE_SUM_KERNEL(shuffle_in_branch)
