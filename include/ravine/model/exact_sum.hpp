/// \file
/// The sum of a few numbers, with its sign exact however much they cancel.
#pragma once

#include <cstddef>

#include "ravine/model/arithmetic.hpp"

namespace ravine::model {

/// sum(terms) as a pair: its sign is exact (zero only if the sum is), its relative error below 2^-70. `terms` is used
/// up. The terms are finite, none of the partial sums overflows, and N <= 64.
///
/// Each pass replaces the terms by the rounded running sum and the rounding errors on the way: their exact total
/// stays what it was. Once the errors together are below 2^-30 of the running sum they can change neither its sign nor
/// its leading bits. A pass that does not get there has |sum| <= 2^30 |errors| <= 2^30 N^2 u max|terms|, so every term
/// has shrunk below 2^-10 of the largest before; since all are multiples of one smallest bit, the passes end.
template <std::size_t N>
RAVINE_MODEL Pair<double> exact_sum(double (&terms)[N]) {
  static_assert(N >= 2 && N <= 64);
  for (;;) {
    double sum = terms[0];
    double errors = 0;
    double error_size = 0;
#if defined(__CUDA_ARCH__)
#pragma unroll
#endif
    for (std::size_t i = 1; i < N; ++i) {
      const Pair<double> partial = two_sum(sum, terms[i]);
      sum = partial.hi;
      terms[i - 1] = partial.lo;
      errors += partial.lo;
      error_size += abs(partial.lo);
    }
    terms[N - 1] = sum;
    // Not (errors <= ...): that would never end on a NaN.
    if (!(error_size > 0x1p-30 * abs(sum))) return fast_two_sum(sum, errors);
  }
}

/// sum(terms) with relative error below 2^-120: the leading double, then the sum of what it leaves. As exact_sum else.
template <std::size_t N>
RAVINE_MODEL Pair<double> accurate_sum(double (&terms)[N]) {
  const double leading = exact_sum(terms).hi;
  // exact_sum leaves the exact total in the terms, the last of them within 2^-29 of it: the difference is exact.
  terms[N - 1] -= leading;
  return fast_two_sum(leading, exact_sum(terms).hi);
}

}  // namespace ravine::model
