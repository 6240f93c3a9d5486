/// \file
/// Standard normal numbers from uniform random bits, by Box and Muller's transformation
///
///     r = sqrt(-2 ln u),  z1 = r cos(angle),  z2 = r sin(angle)
///
/// (G. E. P. Box, M. E. Muller, "A Note on the Generation of Random Normal Deviates", Annals of Mathematical Statistics
/// 29, 1958). ln, sin and cos are polynomials of our own: nobody else's are the same everywhere, and these have no
/// branch, so that loops over them vectorise. Their coefficients are the ones that docs/normal.sollya finds (Sollya's
/// fpminimax).
///
/// Errors, in units in the last place (ulp) of the true value at the rounded argument. float: the most over every
/// argument there is; double, and the normal numbers: the most of 4e7 random ones, which the tests hold as a limit.
///
///                   double   float     the polynomial alone, relative, proved
///     -2 ln u       2.2      1.07      2^-54.6, 2^-26.3 (of ln)
///     sine          1.5      1.61      2^-54.5, 2^-25.0
///     cosine        0.9      0.9       2^-58.8, 2^-29.3
///     r cos, r sin  3.5      3.5
///
/// u is in (0, 1]: a multiple of 2^-52, so |z| <= 8.49 (double); at least 2^-32, so |z| <= 6.67 (float). Of true normal
/// numbers a share of 2e-17 and 3e-11 is beyond.
#pragma once

#include <cstdint>

#include "ravine/model/arithmetic.hpp"

