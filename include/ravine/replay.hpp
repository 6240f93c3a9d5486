/// \file
/// Replay: one trajectory or replicate of an ensemble computed again by itself, one step and one component after the
/// other. It shares the model with the engine and nothing else, and so is a check on it: the values are the same bits.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "ravine/grid.hpp"
#include "ravine/model/trajectory.hpp"
#include "ravine/spec.hpp"

namespace ravine {

enum class ReplaySteps {
  recorded,  ///< those of the spec's [record]
  every      ///< from 0 to the last
};

struct ReplayRequest {
  std::int64_t cell = 0;  ///< in grid order, from 0
  /// For kind noise: the number that the random numbers are drawn with, from the spec's first_replicate on; nothing for
  /// that one. A number that the study does not have (yet) is replayed as well as one that it has.
  std::optional<std::int64_t> replicate;
  ReplaySteps steps = ReplaySteps::recorded;
  std::stop_token stop = {};  ///< ends it at the step in hand
};

/// The trajectory at a step, as it is stored: floats widened, infinity for a loss and NaN for an x that is not finite.
struct ReplayedStep {
  std::int64_t step = 0;
  double loss = 0;
  std::vector<double> loss_parts;  ///< per component
  std::vector<double> x;           ///< per component
};

/// What the quantities of kind trajectory with one value a cell would be.
struct ReplayEnd {
  double peak_loss = 0;
  std::int64_t peak_step = 0;
  std::int64_t first_above = 0;
  std::int64_t last_above = 0;
  std::int64_t steps_to_tolerance = 0;
  model::Status status = model::Status::not_computed;
};

/// Runs the trajectory to the spec's last step, and hands each step that was asked for to `take`. Memory does not grow
/// with the steps. \throws UsageError for a spec of kind rate, a cell that the map does not have, or a replicate that
/// the spec's kind does not have or that is not below most_replicates.
ReplayEnd replay(const Spec& spec, const ReplayRequest& request, const std::function<void(const ReplayedStep&)>& take);

/// A value of an axis of the map.
struct Coordinate {
  std::string axis;
  double value;
};

/// The number of the first cell at these values, which are rounded to the spec's precision as the axes are and may be
/// off by 4 units in the last place. Axes of one
/// value may be left out. \throws UsageError for an axis that the map does not have, one twice, one missing, or a value
/// that is not on its axis, with the nearest ones.
[[nodiscard]] std::int64_t cell_at(const Spec& spec, const std::vector<Coordinate>& place);

}  // namespace ravine
