// The ensembles' loops of one SIMD level, compiled once per level under the rules of loops.cpp: no inline function with
// external linkage may leave this file.
#include "cpu/ensemble_loops.hpp"

#include "cpu/level_tables.hpp"

namespace ravine::cpu::RAVINE_SIMD_LEVEL {
namespace {

/// Each value of the block goes to an array of its own, so that neighbouring replicates are neighbours in memory.
template <class F>
void normals(model::DrawPlace first, std::uint32_t step_block, std::size_t count, F* __restrict out) {
  for (std::size_t i = 0; i < count; ++i) {
    model::DrawPlace place = first;
    place.replicate = first.replicate + static_cast<std::uint32_t>(i);
    const model::NormalBlock<F> block = model::normal_block<F>(place, step_block);
    for (std::size_t j = 0; j < model::NormalBlock<F>::size; ++j) out[j * count + i] = block.values[j];
  }
}

template <class F>
EnsembleLoops<F> loops() {
  return {normals<F>};
}

}  // namespace

void fill_ensemble_level(EnsembleLevel& level) {
  level.float64 = loops<double>();
  level.float32 = loops<float>();
}

}  // namespace ravine::cpu::RAVINE_SIMD_LEVEL
