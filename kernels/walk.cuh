// How threads go over the positions of a batch.
#pragma once

#include <cstdint>

#include "kernels/map_parameters.hpp"

namespace ravine::cuda {

/// Threads of a block: whole warps, and enough blocks for every multiprocessor at up to 128 registers a thread.
inline constexpr unsigned block_threads = 256;
inline constexpr unsigned warp_threads = 32;
inline constexpr unsigned whole_warp = 0xffffffffU;

/// A position of the batch and the row and column of the tile that it stands for.
struct Place {
  std::int64_t offset;  ///< from the batch's first position
  std::int64_t row;
  std::int64_t column;
};

__device__ __forceinline__ std::int64_t thread_number() {
  return static_cast<std::int64_t>(blockIdx.x) * block_threads + threadIdx.x;
}
__device__ __forceinline__ std::int64_t thread_count() {
  return static_cast<std::int64_t>(gridDim.x) * block_threads;
}

/// The place of a position of the batch, by a division.
__device__ __forceinline__ Place place_at(const Batch& batch, std::int64_t row_length, std::int64_t offset) {
  const auto position = static_cast<std::uint64_t>(batch.first + offset);
  const auto length = static_cast<std::uint64_t>(row_length);
  return {offset, static_cast<std::int64_t>(position / length), static_cast<std::int64_t>(position % length)};
}

/// Calls visit(place) for every position of this thread; all threads of a warp together, so that visit may vote. The
/// last places may lie beyond the batch: offset >= batch.count. One division a thread, none a position.
template <class Visit>
__device__ __forceinline__ void for_each_place(const Batch& batch, std::int64_t row_length, Visit visit) {
  const std::int64_t lane = threadIdx.x % warp_threads;
  Place place = place_at(batch, row_length, thread_number());
  for (; place.offset - lane < batch.count; place.offset += thread_count()) {
    visit(place);
    place.row += batch.step_rows;
    place.column += batch.step_columns;
    if (place.column >= row_length) {
      place.column -= row_length;
      ++place.row;
    }
  }
}

/// Calls visit(index) for the indices of this thread; all threads of a warp together, so that visit may vote. The last
/// indices may be beyond `count`.
template <class Visit>
__device__ __forceinline__ void for_each_index_abreast(std::int64_t count, Visit visit) {
  const std::int64_t lane = threadIdx.x % warp_threads;
  for (std::int64_t index = thread_number(); index - lane < count; index += thread_count()) visit(index);
}

/// Calls visit(index) for every index below `count` of this thread.
template <class Visit>
__device__ __forceinline__ void for_each_index(std::int64_t count, Visit visit) {
  for (std::int64_t index = thread_number(); index < count; index += thread_count()) visit(index);
}

template <class F>
__device__ __forceinline__ F value_at(const Parameter<F>& parameter, const Place& place) {
  return parameter.values[parameter.per_column ? place.column : place.row];
}

}  // namespace ravine::cuda
