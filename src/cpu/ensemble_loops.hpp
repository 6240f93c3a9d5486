// Loops of the model over the cells and replicates of an ensemble, compiled once per SIMD level and chosen at run time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ravine/model/random.hpp"
#include "ravine/model/replicates.hpp"
#include "ravine/model/trajectory.hpp"

namespace ravine::cpu {

/// Trajectories that go in lockstep: enough to fill every SIMD level, few enough for the nearest cache.
inline constexpr std::size_t lanes = 64;

/// The modes of `lanes` trajectories. Arrays of modes hold the lanes of the first component, then those of the next.
template <class F>
struct Modes {
  const F* alpha;   ///< per lane
  const F* beta;    ///< per lane
  const F* lambda;  ///< per mode
  F* y;             ///< per mode
  F* x;             ///< per mode
  std::size_t components;
};

/// Steps first + 1 to last.
struct Steps {
  std::int64_t first;
  std::int64_t last;
};

/// model::Watch of each lane.
template <class F>
struct Watches {
  F peak[lanes];
  std::int64_t peak_step[lanes];
  std::int64_t first_above[lanes];
  std::int64_t last_above[lanes];
  std::int64_t diverged_at[lanes];
  F tolerance;
};

/// One component of a group of replicates of a cell.
template <class F>
struct Group {
  model::Cell<F> cell;
  F deviation;             ///< of the gradient's error
  model::DrawPlace first;  ///< where the first replicate draws its numbers
  F* y;                    ///< per replicate
  F* x;                    ///< per replicate
  F* normals;              ///< room for NormalBlock<F>::size per replicate, kept from one call to the next
};

/// The loops for one precision.
template <class F>
struct EnsembleLoops {
  /// Takes the modes through those steps.
  void (*advance)(const Modes<F>& modes, Steps steps);
  /// The same, and every loss on the way into the watches.
  void (*advance_watched)(const Modes<F>& modes, Steps steps, Watches<F>& watches);
  /// The loss of each lane.
  void (*losses)(const Modes<F>& modes, F* out);

  /// Takes a group through those steps, each with its own noise. Calls go on where the one before ended: a step in the
  /// midst of a block finds the block's numbers in `normals`.
  void (*advance_noisy)(const Group<F>& group, Steps steps);
  /// Adds loss_part of each replicate to `losses`.
  void (*add_losses)(const Group<F>& group, F* losses);
  /// Whether each of a group's losses is finite: 1 or 0; none from `count` on. How many are.
  std::int64_t (*mark_finite)(const F* losses, std::size_t count, std::uint8_t* marks);
  /// The sums of a group's values about a shift, those whose mark is 1 (model/replicates.hpp).
  model::Sums (*sum_group)(const F* values, const std::uint8_t* marks, double shift);
  /// A block of normal numbers of the replicates first.replicate + i, i < count: out[j * count + i] is value j of
  /// model::normal_block. `out` has NormalBlock<F>::size * count values. The last replicate is below most_replicates.
  void (*normals)(model::DrawPlace first, std::uint32_t step_block, std::size_t count, F* out);
};

/// One SIMD level: every loop gives the same bits at every level.
struct EnsembleLevel {
  EnsembleLoops<double> float64;
  EnsembleLoops<float> float32;
};

/// That of active_level().
/// \throws UsageError as active_level() does.
const EnsembleLevel& active_ensemble_level();

template <class F>
const EnsembleLoops<F>& ensemble_loops();
template <>
inline const EnsembleLoops<double>& ensemble_loops<double>() {
  return active_ensemble_level().float64;
}
template <>
inline const EnsembleLoops<float>& ensemble_loops<float>() {
  return active_ensemble_level().float32;
}

}  // namespace ravine::cpu
