/// \file
/// Spectra: eigenvalues of a problem's matrix, with the checks that they have passed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ravine/problem.hpp"

namespace ravine {

/// Who computes. The automatic choice: a closed form where one is known and no vectors are wanted, the dense solver
/// where the matrix fits it well, else the sparse one.
enum class Solver { automatic, closed_form, dense, sparse };
[[nodiscard]] std::string_view name_of(Solver solver);

/// So many from each end of the spectrum. The smallest are those above the kernel that is known (Kernel); where the two
/// ends meet, all are computed.
struct Extremes {
  std::int64_t smallest = 1;
  std::int64_t largest = 1;
};

enum class Vectors { none, kept };

struct SpectrumRequest {
  Solver solver = Solver::automatic;
  std::optional<Extremes> extremes;  ///< all eigenvalues where there is none
  Vectors vectors = Vectors::none;
};

/// How far a spectrum is from what it should be, each figure relative to the norm of A (the orthogonality to 1). A
/// figure is absent where it can't be had: without vectors there is no residual, without all eigenvalues no trace.
struct SpectrumChecks {
  std::optional<double> residual;  ///< ||A q - lambda q|| / ||A||: the largest of the pairs, or as `residual_is` says
  std::string residual_is;         ///< "largest of 20 pairs", "root mean square of 500 pairs, by ..."
  std::optional<double> orthogonality;  ///< of Q'Q - I
  std::optional<double> trace;          ///< |sum lambda - trace A| / (sqrt(n) ||A||)
  std::optional<double> frobenius;      ///< |sqrt(sum lambda^2) - ||A||_F| / ||A||_F
  double tolerance = 0;                 ///< what each of them has to stay below
};

/// Eigenvalues of a symmetric matrix, ascending, with their positions in its whole spectrum.
struct Spectrum {
  std::int64_t size = 0;            ///< n, of the matrix
  std::vector<std::int64_t> index;  ///< of each eigenvalue in the ascending spectrum, from 1; multiple ones are counted
  std::vector<double> eigenvalues;  ///< as many as index
  std::vector<double> vectors;      ///< empty, or row k has the n components of the k-th eigenvector, of length 1
  std::vector<double> bounds;       ///< on the error of each eigenvalue, where the solver knows one; else empty
  std::string solver;               ///< for people: "LAPACK dsyevd", "cuSOLVER Xsyevd on NVIDIA H100 ..."
  SpectrumChecks checks;
};

}  // namespace ravine
