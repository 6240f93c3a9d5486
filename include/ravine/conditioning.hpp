/// \file
/// What a frozen spectrum says of the methods: condition numbers, and the best there is on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ravine/optimum.hpp"
#include "ravine/spec.hpp"
#include "ravine/spectrum_store.hpp"

namespace ravine {

/// The best cell of a map over the spectrum, beside what the closed form promises.
struct BestOfMap {
  Method method = Method::heavy_ball;
  double alpha = 0;
  double beta = 0;
  double rate = 0;
  double gap = 0;  ///< 1 - rate, without cancellation
};

/// What is not known, or does not exist, is absent.
struct Conditioning {
  std::int64_t size = 0;                   ///< n
  std::int64_t computed = 0;               ///< eigenvalues in the store
  std::int64_t kernel = 0;                 ///< eigenvalues that are known to be zero
  std::int64_t zeros = 0;                  ///< that are zero or may be, those of a known kernel included
  std::int64_t negatives = 0;              ///< of them, those that are below zero
  std::optional<double> lambda_1;          ///< the smallest
  std::optional<double> lambda_2;          ///< the next, a copy of the first included
  std::optional<double> lambda_n;          ///< the largest
  std::optional<double> smallest_nonzero;  ///< the smallest above zero; absent where one is below
  std::optional<double> bound;             ///< on the error of smallest_nonzero
  std::optional<double> kappa;             ///< lambda_n / lambda_1; absent where lambda_1 is not above zero
  std::optional<double> kappa_nonzero;     ///< lambda_n / smallest_nonzero
  std::vector<OptimalMethod> optimal;      ///< on [smallest_nonzero, lambda_n]
  std::optional<WorstCase> from_rest;      ///< of heavy ball's optimum
  std::vector<BestOfMap> best;             ///< of gradient descent and heavy ball
};

/// Reads the eigenvalues, and evaluates two maps of a few hundred thousand cells. \throws DataError, IoError.
[[nodiscard]] Conditioning conditioning_of(const SpectrumStore& store);

/// The best cell of the map of `method` over alpha = 0, ..., 4/largest and, for heavy ball, beta = 0, ..., 1, for the
/// worst of the two eigenvalues (any between them is no worse: docs/decisions/0003).
[[nodiscard]] BestOfMap best_of_map(Method method, double smallest, double largest);

}  // namespace ravine
