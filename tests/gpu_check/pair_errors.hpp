// How far computed eigenpairs are from being pairs, by combinations of them: a few products with the whole matrices in
// place of one with each pair.
#pragma once

#include "ravine/spectrum.hpp"

namespace ravine::gpu_check {

/// Each relative to the largest sum of a row's sizes, the orthogonality to 1.
struct PairErrors {
  double residual = 0;       ///< of ||A Q z - Q Lambda z|| / ||z||
  double orthogonality = 0;  ///< of ||Q'Q z - z|| / ||z||
  double trace = 0;          ///< |sum lambda - trace A| / n
};

/// The largest of 16 random z. Precondition: the spectrum has all pairs of the matrix.
[[nodiscard]] PairErrors pair_errors(const DenseMatrix& matrix, const Spectrum& spectrum);

/// Rounding in an eigensolver that is backward stable: some n epsilon.
[[nodiscard]] double allowed_error(std::int64_t size);

/// \throws Error with the figure that is not below what is allowed.
void require_pairs(const PairErrors& errors, double allowed);

}  // namespace ravine::gpu_check
