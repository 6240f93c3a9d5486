// An independent oracle for heavy ball on one mode: exact rationals and 4000-bit square roots. It shares no code with
// the model, and is naive on purpose: it evaluates the definitions of docs/formulas.md C and D as they stand.
#pragma once

#include <gmpxx.h>

#include <string>

namespace oracle {

/// One mode, exactly.
struct Mode {
  mpq_class alpha;
  mpq_class beta;
  mpq_class lambda;
};

/// The name of the regime (docs/formulas.md M24), decided in rationals.
std::string regime(const Mode& mode);

/// max|sigma| and 1 - max|sigma| to about 3900 bits.
mpf_class rate(const Mode& mode);
mpf_class gap(const Mode& mode);

/// Error of `value` in units in the last place of its own precision (24 or 53 bits), measured at the true value's
/// binade, with the least exponent of that precision as floor.
double ulps(double value, const mpf_class& truth);
double ulps(float value, const mpf_class& truth);

/// Whether `value` is the nearest of its type to `truth`, the even one of two that are equally near. No tolerance.
bool is_nearest(double value, const mpf_class& truth);
bool is_nearest(float value, const mpf_class& truth);

/// (T^2 - 4 beta) / T^2, roughly: how close to the critical curve a mode is.
double relative_discriminant(const Mode& mode);

/// A 2x2 matrix over the scaled state (alpha y, x).
struct Matrix {
  mpf_class yy;
  mpf_class yx;
  mpf_class xy;
  mpf_class xx;
};

/// The k-th power of the step matrix, by squaring it in 4000 bits.
Matrix step_power(const Mode& mode, long k);

/// The covariance after k steps from a fixed start under noise of unit variance, per alpha^2: the plain recurrence
/// P <- R P R^T + n n^T, n = (1, -1).
Matrix noise_covariance(const Mode& mode, long k);

/// The same by doubling, for many steps: P_2m = P_m + R^m P_m R^mT.
Matrix doubled_noise_covariance(const Mode& mode, long k);

/// (hi + lo) 2^exponent.
mpf_class exactly(double hi, double lo, long exponent);

/// |value - truth| / size, roughly.
double relative_error(const mpf_class& value, const mpf_class& truth, const mpf_class& size);

/// The largest magnitude among the entries.
mpf_class largest(const Matrix& m);

}  // namespace oracle
