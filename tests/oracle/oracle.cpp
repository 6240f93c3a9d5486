#include "oracle.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace oracle {
namespace {

constexpr mp_bitcnt_t bits = 4000;

mpf_class wide(const mpq_class& value) {
  return {value, bits};
}

mpq_class trace(const Mode& mode) {
  return 1 + mode.beta - mode.alpha * mode.lambda;
}

mpq_class discriminant(const Mode& mode) {
  const mpq_class t = trace(mode);
  return t * t - 4 * mode.beta;
}

mpf_class times_power_of_two(mpf_class value, long exponent) {
  if (exponent >= 0) {
    mpf_mul_2exp(value.get_mpf_t(), value.get_mpf_t(), static_cast<mp_bitcnt_t>(exponent));
  } else {
    mpf_div_2exp(value.get_mpf_t(), value.get_mpf_t(), static_cast<mp_bitcnt_t>(-exponent));
  }
  return value;
}

/// 2^exponent with 2^(digits - 1 + exponent) <= |truth| < 2^(digits + exponent), not below `least`.
mpf_class unit_of(const mpf_class& truth, long digits, long least) {
  long exponent = 0;
  mpf_get_d_2exp(&exponent, truth.get_mpf_t());  // |truth| in [2^(exponent - 1), 2^exponent)
  const long last = std::max(exponent - digits, least);
  return times_power_of_two(mpf_class(1, bits), last);
}

mpf_class distance(double value, const mpf_class& truth) {
  return abs(mpf_class(mpf_class(value, bits) - truth));
}

template <class F, class Bits>
bool is_nearest_of(F value, const mpf_class& truth) {
  constexpr F infinity = std::numeric_limits<F>::infinity();
  if (value == 0 && std::signbit(value)) return false;  // a zero has one form
  Bits pattern;
  std::memcpy(&pattern, &value, sizeof value);
  const bool is_even = pattern % 2 == 0;
  const mpf_class error = distance(static_cast<double>(value), truth);
  for (const F neighbour : {std::nextafter(value, infinity), std::nextafter(value, -infinity)}) {
    if (std::isinf(neighbour)) continue;
    const mpf_class other = distance(static_cast<double>(neighbour), truth);
    if (other < error || (other == error && !is_even)) return false;
  }
  return true;
}

Matrix step_matrix(const Mode& mode) {
  const mpq_class h = mode.alpha * mode.lambda;
  return {wide(mode.beta), wide(h), wide(-mode.beta), wide(1 - h)};
}

Matrix product(const Matrix& p, const Matrix& q) {
  return {p.yy * q.yy + p.yx * q.xy, p.yy * q.yx + p.yx * q.xx, p.xy * q.yy + p.xx * q.xy, p.xy * q.yx + p.xx * q.xx};
}

Matrix sum(const Matrix& p, const Matrix& q) {
  return {p.yy + q.yy, p.yx + q.yx, p.xy + q.xy, p.xx + q.xx};
}

/// M P M^T.
Matrix congruent(const Matrix& m, const Matrix& p) {
  return product(product(m, p), {m.yy, m.xy, m.yx, m.xx});
}

/// The covariance of one step's noise: n n^T.
Matrix one_draw() {
  return {wide(1), wide(-1), wide(-1), wide(1)};
}

double error_in_units(double value, const mpf_class& truth, const mpf_class& unit) {
  mpf_class error(value, bits);
  error -= truth;
  error /= unit;
  return std::abs(error.get_d());
}

}  // namespace

std::string regime(const Mode& mode) {
  const mpq_class h = mode.alpha * mode.lambda;
  const mpq_class upper = 2 + 2 * mode.beta;
  if (abs(mode.beta) > 1 || h < 0 || h > upper) return "divergent";
  if (abs(mode.beta) == 1 || h == 0 || h == upper) return "marginal";
  if (mode.beta == 0 && h == 1) return "one_step";
  if (mode.beta < 0) return "mixed_sign";
  if (discriminant(mode) < 0) return "ripples";
  return trace(mode) > 0 ? "monotone" : "oscillation";
}

mpf_class rate(const Mode& mode) {
  const mpq_class d = discriminant(mode);
  if (d < 0) return sqrt(wide(mode.beta));
  return (abs(wide(trace(mode))) + sqrt(wide(d))) / 2;
}

mpf_class gap(const Mode& mode) {
  return 1 - rate(mode);
}

bool is_nearest(double value, const mpf_class& truth) {
  return is_nearest_of<double, std::uint64_t>(value, truth);
}

bool is_nearest(float value, const mpf_class& truth) {
  return is_nearest_of<float, std::uint32_t>(value, truth);
}

double ulps(double value, const mpf_class& truth) {
  return error_in_units(value, truth, unit_of(truth, 53, -1074));
}

double ulps(float value, const mpf_class& truth) {
  return error_in_units(static_cast<double>(value), truth, unit_of(truth, 24, -149));
}

double relative_discriminant(const Mode& mode) {
  const mpq_class t = trace(mode);
  return mpq_class(discriminant(mode) / (t * t)).get_d();
}

Matrix step_power(const Mode& mode, long k) {
  Matrix square = step_matrix(mode);
  Matrix result = {wide(1), wide(0), wide(0), wide(1)};
  for (; k > 0; k /= 2) {
    if (k % 2 == 1) result = product(result, square);
    if (k > 1) square = product(square, square);
  }
  return result;
}

Matrix noise_covariance(const Mode& mode, long k) {
  const Matrix r = step_matrix(mode);
  Matrix p = {wide(0), wide(0), wide(0), wide(0)};
  for (long step = 0; step < k; ++step) p = sum(congruent(r, p), one_draw());
  return p;
}

Matrix doubled_noise_covariance(const Mode& mode, long k) {
  if (k == 0) return {wide(0), wide(0), wide(0), wide(0)};
  const Matrix half = doubled_noise_covariance(mode, k / 2);
  const Matrix even = sum(half, congruent(step_power(mode, k / 2), half));
  return k % 2 == 0 ? even : sum(congruent(step_matrix(mode), even), one_draw());
}

mpf_class exactly(double hi, double lo, long exponent) {
  return times_power_of_two(mpf_class(hi, bits) + mpf_class(lo, bits), exponent);
}

double relative_error(const mpf_class& value, const mpf_class& truth, const mpf_class& size) {
  return mpf_class(abs(value - truth) / size).get_d();
}

mpf_class largest(const Matrix& m) {
  mpf_class result = abs(m.yy);
  for (const mpf_class* entry : {&m.yx, &m.xy, &m.xx}) result = std::max(result, mpf_class(abs(*entry)));
  return result;
}

}  // namespace oracle
