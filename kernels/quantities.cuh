// The quantities of a cell as the kernels see them: how to attempt one, how to settle it, and what stands at padding.
#pragma once

#include <cstdint>

#include "ravine/model/heavy_ball.hpp"
#include "ravine/model/heavy_ball_band.hpp"

namespace ravine::cuda {

template <class F>
__device__ __forceinline__ F not_a_number();
template <>
__device__ __forceinline__ double not_a_number<double>() {
  return __longlong_as_double(0x7ff8000000000000LL);  // the store's fill value, bit for bit
}
template <>
__device__ __forceinline__ float not_a_number<float>() {
  return __int_as_float(0x7fc00000);
}

template <class F>
struct Rate {
  using Value = F;
  static __device__ __forceinline__ F fill() { return not_a_number<F>(); }
  static __device__ __forceinline__ model::Attempt<F> attempt(model::Cell<F> cell) { return model::attempt_rate(cell); }
  static __device__ __forceinline__ F settle(model::Cell<F> cell) { return model::settle_rate(cell); }
  static __device__ __forceinline__ F exact(model::Cell<F> cell) { return model::rate(cell); }
  /// The worse of two: the larger rate.
  static __device__ __forceinline__ F worse(F a, F b) { return model::max(a, b); }
  static __device__ __forceinline__ F best() { return F(0); }
};

template <class F>
struct Gap {
  using Value = F;
  static __device__ __forceinline__ F fill() { return not_a_number<F>(); }
  static __device__ __forceinline__ model::Attempt<F> attempt(model::Cell<F> cell) { return model::attempt_gap(cell); }
  static __device__ __forceinline__ F settle(model::Cell<F> cell) { return model::settle_gap(cell); }
  static __device__ __forceinline__ F exact(model::Cell<F> cell) { return model::gap(cell); }
  /// The worse of two: the smaller gap.
  static __device__ __forceinline__ F worse(F a, F b) { return model::min(a, b); }
  static __device__ __forceinline__ F best() { return F(1); }
};

template <class F>
struct RegimeCode {
  using Value = std::uint8_t;
  static __device__ __forceinline__ std::uint8_t fill() { return 0; }
  static __device__ __forceinline__ model::Attempt<F> attempt(model::Cell<F> cell) {
    return model::attempt_regime(cell);
  }
  static __device__ __forceinline__ std::uint8_t settle(model::Cell<F> cell) {
    return static_cast<std::uint8_t>(model::settle_regime(cell));
  }
  static __device__ __forceinline__ std::uint8_t exact(model::Cell<F> cell) {
    return static_cast<std::uint8_t>(model::regime(cell));
  }
};

/// An attempt's value as it is stored: a regime's identifier comes as a float.
template <class Value, class F>
__device__ __forceinline__ Value stored(F value) {
  if constexpr (sizeof(Value) == 1) {
    return static_cast<Value>(static_cast<int>(value));
  } else {
    return value;
  }
}

}  // namespace ravine::cuda
