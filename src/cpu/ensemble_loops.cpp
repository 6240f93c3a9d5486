// The ensembles' loops of one SIMD level, compiled once per level under the rules of loops.cpp: no inline function with
// external linkage may leave this file.
#include "cpu/ensemble_loops.hpp"

#include "cpu/level_tables.hpp"
#include "cpu/normal_lanes.hpp"

namespace ravine::cpu::RAVINE_SIMD_LEVEL {
namespace {

template <class F>
void normals(model::DrawPlace first, std::uint32_t step_block, std::size_t count, F* out) {
  for (std::size_t i = 0; i < count; i += most_replicates_at_once) {
    model::DrawPlace place = first;
    place.replicate = first.replicate + static_cast<std::uint32_t>(i);
    const std::size_t left = count - i;
    const std::size_t some = left < most_replicates_at_once ? left : most_replicates_at_once;
    fill_normals(place, step_block, some, count, out + i);
  }
}

template <class F>
model::State<F> mode_at(const Modes<F>& modes, std::size_t at) {
  return {modes.y[at], modes.x[at]};
}

template <class F>
void store(const Modes<F>& modes, std::size_t at, const model::State<F>& mode) {
  modes.y[at] = mode.y;
  modes.x[at] = mode.x;
}

/// One step of all lanes of the component whose modes start at `first`.
template <class F>
void step_component(const Modes<F>& modes, std::size_t first, std::int64_t step) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const model::Cell<F> cell = {modes.alpha[lane], modes.beta[lane], modes.lambda[first + lane]};
    const model::State<F> mode = mode_at(modes, first + lane);
    store(modes, first + lane, model::step(cell, mode, model::gradient(cell, mode)));
  }
  if (step % model::rest_every != 0) return;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    store(modes, first + lane, model::come_to_rest(mode_at(modes, first + lane)));
  }
}

template <class F>
void advance(const Modes<F>& modes, Steps steps) {
  for (std::size_t component = 0; component < modes.components; ++component) {
    for (std::int64_t step = steps.first + 1; step <= steps.last; ++step) {
      step_component(modes, component * lanes, step);
    }
  }
}

template <class F>
void losses(const Modes<F>& modes, F* __restrict out) {
  for (std::size_t lane = 0; lane < lanes; ++lane) out[lane] = F(0);
  for (std::size_t first = 0; first < modes.components * lanes; first += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      out[lane] += model::loss_part(modes.lambda[first + lane], modes.x[first + lane]);
    }
  }
}

template <class F>
void watch(std::int64_t step, const F* losses, Watches<F>& watches) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const model::Watch<F> before = {watches.peak[lane], watches.peak_step[lane], watches.first_above[lane],
                                    watches.last_above[lane], watches.diverged_at[lane]};
    const model::Watch<F> after = model::watch(before, step, losses[lane], watches.tolerance);
    watches.peak[lane] = after.peak;
    watches.peak_step[lane] = after.peak_step;
    watches.first_above[lane] = after.first_above;
    watches.last_above[lane] = after.last_above;
    watches.diverged_at[lane] = after.diverged_at;
  }
}

template <class F>
void advance_watched(const Modes<F>& modes, Steps steps, Watches<F>& watches) {
  F total[lanes];
  for (std::int64_t step = steps.first + 1; step <= steps.last; ++step) {
    for (std::size_t first = 0; first < modes.components * lanes; first += lanes) {
      step_component(modes, first, step);
    }
    losses(modes, total);
    watch(step, total, watches);
  }
}

template <class F>
EnsembleLoops<F> loops() {
  return {advance<F>, advance_watched<F>, losses<F>, normals<F>};
}

}  // namespace

void fill_ensemble_level(EnsembleLevel& level) {
  level.float64 = loops<double>();
  level.float32 = loops<float>();
}

}  // namespace ravine::cpu::RAVINE_SIMD_LEVEL
