/// \file
/// The largest eigenvalues of a symmetric operator: a block Lanczos iteration with thick restarts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace ravine::spectra {

/// A symmetric operator, through Y = B X for some columns of its size, one after the other; and the space that it is
/// restricted to: the projector takes everything else out of the columns.
struct Operator {
  std::int64_t size = 0;
  std::function<void(std::span<const double> x, std::span<double> y, std::int64_t columns)> apply;
  std::function<void(std::span<double> x, std::int64_t columns)> project;
};

struct LanczosOptions {
  std::int64_t wanted = 1;
  std::int64_t block = 1;  ///< vectors that the operator is applied to at once: it sees so many copies of an eigenvalue
  std::int64_t basis =
      1;  ///< vectors in the basis before a restart; at least wanted + 2 block where the space has them
  std::int64_t restarts = 1;
  /// Residual that is small enough for an eigenvalue of the operator.
  std::function<double(double eigenvalue)> tolerance;
  std::uint64_t seed = 0;  ///< of the first block
};

struct LanczosPairs {
  /// To the tolerance, or as far as the rounding errors of the largest eigenvalues let the others.
  enum class Outcome { converged, at_rounding_errors, restarts_used_up };
  Outcome outcome = Outcome::converged;
  /// Of the operator, descending; fewer than wanted where its space has no more, up to a block more where those after
  /// the wanted ones are within a thousandth of the last.
  std::vector<double> eigenvalues;
  std::vector<double> vectors;  ///< one after the other
  double worst_residual = 0;    ///< the largest ratio of a residual and its tolerance
  std::optional<double> next;   ///< estimate from below of the eigenvalue after them, if the basis has one
};

/// The largest eigenvalues of B and their vectors q, purified: q is B q / ||B q||, which the iteration has without
/// another product. Where ||B q - mu q|| = r, that of B^-1 is r / mu^2 (M. Ericsson and A. Ruhe, Math. Comp. 35, 1980,
/// for what is gained), and they are orthogonal within (r / mu)^2.
/// Every new block is orthogonalised against the whole basis, twice. Where a block has less than its full rank, random
/// vectors take the place of what is missing, so that spaces of any multiplicity are explored.
/// Memory: (basis + block) vectors.
[[nodiscard]] LanczosPairs largest_pairs(const Operator& of, const LanczosOptions& options);

}  // namespace ravine::spectra
