/// \file
/// Error-free transformations and pair arithmetic: the operations that the exact-mode model is made of.
///
/// Only + - * / fma sqrt, comparisons and integer operations, each rounded once to nearest, on the host and on CUDA
/// devices alike. Everything is inlined, so that a loop compiled for one SIMD level holds no code shared with another.
///
/// u is the unit roundoff: 2^-53 (double), 2^-24 (float). A Pair is an unevaluated sum hi + lo with |lo| <= u |hi|.
/// [JMP] = Joldes, Muller, Popescu, "Tight and rigorous error bounds for basic building blocks of double-word
/// arithmetic", ACM TOMS 44 (2017).
#pragma once

#if defined(__CUDACC__)
#define RAVINE_MODEL __host__ __device__ __forceinline__
#else
#define RAVINE_MODEL inline __attribute__((always_inline))
#endif

namespace ravine::model {

RAVINE_MODEL double fma(double x, double y, double z) {
#if defined(__CUDA_ARCH__)
  return ::fma(x, y, z);
#else
  return __builtin_fma(x, y, z);
#endif
}
RAVINE_MODEL float fma(float x, float y, float z) {
#if defined(__CUDA_ARCH__)
  return ::fmaf(x, y, z);
#else
  return __builtin_fmaf(x, y, z);
#endif
}
RAVINE_MODEL double sqrt(double x) {
#if defined(__CUDA_ARCH__)
  return ::sqrt(x);
#else
  return __builtin_sqrt(x);
#endif
}
RAVINE_MODEL float sqrt(float x) {
#if defined(__CUDA_ARCH__)
  return ::sqrtf(x);
#else
  return __builtin_sqrtf(x);
#endif
}
RAVINE_MODEL double abs(double x) {
  return __builtin_fabs(x);
}
RAVINE_MODEL float abs(float x) {
  return __builtin_fabsf(x);
}

/// The larger; the first when they are equal. (Not fmax: its rules for NaN and -0 differ between machines.)
template <class F>
RAVINE_MODEL F max(F a, F b) {
  return a < b ? b : a;
}
/// The smaller; the first when they are equal.
template <class F>
RAVINE_MODEL F min(F a, F b) {
  return b < a ? b : a;
}

/// && and || without a branch, so that loops over them vectorise. (On a device they are the operators, which make a
/// predicate at once: through integers it takes several instructions.)
RAVINE_MODEL bool both(bool a, bool b) {
#if defined(__CUDA_ARCH__)
  return a && b;
#else
  return (static_cast<int>(a) & static_cast<int>(b)) != 0;
#endif
}
RAVINE_MODEL bool either(bool a, bool b) {
#if defined(__CUDA_ARCH__)
  return a || b;
#else
  return (static_cast<int>(a) | static_cast<int>(b)) != 0;
#endif
}

template <class F>
struct Pair {
  F hi;
  F lo;
};

template <class F>
RAVINE_MODEL Pair<F> operator-(Pair<F> x) {
  return {-x.hi, -x.lo};
}

/// condition ? x : y, part by part: a choice between whole pairs keeps loops from vectorising.
template <class F>
RAVINE_MODEL Pair<F> select(bool condition, Pair<F> x, Pair<F> y) {
  return {condition ? x.hi : y.hi, condition ? x.lo : y.lo};
}

/// a + b exactly (Knuth).
template <class F>
RAVINE_MODEL Pair<F> two_sum(F a, F b) {
  const F s = a + b;
  const F t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

/// a + b exactly where |a| >= |b|, or a is zero, or a is a multiple of ulp(b) (Dekker).
template <class F>
RAVINE_MODEL Pair<F> fast_two_sum(F a, F b) {
  const F s = a + b;
  return {s, b - (s - a)};
}

/// a * b exactly, if neither part underflows or overflows.
template <class F>
RAVINE_MODEL Pair<F> two_product(F a, F b) {
  const F p = a * b;
  return {p, fma(a, b, -p)};
}

/// x + y with relative error below 3 u^2 + 13 u^3 whatever their signs ([JMP], AccurateDWPlusDW).
template <class F>
RAVINE_MODEL Pair<F> add(Pair<F> x, Pair<F> y) {
  const Pair<F> s = two_sum(x.hi, y.hi);
  const Pair<F> t = two_sum(x.lo, y.lo);
  const Pair<F> v = fast_two_sum(s.hi, s.lo + t.hi);
  return fast_two_sum(v.hi, t.lo + v.lo);
}

/// x * y with relative error below 4 u^2 ([JMP], DWTimesDW3).
template <class F>
RAVINE_MODEL Pair<F> multiply(Pair<F> x, Pair<F> y) {
  const Pair<F> high = two_product(x.hi, y.hi);
  const F cross = fma(x.lo, y.hi, fma(x.hi, y.lo, x.lo * y.lo));
  return fast_two_sum(high.hi, high.lo + cross);
}

/// x / y with relative error below 16 u^2 ([JMP], DWDivDW2): the quotient of the high parts and one correction.
template <class F>
RAVINE_MODEL Pair<F> divide(Pair<F> x, Pair<F> y) {
  const F quotient = x.hi / y.hi;
  const Pair<F> product = multiply(y, Pair<F>{quotient, F(0)});
  const F rest = (x.hi - product.hi) + (x.lo - product.lo);
  return fast_two_sum(quotient, rest / y.hi);
}

/// power * x, exact for a power of two (no underflow).
template <class F>
RAVINE_MODEL Pair<F> scale(F power, Pair<F> x) {
  return {power * x.hi, power * x.lo};
}

}  // namespace ravine::model
