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
void come_to_rest(std::size_t count, F* __restrict y, F* __restrict x) {
  for (std::size_t i = 0; i < count; ++i) {
    const model::State<F> state = model::come_to_rest(model::State<F>{y[i], x[i]});
    y[i] = state.y;
    x[i] = state.x;
  }
}

/// One step of all lanes of the component whose modes start at `first`.
template <class F>
void step_component(const Modes<F>& modes, std::size_t first, std::int64_t step) {
  const F* __restrict const alpha = modes.alpha;
  const F* __restrict const beta = modes.beta;
  const F* __restrict const lambda = modes.lambda + first;
  F* __restrict const y = modes.y + first;
  F* __restrict const x = modes.x + first;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const model::Cell<F> cell = {alpha[lane], beta[lane], lambda[lane]};
    const model::State<F> before = {y[lane], x[lane]};
    const model::State<F> after = model::step(cell, before, model::gradient(cell, before));
    y[lane] = after.y;
    x[lane] = after.x;
  }
  if (step % model::rest_every == 0) come_to_rest(lanes, y, x);
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
void watch(std::int64_t step, const F* __restrict losses, Watches<F>& __restrict watches) {
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

constexpr std::size_t group_size = model::group_replicates;

template <class F>
void advance_noisy(const Group<F>& group, Steps steps) {
  constexpr std::int64_t block_size = model::NormalBlock<F>::size;
  for (std::int64_t step = steps.first + 1; step <= steps.last; ++step) {
    const std::int64_t number = step - 1;
    if (number % block_size == 0) {
      fill_normals(group.first, static_cast<std::uint32_t>(number / block_size), group_size, group_size, group.normals);
    }
    const F* __restrict const normal = group.normals + static_cast<std::size_t>(number % block_size) * group_size;
    F* __restrict const y = group.y;
    F* __restrict const x = group.x;
    for (std::size_t i = 0; i < group_size; ++i) {
      const model::State<F> state = {y[i], x[i]};
      const F gradient = model::noisy_gradient(group.cell, state, group.deviation, normal[i]);
      const model::State<F> next = model::step(group.cell, state, gradient);
      y[i] = next.y;
      x[i] = next.x;
    }
    if (model::may_rest(step, group.deviation)) come_to_rest(group_size, y, x);
  }
}

template <class F>
void add_losses(const Group<F>& group, F* __restrict losses) {
  for (std::size_t i = 0; i < group_size; ++i) losses[i] += model::loss_part(group.cell.lambda, group.x[i]);
}

template <class F>
std::int64_t mark_finite(const F* losses, std::size_t count, std::uint8_t* marks) {
  std::int64_t finite = 0;
  for (std::size_t i = 0; i < group_size; ++i) {
    marks[i] = model::both(i < count, model::is_finite_value(losses[i])) ? 1 : 0;
    finite += marks[i];
  }
  return finite;
}

/// model::Sums of each replicate, as arrays.
struct GroupSums {
  alignas(64) double sum[group_size];
  alignas(64) double squares[group_size];
  alignas(64) double least[group_size];
  alignas(64) double most[group_size];

  void set(std::size_t i, const model::Sums& sums) {
    sum[i] = sums.sum;
    squares[i] = sums.squares;
    least[i] = sums.least;
    most[i] = sums.most;
  }
  [[nodiscard]] model::Sums at(std::size_t i) const { return {sum[i], squares[i], least[i], most[i]}; }
};

template <class F>
model::Sums sum_group(const F* values, const std::uint8_t* marks, double shift) {
  constexpr std::size_t warp = model::warp_replicates;
  GroupSums all;
  for (std::size_t i = 0; i < group_size; ++i) {
    all.set(i, model::sums_of(static_cast<double>(values[i]), shift, marks[i] != 0));
  }
  for (std::size_t stride = warp / 2; stride > 0; stride /= 2) {
    for (std::size_t first = 0; first < group_size; first += warp) {
      for (std::size_t i = first; i < first + stride; ++i) all.set(i, all.at(i) + all.at(i + stride));
    }
  }
  for (std::size_t stride = group_size / 2; stride >= warp; stride /= 2) {
    for (std::size_t i = 0; i < stride; i += warp) all.set(i, all.at(i) + all.at(i + stride));
  }
  return all.at(0);
}

template <class F>
EnsembleLoops<F> loops() {
  return {advance<F>,    advance_watched<F>, losses<F>,    advance_noisy<F>,
          add_losses<F>, mark_finite<F>,     sum_group<F>, normals<F>};
}

}  // namespace

void fill_ensemble_level(EnsembleLevel& level) {
  level.float64 = loops<double>();
  level.float32 = loops<float>();
}

}  // namespace ravine::cpu::RAVINE_SIMD_LEVEL
