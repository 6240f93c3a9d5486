#include <cmath>
#include <random>

#include "cells.hpp"

namespace ravine {
namespace {

// Products are integers in units of 2^-104, their factors in units of 2^-52.
constexpr unsigned product_bits = 104;

mpz_class in_product_units(const mpf_class& value) {
  mpf_class scaled(value, 600);
  mpf_mul_2exp(scaled.get_mpf_t(), scaled.get_mpf_t(), product_bits);
  return mpz_class(scaled);
}

/// (1 +- sqrt(beta))^2
mpf_class critical_product(double beta, bool plus) {
  const mpf_class root = sqrt(mpf_class(beta, 600));
  const mpf_class edge = plus ? mpf_class(1 + root) : mpf_class(1 - root);
  return edge * edge;
}

/// The product with eigenvalue sigma: chi(sigma) = 0 solved for h, (sigma - beta)(1 - sigma)/sigma.
mpf_class product_with_eigenvalue(const mpf_class& sigma, double beta) {
  return (sigma - beta) * (1 - sigma) / sigma;
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

constexpr int tries = 20000;

/// Adds the cell whose product is closest to `h`, unless its factors have too many bits.
void add_closest(const mpf_class& h, double beta, std::vector<Cell<double>>& cells) {
  const auto [alpha, lambda] = factor_closest(in_product_units(h), tries);
  if (!fits_double(alpha) || !fits_double(lambda)) return;
  cells.push_back({alpha.get_d() * 0x1p-52, beta, lambda.get_d() * 0x1p-52});
}

double random_unit(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11U) * 0x1p-53;
}

}  // namespace

std::vector<Cell<double>> near_critical_products(int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Cell<double>> cells;
  while (static_cast<int>(cells.size()) < count) {
    const double beta = random_unit(random);
    add_closest(critical_product(beta, (random() & 1U) != 0), beta, cells);
  }
  return cells;
}

template <class F>
std::vector<Cell<double>> near_rounding_ties(int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Cell<double>> cells;
  while (static_cast<int>(cells.size()) < count) {
    const double beta = random_unit(random) - 0.5;
    // A rate between sqrt(|beta|) and 1, halfway between two values of F; its eigenvalue of either sign.
    const double floor = std::sqrt(std::abs(beta));
    const F low = static_cast<F>(floor + (1 - floor) * random_unit(random));
    mpf_class rate(static_cast<double>(low), 600);
    rate = (rate + static_cast<double>(std::nextafter(low, F(2)))) / 2;
    const bool positive = (random() & 1U) != 0;
    const mpf_class h = product_with_eigenvalue(positive ? rate : mpf_class(-rate), beta);
    if (h > 0.01) add_closest(h, beta, cells);
  }
  return cells;
}
template std::vector<Cell<double>> near_rounding_ties<double>(int, std::uint64_t);
template std::vector<Cell<double>> near_rounding_ties<float>(int, std::uint64_t);

rc::Gen<Cell<double>> cancelling() {
  return rc::gen::map(
      rc::gen::tuple(with_exponent<double>(100, 500), with_exponent<double>(100, 500), rc::gen::inRange(-3, 4)),
      [](const std::tuple<double, double, int>& draw) {
        const auto [alpha, lambda, steps] = draw;
        return Cell<double>{alpha, nudged(alpha * lambda, steps), lambda};
      });
}

}  // namespace ravine
