// The random numbers of the model on a device, by the shortest kernels there can be.
#include "ravine/model/random.hpp"

using ravine::model::DrawPlace;
using ravine::model::NormalBlock;
using ravine::model::PhiloxWords;

/// words[i] = Philox of counters[i] with seeds[i].
extern "C" __global__ void philox_words(const PhiloxWords* counters, const std::uint64_t* seeds, PhiloxWords* words,
                                        std::uint32_t count) {
  const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) words[i] = ravine::model::philox(counters[i], seeds[i]);
}

namespace {

template <class F>
__device__ __forceinline__ void store_normals(DrawPlace first, std::uint32_t step_block, F* out, std::uint32_t count) {
  const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count) return;
  first.replicate += i;
  const NormalBlock<F> block = ravine::model::normal_block<F>(first, step_block);
#pragma unroll
  for (std::uint32_t j = 0; j < NormalBlock<F>::size; ++j) out[j * count + i] = block.values[j];
}

}  // namespace

/// out[j * count + i] = value j of replicate first.replicate + i.
extern "C" __global__ void normals_f64(DrawPlace first, std::uint32_t step_block, double* out, std::uint32_t count) {
  store_normals(first, step_block, out, count);
}
extern "C" __global__ void normals_f32(DrawPlace first, std::uint32_t step_block, float* out, std::uint32_t count) {
  store_normals(first, step_block, out, count);
}
