// Normal numbers of neighbouring replicates, for loops that are compiled once per SIMD level: included by those files
// alone.
//
// Philox is done first, for a block of replicates, in vectors by hand; then the normal numbers from its bits, in a loop
// that compilers vectorise. Left to themselves, g++ 12 multiplies all 64 bits by 64 (there is an instruction for 32 by
// 32, which is all that Philox needs), which takes 1.7 to 2 times as long in all. Integers are exact: the bits are
// those of model::philox.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "ravine/model/random.hpp"

namespace ravine::cpu::RAVINE_SIMD_LEVEL {
namespace {

// One 32-bit word of a counter in each 64-bit lane; what the upper halves hold means nothing.
#if defined(__AVX512F__)
using Lanes [[gnu::vector_size(64)]] = std::uint64_t;
#elif defined(__AVX2__)
using Lanes [[gnu::vector_size(32)]] = std::uint64_t;
#else
using Lanes [[gnu::vector_size(16)]] = std::uint64_t;
#endif
inline constexpr std::size_t lane_count = sizeof(Lanes) / sizeof(std::uint64_t);

/// The 64-bit products of the lower halves.
RAVINE_MODEL Lanes product(Lanes a, Lanes b) {
#if defined(__AVX512F__)
  // Of all lanes: the form without a mask is made of an uninitialised vector in g++ 12's header, and warned about.
  return reinterpret_cast<Lanes>(
      _mm512_maskz_mul_epu32(0xFF, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<Lanes>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#else
  return reinterpret_cast<Lanes>(_mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#endif
}

/// The 128 bits of one counter each, as model::normal_pair wants them: words 0 and 1, words 2 and 3.
inline constexpr std::size_t most_replicates_at_once = 256;
struct PhiloxBits {
  alignas(64) std::uint64_t low[most_replicates_at_once];
  alignas(64) std::uint64_t high[most_replicates_at_once];
};

/// model::philox of replicates first.replicate + i, i < count <= most_replicates_at_once (and of some beyond count).
inline void fill_philox_bits(model::DrawPlace first, std::uint32_t step_block, std::size_t count, PhiloxBits& bits) {
  const model::PhiloxWords counter = model::counter_of(first, step_block);
  Lanes replicates;
  for (std::size_t k = 0; k < lane_count; ++k) replicates[k] = counter.w1 + k;
  for (std::size_t i = 0; i < count; i += lane_count) {
    Lanes x0 = Lanes{} + counter.w0;
    Lanes x1 = replicates + i;
    Lanes x2 = Lanes{} + counter.w2;
    Lanes x3 = Lanes{} + counter.w3;
    model::PhiloxKey key = model::philox_key(first.seed);
    for (int round = 0; round < model::philox_round_count; ++round) {
      const Lanes product0 = product(x0, Lanes{} + model::philox_multiplier0);
      const Lanes product1 = product(x2, Lanes{} + model::philox_multiplier1);
      x0 = (product1 >> 32U) ^ x1 ^ key.k0;
      x1 = product1;
      x2 = (product0 >> 32U) ^ x3 ^ key.k1;
      x3 = product0;
      key = model::next_key(key);
    }
    const Lanes low = (x1 << 32U) | (x0 & 0xFFFFFFFFU);
    const Lanes high = (x3 << 32U) | (x2 & 0xFFFFFFFFU);
    for (std::size_t k = 0; k < lane_count; ++k) {
      bits.low[i + k] = low[k];
      bits.high[i + k] = high[k];
    }
  }
}

/// A block of normal numbers of the replicates first.replicate + i, i < count <= most_replicates_at_once: value j of
/// model::normal_block at out[j * stride + i].
template <class F>
void fill_normals(model::DrawPlace first, std::uint32_t step_block, std::size_t count, std::size_t stride,
                  F* __restrict out) {
  PhiloxBits bits;
  fill_philox_bits(first, step_block, count, bits);
  for (std::size_t i = 0; i < count; ++i) {
    const model::NormalBlock<F> block = model::normals_of<F>(
        model::PhiloxWords{static_cast<std::uint32_t>(bits.low[i]), static_cast<std::uint32_t>(bits.low[i] >> 32U),
                           static_cast<std::uint32_t>(bits.high[i]), static_cast<std::uint32_t>(bits.high[i] >> 32U)});
    for (std::size_t j = 0; j < model::NormalBlock<F>::size; ++j) out[j * stride + i] = block.values[j];
  }
}

}  // namespace
}  // namespace ravine::cpu::RAVINE_SIMD_LEVEL
