/// \file
/// The random numbers of ensembles: a normal number is a pure function of where it is drawn. No state goes from one
/// draw to the next, so any batch, backend or replay finds the same numbers, and more replicates repeat none.
///
/// The generator is Philox4x32-10 (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel Random Numbers: As
/// Easy as 1, 2, 3", SC11, 2011). Its key is the seed; its counter says where:
///
///     w0  step block                        32 bits
///     w1  replicate                         32 bits
///     w2  cell, lower half                  32 bits
///     w3  cell, upper part; component       8 bits; 24 bits above them
///
/// The 128 bits of a counter give one block of normal numbers, 2 float64 or 4 float32. This layout is part of the
/// identity of stored values (model_version).
#pragma once

#include <cstddef>
#include <cstdint>

#include "ravine/model/normal.hpp"

namespace ravine::model {

/// The four 32-bit words of a counter, or of what Philox makes of it.
struct PhiloxWords {
  std::uint32_t w0;
  std::uint32_t w1;
  std::uint32_t w2;
  std::uint32_t w3;
};

/// The key of a round: the lower half of the seed and the upper half.
struct PhiloxKey {
  std::uint32_t k0;
  std::uint32_t k1;
};

constexpr int philox_round_count = 10;
constexpr std::uint32_t philox_multiplier0 = 0xD2511F53;
constexpr std::uint32_t philox_multiplier1 = 0xCD9E8D57;

RAVINE_MODEL PhiloxKey philox_key(std::uint64_t seed) {
  return {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)};
}
RAVINE_MODEL PhiloxKey next_key(PhiloxKey key) {
  return {key.k0 + 0x9E3779B9U, key.k1 + 0xBB67AE85U};
}

/// The two halves of a product of 64 bits.
struct PhiloxProduct {
  std::uint32_t high;
  std::uint32_t low;
};
RAVINE_MODEL PhiloxProduct philox_product(std::uint32_t a, std::uint32_t b) {
#if defined(__CUDA_ARCH__)
  return {__umulhi(a, b), a * b};  // else nvcc 13 keeps to 64 bits from one round to the next
#else
  const std::uint64_t product = std::uint64_t{a} * b;
  return {static_cast<std::uint32_t>(product >> 32U), static_cast<std::uint32_t>(product)};
#endif
}

RAVINE_MODEL PhiloxWords philox_round(PhiloxWords x, PhiloxKey key) {
  const PhiloxProduct product0 = philox_product(philox_multiplier0, x.w0);
  const PhiloxProduct product1 = philox_product(philox_multiplier1, x.w2);
  return {product1.high ^ x.w1 ^ key.k0, product1.low, product0.high ^ x.w3 ^ key.k1, product0.low};
}

/// `rounds` rounds, the key changed after each. (Recursive, for compilers that unroll no loop inside one that is to be
/// vectorised.)
template <int rounds>
RAVINE_MODEL PhiloxWords philox_rounds(PhiloxWords x, PhiloxKey key) {
  if constexpr (rounds == 0) {
    return x;
  } else {
    return philox_rounds<rounds - 1>(philox_round(x, key), next_key(key));
  }
}

/// Philox4x32-10: 128 random bits.
RAVINE_MODEL PhiloxWords philox(PhiloxWords counter, std::uint64_t seed) {
  return philox_rounds<philox_round_count>(counter, philox_key(seed));
}

/// Normal numbers that one counter gives, of consecutive steps.
template <class F>
struct NormalBlock {
  static constexpr int size = sizeof(F) == 8 ? 2 : 4;
  F values[std::size_t{size}];
};

/// What the counter can tell apart: every cell, replicate, component and step of an ensemble is below its limit.
constexpr std::uint64_t most_cells = std::uint64_t{1} << 40U;
constexpr std::uint64_t most_replicates = std::uint64_t{1} << 32U;
constexpr std::uint64_t most_components = std::uint64_t{1} << 24U;
template <class F>
constexpr std::uint64_t most_steps = (std::uint64_t{1} << 32U) * NormalBlock<F>::size;

/// Which stream of normal numbers. Where cells share their noise (common random numbers), cell is 0 for all of them.
struct DrawPlace {
  std::uint64_t seed;
  std::uint64_t cell;  ///< below most_cells
  std::uint32_t replicate;
  std::uint32_t component;  ///< of the eigenbasis, below most_components
};

RAVINE_MODEL PhiloxWords counter_of(DrawPlace place, std::uint32_t step_block) {
  return {step_block, place.replicate, static_cast<std::uint32_t>(place.cell),
          static_cast<std::uint32_t>(place.cell >> 32U) | (place.component << 8U)};
}

template <class F>
RAVINE_MODEL NormalBlock<F> normals_of(PhiloxWords bits) {
  if constexpr (sizeof(F) == 8) {
    const NormalPair<F> pair =
        normal_pair((std::uint64_t{bits.w1} << 32U) | bits.w0, (std::uint64_t{bits.w3} << 32U) | bits.w2);
    return {{pair.first, pair.second}};
  } else {
    const NormalPair<F> low = normal_pair(bits.w0, bits.w1);
    const NormalPair<F> high = normal_pair(bits.w2, bits.w3);
    return {{low.first, low.second, high.first, high.second}};
  }
}

/// Standard normal numbers size * step_block, size * step_block + 1, ... of the stream at `place`. Number j - 1 is the
/// noise of step j = 1, 2, ...
template <class F>
RAVINE_MODEL NormalBlock<F> normal_block(DrawPlace place, std::uint32_t step_block) {
  return normals_of<F>(philox(counter_of(place, step_block), place.seed));
}

/// One number of a stream, from 0 on and below most_steps<F>: for replays and tests, since it makes the whole block.
template <class F>
RAVINE_MODEL F normal_at(DrawPlace place, std::uint64_t number) {
  constexpr auto size = static_cast<std::uint64_t>(NormalBlock<F>::size);
  return normal_block<F>(place, static_cast<std::uint32_t>(number / size)).values[number % size];
}

}  // namespace ravine::model