namespace ravine::model {

RAVINE_MODEL std::uint64_t bits_of(double x) {
  return __builtin_bit_cast(std::uint64_t, x);
}
RAVINE_MODEL std::uint32_t bits_of(float x) {
  return __builtin_bit_cast(std::uint32_t, x);
}
RAVINE_MODEL double from_bits(std::uint64_t bits) {
  return __builtin_bit_cast(double, bits);
}
RAVINE_MODEL float from_bits(std::uint32_t bits) {
  return __builtin_bit_cast(float, bits);
}

/// c0 + c1 x + c2 x^2 + ..., by Horner's rule.
template <class F>
RAVINE_MODEL F polynomial(F /*x*/, F c0) {
  return c0;
}
template <class F, class... Rest>
RAVINE_MODEL F polynomial(F x, F c0, Rest... rest) {
  return fma(polynomial(x, rest...), x, c0);
}

/// -2 ln u for a normal number u in (0, 1].
///
/// u = 2^k z with z in [2^-1/4, 2^3/4); where z is above 2^1/4 it is divided by sqrt(2) as well. So f = z - 1 or
/// z/sqrt(2) - 1 is within [2^-1/4 - 1, 2^1/4 - 1], where ln(1 + f) = f + f^2 p(f).
RAVINE_MODEL double minus_two_log(double u) {
  constexpr std::uint64_t least = 0x3FEAE89F995AD3ADU;  // bits of 2^-1/4
  constexpr std::uint64_t bias = 1023;
  const std::uint64_t offset = bits_of(u) - least;  // k is its exponent, possibly negative
  const std::uint64_t biased = (offset + (bias << 52U)) >> 52U;
  const double k =
      from_bits(biased | 0x4330000000000000U) - (0x1p52 + 1023.0);  // as floating point, without a conversion
  const double z = from_bits(bits_of(u) - (offset & 0xFFF0000000000000U));
  const bool is_upper = z >= 0x1.306fe0a31b715p0;                  // 2^1/4
  const double scale = is_upper ? 0x1.6a09e667f3bcdp-1 : 1.0;      // 1/sqrt(2)
  const double of_scale = is_upper ? -0x1.62e42fefa39eep-1 : 0.0;  // 2 ln(scale)
  const double f = fma(z, scale, -1.0);
  const double p = polynomial(f, -0x1.0000000000001p-1, 0x1.5555555555485p-2, -0x1.fffffffffd559p-3,
                              0x1.9999999a05a7fp-3, -0x1.5555555aecc68p-3, 0x1.249248a620b65p-3, -0x1.fffff6a14b3cdp-4,
                              0x1.c71ceecf2f16cp-4, -0x1.999d7d00cf1b3p-4, 0x1.743fbecb5b2bdp-4, -0x1.547c04173bdc1p-4,
                              0x1.3e2f619cfc525p-4, -0x1.3c574e9cd68d9p-4, 0x1.f3abee4b8eec1p-5);
  return fma(-2.0, fma(f * f, p, f), fma(k, -0x1.62e42fefa39efp0, of_scale));  // 2 ln(2)
}

/// The same: z is in [2^-1/2, 2^1/2) and f = z - 1.
RAVINE_MODEL float minus_two_log(float u) {
  constexpr std::uint32_t least = 0x3F3504F3U;  // bits of 2^-1/2
  const std::uint32_t offset = bits_of(u) - least;
  const auto k = static_cast<float>(static_cast<std::int32_t>(offset) >> 23);
  const float f = from_bits(bits_of(u) - (offset & 0xFF800000U)) - 1.0F;
  const float p = polynomial(f, -0x1.fffffep-2F, 0x1.555548p-2F, -0x1.000224p-2F, 0x1.99a7b2p-3F, -0x1.548742p-3F,
                             0x1.2242ccp-3F, -0x1.0bfa88p-3F, 0x1.08b606p-3F, -0x1.49731ep-4F);
  return fma(-2.0F, fma(f * f, p, f), k * -0x1.62e43p0F);  // 2 ln(2)
}

template <class F>
struct SineCosine {
  F sine;
  F cosine;
};

/// Sine and cosine of x quarter turns, |x| <= 1/2: x s(x^2) and c(x^2).
RAVINE_MODEL SineCosine<double> sine_cosine(double x) {
  const double y = x * x;
  return {x * polynomial(y, 0x1.921fb54442d18p0, -0x1.4abbce625be09p-1, 0x1.466bc67754ffep-4, -0x1.32d2ccdfe922ap-8,
                         0x1.50782d5ee9c46p-13, -0x1.e2fe76ce1db12p-19, 0x1.e357dc8eac5cfp-25),
          polynomial(y, 1.0, -0x1.3bd3cc9be45dep0, 0x1.03c1f081b5a23p-2, -0x1.55d3c7e3b7793p-6, 0x1.e1f50664d0e6ap-11,
                     -0x1.a6d1d2dbc365cp-16, 0x1.f9b7ab265d3f5p-22, -0x1.ac0a163c26a6ap-28)};
}
RAVINE_MODEL SineCosine<float> sine_cosine(float x) {
  const float y = x * x;
  return {x * polynomial(y, 0x1.921fb6p0F, -0x1.4abbecp-1F, 0x1.466b2p-4F, -0x1.2f597ep-8F),
          polynomial(y, 1.0F, -0x1.3bd3ccp0F, 0x1.03c19ep-2F, -0x1.55a5b2p-6F, 0x1.d09494p-11F)};
}

/// Two independent standard normal numbers.
template <class F>
struct NormalPair {
  F first;
  F second;
};

/// The point at distance r and at an angle of `quarters` + x quarter turns, x being that of `within`.
///
/// quarters = 0: (r c, r s); 1: (-r s, r c); 2: (-r c, -r s); 3: (r s, -r c). So the odd ones swap s and c, and the
/// bits of `quarters` make up the signs: without a branch, and without a rounding.
RAVINE_MODEL NormalPair<double> turned(double r, SineCosine<double> within, std::uint64_t quarters) {
  const bool is_odd = (quarters & 1U) != 0;
  const double x = is_odd ? within.sine : within.cosine;
  const double y = is_odd ? within.cosine : within.sine;
  constexpr std::uint64_t sign = 0x8000000000000000U;
  return {r * from_bits(bits_of(x) ^ (((quarters + 1) << 62U) & sign)),
          r * from_bits(bits_of(y) ^ ((quarters << 62U) & sign))};
}
RAVINE_MODEL NormalPair<float> turned(float r, SineCosine<float> within, std::uint32_t quarters) {
  const bool is_odd = (quarters & 1U) != 0;
  const float x = is_odd ? within.sine : within.cosine;
  const float y = is_odd ? within.cosine : within.sine;
  constexpr std::uint32_t sign = 0x80000000U;
  return {r * from_bits(bits_of(x) ^ (((quarters + 1) << 30U) & sign)),
          r * from_bits(bits_of(y) ^ ((quarters << 30U) & sign))};
}

/// Two normal numbers from 128 uniform bits: the upper 52 of `distance`, and of `angle` the upper 2 for the quarter and
/// the next 52 for the place in it. A number whose bits follow the point 1 is in [1, 2), which takes no conversion.
RAVINE_MODEL NormalPair<double> normal_pair(std::uint64_t distance, std::uint64_t angle) {
  constexpr std::uint64_t one = 0x3FF0000000000000U;
  const double u = 2.0 - from_bits((distance >> 12U) | one);       // (0, 1]
  const double x = from_bits(((angle << 2U) >> 12U) | one) - 1.5;  // [-1/2, 1/2)
  return turned(sqrt(minus_two_log(u)), sine_cosine(x), angle >> 62U);
}

/// Two normal numbers from 64 uniform bits: the upper 31 of `distance`, and of `angle` the upper 2 for the quarter and
/// the next 30 for the place in it. The conversions round, so that both keep their relative precision down to the
/// smallest.
RAVINE_MODEL NormalPair<float> normal_pair(std::uint32_t distance, std::uint32_t angle) {
  const float u = fma(static_cast<float>(static_cast<std::int32_t>(distance >> 1U)), 0x1p-31F, 0x1p-32F);  // [2^-32, 1]
  const float x = static_cast<float>(static_cast<std::int32_t>(angle << 2U)) * 0x1p-32F;  // [-1/2, 1/2]
  return turned(sqrt(minus_two_log(u)), sine_cosine(x), angle >> 30U);
}

}  // namespace ravine::model
