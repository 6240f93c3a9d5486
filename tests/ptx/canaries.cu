// Kernels that are wrong on purpose, one way each: the audit must reject each, or its silence on ours says nothing.
#if defined(CANARY_MODEL)
#include "ravine/model/heavy_ball.hpp"

// The model itself, to be compiled with flags that break it (-use_fast_math, -fmad=true).
extern "C" __global__ void rate_f32(const ravine::model::Cell<float>* cells, float* value) {
  value[threadIdx.x] = ravine::model::attempt_rate(cells[threadIdx.x]).value;
}
#elif defined(CANARY_LOCAL_MEMORY)
// An index known only at run time puts an array into local memory.
extern "C" __global__ void indexed_f64(const double* in, const int* index, double* out) {
  double copy[16];
  for (int i = 0; i < 16; ++i) copy[index[i] & 15] = in[i];
  for (int i = 0; i < 16; ++i) out[i] = copy[index[i + 16] & 15];
}
#elif defined(CANARY_CALL)
__device__ __noinline__ double twice(double x) {
  return x + x;
}
extern "C" __global__ void calling_f64(double* x) {
  x[threadIdx.x] = twice(x[threadIdx.x]);
}
#elif defined(CANARY_ATOMIC)
extern "C" __global__ void summing_f64(const double* in, double* sum) {
  atomicAdd(sum, in[threadIdx.x]);
}
#elif defined(CANARY_MINIMUM)
extern "C" __global__ void smaller_f64(const double* in, double* out) {
  out[threadIdx.x] = fmin(in[threadIdx.x], out[threadIdx.x]);
}
#elif defined(CANARY_DOUBLE)
// A literal without its F: the whole expression is in double precision.
extern "C" __global__ void scaled_f32(float* x) {
  x[threadIdx.x] = static_cast<float>(0.1 * x[threadIdx.x]);
}
#elif defined(CANARY_DIRECTED)
extern "C" __global__ void down_f64(double* x) {
  x[threadIdx.x] = __dadd_rd(x[threadIdx.x], 1.0);
}
#endif
