// The model on a device: one kernel per quantity, precision and step (the fast attempt; the exact settling), with
// nothing around the model's functions but loads and stores, so that what the audit counts and proves is the model's.
#include <cstdint>

#include "ravine/model/heavy_ball.hpp"

namespace {

using namespace ravine::model;

/// One cell per thread. alpha, beta, lambda and the outputs are (count).
template <class F>
struct Table {
  const F* alpha;
  const F* beta;
  const F* lambda;
  std::uint32_t count;
};

/// Calls store(cell, position) for this thread's cell, if there is one.
template <class F, class Store>
__device__ __forceinline__ void at_own_cell(const Table<F>& table, Store store) {
  const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < table.count) store(Cell<F>{table.alpha[i], table.beta[i], table.lambda[i]}, i);
}

}  // namespace

// The attempt's value and whether it is certain.
#define RAVINE_ATTEMPT_KERNEL(name, F, attempt_function)                             \
  extern "C" __global__ void name(Table<F> table, F* value, std::uint8_t* certain) { \
    at_own_cell(table, [=](Cell<F> cell, std::uint32_t i) {                          \
      const Attempt<F> attempt = attempt_function(cell);                             \
      value[i] = attempt.value;                                                      \
      certain[i] = attempt.certain;                                                  \
    });                                                                              \
  }

// The settled value, as a T.
#define RAVINE_SETTLE_KERNEL(name, F, T, settle_function)                                                         \
  extern "C" __global__ void name(Table<F> table, T* value) {                                                     \
    at_own_cell(table, [=](Cell<F> cell, std::uint32_t i) { value[i] = static_cast<T>(settle_function(cell)); }); \
  }

// The eigenvalues take an exact discriminant, so they settle in every cell.
#define RAVINE_ROOTS_KERNEL(name, F)                                                    \
  extern "C" __global__ void name(Table<F> table, Roots<F>* value) {                    \
    at_own_cell(table, [=](Cell<F> cell, std::uint32_t i) { value[i] = roots(cell); }); \
  }

RAVINE_ATTEMPT_KERNEL(rate_f64, double, attempt_rate)
RAVINE_ATTEMPT_KERNEL(rate_f32, float, attempt_rate)
RAVINE_ATTEMPT_KERNEL(gap_f64, double, attempt_gap)
RAVINE_ATTEMPT_KERNEL(gap_f32, float, attempt_gap)
RAVINE_ATTEMPT_KERNEL(regime_f64, double, attempt_regime)
RAVINE_ATTEMPT_KERNEL(regime_f32, float, attempt_regime)

RAVINE_SETTLE_KERNEL(rate_settle_f64, double, double, settle_rate)
RAVINE_SETTLE_KERNEL(rate_settle_f32, float, float, settle_rate)
RAVINE_SETTLE_KERNEL(gap_settle_f64, double, double, settle_gap)
RAVINE_SETTLE_KERNEL(gap_settle_f32, float, float, settle_gap)
RAVINE_SETTLE_KERNEL(regime_settle_f64, double, std::uint8_t, settle_regime)
RAVINE_SETTLE_KERNEL(regime_settle_f32, float, std::uint8_t, settle_regime)

RAVINE_ROOTS_KERNEL(roots_settle_f64, double)
RAVINE_ROOTS_KERNEL(roots_settle_f32, float)
