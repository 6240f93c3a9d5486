/// \file
/// What the steps of solving a problem share.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/spectrum_solver.hpp"
#include "ravine/error.hpp"

namespace ravine {

/// Up to here the dense solver gives the ends of a spectrum in seconds, and more surely than an iteration.
inline constexpr std::int64_t small_enough_for_dense = 2000;

/// A problem in work.
struct Task {
  const SpectrumSpec& spec;
  const Quadratic& problem;
  SpectrumRequest request;
  Backend backend;
  int threads;
  std::vector<std::string>& notes;
};

/// The device to use: none where the cpu is wanted or fits better. \throws BackendError where cuda is wanted and there
/// is none.
[[nodiscard]] std::optional<int> device_for(const Task& task);

/// `on_device(ordinal)` where a device is used, else on_cpu(). What a device can't do, the cpu does where nobody
/// insists on cuda; a note says why.
template <class OnDevice, class OnCpu>
auto on_backend(const Task& task, OnDevice on_device, OnCpu on_cpu) {
  if (const std::optional<int> device = device_for(task)) {
    try {
      return on_device(*device);
    } catch (const Error& error) {
      if (task.backend == Backend::cuda) throw;
      task.notes.push_back(fmt::format("computed on the cpu after all: {}", error.what()));
    }
  }
  return on_cpu();
}

/// The modes of a regression, its spectrum and study, and notes of how many digits float64 gives and would give.
void solve_regression(const Task& task, SolvedProblem& solved);

/// Finds w*, w0 and, where there are vectors, Q'(w0 - w*). What can't be had is left empty, and a note says why.
void find_minimum(const Task& task, SolvedProblem& solved);

}  // namespace ravine
