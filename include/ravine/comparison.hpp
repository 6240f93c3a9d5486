/// \file
/// One map on several backends: equal bytes proved, then times.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "ravine/engine.hpp"
#include "ravine/grid.hpp"
#include "ravine/spec.hpp"

namespace ravine {

struct ComparisonOptions {
  std::vector<Backend> backends;  ///< cpu and cuda, each at most once; at least one
  int threads = 0;                ///< of the cpu backend; 0: as many as the process may use
  int repetitions = 5;            ///< at least 1
  std::stop_token stop;
  std::function<void(const std::string&)> progress;  ///< told what begins, one line
};

/// Times of one backend over the whole map, in seconds of wall time, one a repetition, in the order taken. Every cell
/// is evaluated and summarised (the best cell, the regimes' counts), as in a run; nothing is stored.
struct BackendTimes {
  Backend backend = Backend::cpu;
  std::string device;            ///< for people, as in RunReport
  int threads = 0;               ///< that computed; 1 drives CUDA devices, but for noise studies
  int processors = 0;            ///< that the process may use
  std::vector<double> in_place;  ///< values stay where they are computed: in the device's memory
  std::vector<double> to_host;   ///< values end in the host's memory, ready to be written; for cpu and noise the same
  std::optional<double> first;   ///< the first pass to the host, which also starts the backend and takes its memory
};

struct Comparison {
  std::int64_t cells = 0;
  std::int64_t bytes = 0;           ///< of the values, padding of tiles included
  std::int64_t bytes_compared = 0;  ///< between backends, all found equal; 0 where only one was asked for
  bool interrupted = false;         ///< stopped before every repetition was taken
  std::vector<BackendTimes> backends;
};

/// The backends that can be used here: cpu, and cuda where a device can be.
[[nodiscard]] std::vector<Backend> available_backends();

/// Evaluates the map on each backend, compares every byte and partial result between them, then measures in turn, so
/// that all meet the same disturbances. Memory: a few tiles of each backend.
/// \throws UsageError, BackendError where a backend can't be used, std::logic_error where bytes differ: a bug, with the
/// place.
[[nodiscard]] Comparison compare_backends(const Spec& spec, const Grid& grid, const ComparisonOptions& options);

}  // namespace ravine
