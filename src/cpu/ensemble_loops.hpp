// Loops of the model over the replicates of an ensemble, compiled once per SIMD level and chosen at run time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ravine/model/random.hpp"

namespace ravine::cpu {

/// The loops for one precision.
template <class F>
struct EnsembleLoops {
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
