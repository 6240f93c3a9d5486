/// \file
/// What a spec of kind trajectory or noise says beside its method and axes.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace ravine {

/// The state before the first step, in the eigenbasis: x = Q^T (w - w*), y = Q^T z. One value for every eigenvalue, or
/// one each where the cells share a spectrum.
struct Start {
  std::vector<double> x{1.0};
  std::vector<double> y{0.0};
};

/// Steps 0, n, 2n, ... up to the last.
struct EveryNth {
  std::int64_t n;
};
/// At most `count` steps from 1 to the last, evenly spaced in the logarithm and rounded to whole ones, each once.
struct LogSpaced {
  std::int64_t count;
};
/// These steps, ascending.
struct ListedSteps {
  std::vector<std::int64_t> steps;
};

/// What is kept of a trajectory on its way.
struct Record {
  std::int64_t steps = 0;  ///< the last step; at least 1
  std::variant<EveryNth, LogSpaced, ListedSteps> at = EveryNth{1};
  double tolerance = 1e-6;  ///< on the loss
};
inline constexpr std::int64_t most_steps = std::int64_t{1} << 32;

/// The recorded steps, ascending.
[[nodiscard]] std::vector<std::int64_t> recorded_steps(const Record& record);
/// How many they are, without a list of them.
[[nodiscard]] std::int64_t recorded_step_count(const Record& record);

/// Bins over the loss: each octave from 2^from to 2^to in 2^bits_per_octave equal parts, one bin below and one above.
struct Histogram {
  int from = -64;
  int to = 64;
  int bits_per_octave = 3;
  std::vector<double> quantiles{0.05, 0.5, 0.95};  ///< probabilities
  [[nodiscard]] std::int64_t bins() const { return 2 + (static_cast<std::int64_t>(to - from) << bits_per_octave); }
  /// The lower edge of each bin; 0 for the first, which has every loss below 2^from.
  [[nodiscard]] std::vector<double> edges() const;
};

/// Additive Gaussian gradient noise, independent over steps, components and replicates.
struct Noise {
  std::vector<double> variance;  ///< one value, or one per eigenvalue
  std::int64_t replicates = 0;
  std::int64_t first_replicate = 0;
  std::int64_t seed = 0;
  bool common_random_numbers = false;  ///< every cell draws the same
  Histogram histogram;
};
inline constexpr std::int64_t most_replicates = std::int64_t{1} << 32;

/// Set for the kinds trajectory and noise.
struct Ensemble {
  Start start;
  Record record;
  std::optional<Noise> noise;  ///< for kind noise
};

}  // namespace ravine
