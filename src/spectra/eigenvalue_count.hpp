/// \file
/// Whether all of the smallest eigenvalues have been found, by counting how many there are (docs/decisions/0010).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "spectra/cholesky.hpp"

namespace ravine::spectra {

/// For messages where an end of a spectrum can't be had.
inline constexpr std::string_view way_out =
    "ask for another number of eigenvalues, or for [spectrum] solver = \"dense\"";

/// C = sign A, positive semidefinite where it has a known kernel.
struct CountedMatrix {
  const SparseMatrix& matrix;
  double sign;  ///< 1: the smallest eigenvalues of A; -1: the largest
  std::int64_t kernel_dimension;
  double norm;  ///< a bound of it
  Supernodes nodes;
};

/// What was found above the kernel of C: upper bounds, each of the eigenvalue in its place (Cauchy's interlacing).
struct FoundEigenvalues {
  std::span<const double> values;  ///< ascending
  double next;                     ///< estimate of the eigenvalue after them; NaN where there is none
  double least_width;              ///< closer eigenvalues can't be told apart
};

struct Counted {
  std::int64_t missing = 0;  ///< so many eigenvalues are below those that were found, and were not
  std::int64_t below = 0;    ///< if none is missing: the first so many are what was found
  double from = 0;           ///< and all others are from here on
  bool is_wide = false;      ///< if `below` is less than was wanted: whether what is between can't all be made certain
};

/// Counts where `count` of the eigenvalues end: in the gap after them, where one can be seen, or below the cluster that
/// the last of them belongs to.
/// Precondition: values has `count` of them or more.
/// Cost: a few factors of the matrix, one after the other (inertia_of).
/// \throws NumericalError where more than 2^-20 of the norm can't be told apart.
[[nodiscard]] Counted count_eigenvalues(const CountedMatrix& matrix, const FoundEigenvalues& found, std::int64_t count);

}  // namespace ravine::spectra
