#include <cmath>
#include <random>

#include "cells.hpp"

namespace ravine {
namespace {

/// (1 +- sqrt(beta))^2 * 2^104, rounded down.
mpz_class critical_product(double beta, bool plus) {
  const mpf_class root = sqrt(mpf_class(beta, 400));
  const mpf_class edge = plus ? mpf_class(1 + root) : mpf_class(1 - root);
  mpf_class scaled(edge * edge, 400);
  mpf_mul_2exp(scaled.get_mpf_t(), scaled.get_mpf_t(), 104);
  return mpz_class(scaled);
}

/// (m + d)(m - d) = m^2 - d^2 closest to n over many d: with m = ceil(sqrt(n)) + j, d = sqrt(m^2 - n) rounded.
std::pair<mpz_class, mpz_class> factor_closest(const mpz_class& n, int tries) {
  std::pair<mpz_class, mpz_class> best;
  mpz_class best_error = n;
  const mpz_class start = sqrt(n) + 1;
  for (int j = 0; j < tries; ++j) {
    const mpz_class m = start + j;
    const mpz_class excess = m * m - n;
    mpz_class d = sqrt(excess);
    if (excess - d * d > d) d += 1;  // to nearest
    const mpz_class error = abs(mpz_class(excess - d * d));
    if (error < best_error) {
      best_error = error;
      best = {m + d, m - d};
    }
  }
  return best;
}

bool fits_double(const mpz_class& value) {
  return mpz_class(value.get_d()) == value;
}

}  // namespace

std::vector<Cell<double>> near_ties(int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Cell<double>> cells;
  while (static_cast<int>(cells.size()) < count) {
    const double beta = static_cast<double>(random() >> 11U) * 0x1p-53;
    const mpz_class n = critical_product(beta, (random() & 1U) != 0);
    const auto [alpha, lambda] = factor_closest(n, 20000);
    if (!fits_double(alpha) || !fits_double(lambda)) continue;
    cells.push_back({alpha.get_d() * 0x1p-52, beta, lambda.get_d() * 0x1p-52});
  }
  return cells;
}

}  // namespace ravine
