// What a batch's values come to, while they are on the device: one partial result a block, folded by the host. Only
// integers and a minimum with a fixed tie rule, so no order of threads or blocks can show.
#pragma once

#include <cub/block/block_reduce.cuh>

#include "kernels/map_parameters.hpp"
#include "kernels/walk.cuh"
#include "ravine/model/order_key.hpp"

namespace ravine::cuda {

/// Rates: smaller is better, and below 1 converges.
struct BestRate {
  template <class F>
  static __device__ __forceinline__ bool is_better(F a, F b) {
    return a < b;
  }
  template <class F>
  static __device__ __forceinline__ bool converges(F value) {
    return value < 1;
  }
};

/// Gaps: larger is better, and above 0 converges.
struct BestGap {
  template <class F>
  static __device__ __forceinline__ bool is_better(F a, F b) {
    return b < a;
  }
  template <class F>
  static __device__ __forceinline__ bool converges(F value) {
    return value > 0;
  }
};

/// A partial result in registers.
template <class F>
struct BestSoFar {
  F value;
  std::int64_t offset;  ///< negative: none
  std::int64_t convergent;
};

/// The better of two; of equal values the one that comes first.
template <class F, class Best>
struct MergeBest {
  __device__ __forceinline__ BestSoFar<F> operator()(const BestSoFar<F>& a, const BestSoFar<F>& b) const {
    const bool first_wins = Best::is_better(a.value, b.value) || (a.value == b.value && a.offset < b.offset);
    const bool takes_a = b.offset < 0 || (a.offset >= 0 && first_wins);
    return {takes_a ? a.value : b.value, takes_a ? a.offset : b.offset, a.convergent + b.convergent};
  }
};

__device__ __forceinline__ std::uint64_t bits_of(double value) {
  return static_cast<std::uint64_t>(__double_as_longlong(value));
}
__device__ __forceinline__ std::uint64_t bits_of(float value) {
  return __float_as_uint(value);
}

/// The best value of each block's positions. Padding is NaN, which is no better than anything and does not converge.
template <class F, class Best>
__global__ void find_best(const F* values, std::int64_t count, BestPartial* partials) {
  BestSoFar<F> best{0, -1, 0};
  for_each_index(count, [&](std::int64_t offset) {
    const F value = values[offset];
    const bool is_cell = value == value;
    if (is_cell && (best.offset < 0 || Best::is_better(value, best.value))) {
      best.value = value;
      best.offset = offset;
    }
    best.convergent += Best::converges(value) ? 1 : 0;
  });
  using Reduce = cub::BlockReduce<BestSoFar<F>, block_threads>;
  __shared__ typename Reduce::TempStorage storage;
  best = Reduce(storage).Reduce(best, MergeBest<F, Best>{});
  if (threadIdx.x == 0) partials[blockIdx.x] = {bits_of(best.value), best.offset, best.convergent};
}

struct AddCounts {
  __device__ __forceinline__ RegimePartial operator()(const RegimePartial& a, const RegimePartial& b) const {
    RegimePartial sum;
    for (int k = 0; k < 8; ++k) sum.counts[k] = a.counts[k] + b.counts[k];
    return sum;
  }
};

/// How often each regime stands at each block's positions. A batch has fewer than 2^32. A thread counts in the bytes of
/// one word while they can't overflow.
__global__ void count_regimes(const std::uint8_t* values, std::int64_t count, RegimePartial* partials) {
  constexpr int most_of_byte = 255;
  RegimePartial counts{};
  std::int64_t offset = thread_number();
  while (offset < count) {
    std::uint64_t bytes = 0;
    for (int i = 0; i < most_of_byte && offset < count; ++i, offset += thread_count()) {
      bytes += std::uint64_t{1} << (8U * values[offset]);
    }
    for (unsigned k = 0; k < 8; ++k) counts.counts[k] += static_cast<std::uint8_t>(bytes >> (8U * k));
  }
  using Reduce = cub::BlockReduce<RegimePartial, block_threads>;
  __shared__ typename Reduce::TempStorage storage;
  counts = Reduce(storage).Reduce(counts, AddCounts{});
  if (threadIdx.x == 0) partials[blockIdx.x] = counts;
}

/// Adds to counts[b] the values whose order key is in bin b. The threads of a warp whose values share a bin add once:
/// many cells of a map have the same value.
template <class F>
__global__ void count_keys(const F* values, std::int64_t count, KeyBins bins, unsigned long long* counts) {
  for_each_index_abreast(count, [&](std::int64_t index) {
    std::uint64_t bin = KeyBins::count;  // none: beyond the batch, padding, or another key
    if (index < count) {
      const F value = values[index];
      const std::uint64_t offset = model::order_key(value) - bins.low;
      if (value == value && offset >> bins.shift < KeyBins::count) bin = offset >> bins.shift;
    }
    const unsigned sharers = __match_any_sync(whole_warp, bin);
    const bool adds = (sharers & ((1U << (threadIdx.x % warp_threads)) - 1)) == 0;  // the first of them
    if (adds && bin < KeyBins::count) atomicAdd(counts + bin, static_cast<unsigned long long>(__popc(sharers)));
  });
}

}  // namespace ravine::cuda
