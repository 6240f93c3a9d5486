/// \file
/// Cholesky factors of sparse symmetric matrices: CHOLMOD (supernodal, 64-bit), as a resource.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ravine/error.hpp"
#include "ravine/matrix.hpp"

namespace ravine::spectra {

/// A Cholesky factor does not exist.
class NotPositiveDefinite : public NumericalError {
 public:
  using NumericalError::NumericalError;
};

/// sign A + weight (sum of e_i e_i' over the pinned i) - shift I
struct ShiftedMatrix {
  double sign = 1;  ///< 1 or -1
  double shift = 0;
  std::span<const std::int32_t> pinned;
  double weight = 0;
};

/// Where a supernodal factor L has its entries. Supernode k is the columns first_column[k] to first_column[k + 1]; its
/// rows are row[row_begin[k]] to row[row_begin[k + 1]], ascending, the first of them its own columns; its values are a
/// matrix of these rows and columns, column after column, from value_begin[k].
struct Supernodes {
  std::span<const std::int64_t> permutation;  ///< row of A that is row j of L L'
  std::span<const std::int64_t> first_column;
  std::span<const std::int64_t> row_begin;
  std::span<const std::int64_t> value_begin;
  std::span<const std::int64_t> row;
  std::int64_t largest_update = 0;  ///< entries of the largest update of one supernode by another
  std::int64_t values = 0;          ///< of all supernodes
};

/// The Cholesky factor of a matrix with A's pattern, and the pattern of the factor: it is found once, for any signs and
/// shifts.
class SparseCholesky {
 public:
  /// Orders the matrix (it must outlive the object) and finds the pattern of its factor. Memory: one triangle of A with
  /// 64-bit indices, and the pattern.
  /// \param threads of BLAS, for factorisations: what solutions ask of it is too little to share.
  /// \throws NumericalError where CHOLMOD has not enough memory; UsageError where the machine has less than the factor.
  explicit SparseCholesky(const SparseMatrix& matrix, int threads = 1);
  ~SparseCholesky();
  SparseCholesky(const SparseCholesky&) = delete;
  SparseCholesky& operator=(const SparseCholesky&) = delete;

  enum class Outcome { done, not_positive_definite };
  /// Replaces the factor by that of this matrix. Where there is none, no factor is left.
  [[nodiscard]] Outcome factorise(const ShiftedMatrix& what);
  /// X = (what was factorised)^-1 B for columns of A's size, one after the other.
  void solve(std::span<const double> b, std::span<double> x, std::int64_t columns);
  /// Frees the values of the factor; the pattern stays.
  void forget();

  [[nodiscard]] Supernodes supernodes() const;
  [[nodiscard]] int threads() const { return threads_; }
  /// Square of the smallest ratio of two diagonal entries of the factor: below eps, it says nothing any more.
  [[nodiscard]] double reciprocal_condition() const;

 private:
  struct Cholmod;
  std::unique_ptr<Cholmod> cholmod_;
  int threads_;
};

/// "CHOLMOD 3.0.14"
[[nodiscard]] std::string cholmod_version();

/// w of A w = b, by Cholesky and one step of refinement.
/// \throws NotPositiveDefinite, NumericalError where there is not enough memory or the solution is not finite.
[[nodiscard]] std::vector<double> sparse_solution(const SparseMatrix& matrix, std::span<const double> b);

}  // namespace ravine::spectra
