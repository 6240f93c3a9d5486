/// \file
/// What the tests of problems share: the golden files, eigenvalues by a method of their own, iterates by definition.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ravine/problem.hpp"

namespace ravine::golden {

inline nlohmann::json json_of(const std::string& name) {
  std::ifstream file(std::string(RAVINE_TEST_DATA) + "/oracle/" + name);
  return nlohmann::json::parse(file);
}

/// Numbers stand in strings there, so that no reader of JSON rounds them.
inline double number(const nlohmann::json& text) {
  return std::strtod(text.get<std::string>().c_str(), nullptr);
}

inline std::vector<double> numbers(const nlohmann::json& texts) {
  std::vector<double> values;
  for (const nlohmann::json& text : texts) values.push_back(number(text));
  return values;
}

/// \returns the largest difference; infinity where the lengths differ.
inline double distance(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return HUGE_VAL;
  double largest = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double difference = std::fabs(a[k] - b[k]);
    largest = difference > largest || std::isnan(difference) ? difference : largest;
  }
  return largest;
}

/// Ascending, by Jacobi's rotations: for small matrices.
inline std::vector<double> eigenvalues_by_rotations(const SymmetricMatrix& matrix) {
  DenseMatrix a = to_dense(matrix);
  const auto n = static_cast<std::size_t>(a.size);
  const auto entry = [&a, n](std::size_t i, std::size_t j) -> double& { return a.value[i * n + j]; };
  constexpr int sweeps = 20;  // convergence is quadratic: 8 or so would do
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        if (entry(p, q) == 0) continue;
        const double theta = (entry(q, q) - entry(p, p)) / (2 * entry(p, q));
        const double t = std::copysign(1 / (std::fabs(theta) + std::hypot(theta, 1.0)), theta);
        const double cosine = 1 / std::hypot(t, 1.0);
        const double sine = t * cosine;
        for (std::size_t k = 0; k < n; ++k) {
          const double x = entry(k, p);
          const double y = entry(k, q);
          entry(k, p) = cosine * x - sine * y;
          entry(k, q) = sine * x + cosine * y;
        }
        for (std::size_t k = 0; k < n; ++k) {
          const double x = entry(p, k);
          const double y = entry(q, k);
          entry(p, k) = cosine * x - sine * y;
          entry(q, k) = sine * x + cosine * y;
        }
      }
    }
  }
  std::vector<double> values(n);
  for (std::size_t k = 0; k < n; ++k) values[k] = entry(k, k);
  std::sort(values.begin(), values.end());
  return values;
}

/// w after `steps` steps of the heavy ball from w = z = 0 (M1).
inline std::vector<double> heavy_ball_iterate(const Quadratic& problem, double alpha, double beta, int steps) {
  std::vector<double> w(problem.b.size());
  std::vector<double> z(problem.b.size());
  std::vector<double> product(problem.b.size());
  for (int step = 0; step < steps; ++step) {
    multiply(problem.matrix, w, product);
    for (std::size_t i = 0; i < w.size(); ++i) {
      z[i] = beta * z[i] + (product[i] - problem.b[i]);
      w[i] -= alpha * z[i];
    }
  }
  return w;
}

}  // namespace ravine::golden
