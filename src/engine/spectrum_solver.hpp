/// \file
/// The spectrum of a problem by the solver that fits it, checked, with what is measured from it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ravine/freeze.hpp"
#include "spectra/regression.hpp"

namespace ravine {

struct SolvedProblem {
  Quadratic problem;
  Spectrum spectrum;                              ///< with bounds, and past its checks
  bool is_positive_beyond_kernel = false;         ///< known from what the problem is: a graph, a Rosenbrock function
  double zero_tolerance = 0;                      ///< an eigenvalue of no greater size may be zero
  std::vector<double> solution;                   ///< w*; empty where it is not known
  std::vector<double> start;                      ///< w0
  std::vector<double> projection;                 ///< Q'(w0 - w*), of the eigenvalues that have vectors
  std::optional<spectra::RegressionModes> modes;  ///< of a regression, as the next
  std::optional<spectra::RegressionStudy> study;
  std::vector<std::string> notes;
};

/// What people call it: "laplacian of the graph karate.mtx".
[[nodiscard]] std::string title_of(const Problem& problem, const Quadratic& quadratic);

/// \throws as freeze_spectrum.
[[nodiscard]] SolvedProblem solve(const SpectrumSpec& spec, const FreezeOptions& options);

}  // namespace ravine
