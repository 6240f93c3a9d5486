// Prints a hash of the model's bits over fixed cells, one line per precision, family of cells and quantity. Built by
// every compiler at every optimisation and SIMD level; all the outputs must be one and the same (model_hash.golden).
//
// The cells are made with integer operations and exactly rounded single steps only, so that a build which gets the
// model wrong still hashes the right cells: the "cells" lines prove it.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <type_traits>
#include <vector>

#include "ravine/model/heavy_ball.hpp"
#include "ravine/model/moments.hpp"
#include "ravine/model/random.hpp"
#include "ravine/model/replicates.hpp"
#include "ravine/model/trajectory.hpp"
#include "ravine/model/z_score.hpp"
#include "ravine/version.hpp"

namespace {

using ravine::model::Cell;

/// FNV-1a over the bytes of what is added, little end first.
class Fnv1a {
 public:
  void add(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      state_ ^= (value >> (8 * i)) & 0xFFU;
      state_ *= 1099511628211U;
    }
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value), 8); }
  void add(float value) { add(std::bit_cast<std::uint32_t>(value), 4); }
  [[nodiscard]] std::uint64_t state() const { return state_; }

 private:
  std::uint64_t state_ = 14695981039346656037U;
};

/// SplitMix64.
class Random {
 public:
  std::uint64_t bits() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  std::uint64_t below(std::uint64_t limit) { return bits() % limit; }
  /// In [0, 1), with as many bits as F has.
  template <class F>
  F unit() {
    constexpr int digits = std::numeric_limits<F>::digits;
    const F steps = static_cast<F>(bits() >> (64U - static_cast<unsigned>(digits)));
    return steps / static_cast<F>(std::uint64_t{1} << static_cast<unsigned>(digits));
  }
  /// Any finite bit pattern: every exponent is equally likely.
  template <class F>
  F finite() {
    using Bits = std::conditional_t<sizeof(F) == 8, std::uint64_t, std::uint32_t>;
    constexpr int digits = std::numeric_limits<F>::digits;
    constexpr Bits exponents = (Bits{1} << (8 * sizeof(F) - static_cast<std::size_t>(digits))) - 1;
    Bits pattern = static_cast<Bits>(bits());
    while (((pattern >> (digits - 1)) & exponents) == exponents) pattern = static_cast<Bits>(bits());
    return std::bit_cast<F>(pattern);
  }

 private:
  std::uint64_t state_ = 1;
};

constexpr int cells_per_family = 40'000;

/// x moved by `steps` units in the last place, away from zero where steps > 0.
template <class F>
F moved(F x, int steps) {
  using Bits = std::conditional_t<sizeof(F) == 8, std::int64_t, std::int32_t>;
  return std::bit_cast<F>(static_cast<Bits>(std::bit_cast<Bits>(x) + steps));
}

/// The region that maps show, and a margin of divergence around it.
template <class F>
std::vector<Cell<F>> uniform_cells() {
  Random random;
  std::vector<Cell<F>> cells(cells_per_family);
  for (Cell<F>& cell : cells) cell = {random.unit<F>() * 4, random.unit<F>() * 4 - 2, random.unit<F>() * 2};
  return cells;
}

/// h = alpha lambda a few units in the last place off (1 -+ sqrt(beta))^2, where the eigenvalues meet.
template <class F>
std::vector<Cell<F>> near_critical_cells() {
  Random random;
  std::vector<Cell<F>> cells(cells_per_family);
  for (Cell<F>& cell : cells) {
    const F root = random.unit<F>();
    const F edge = random.below(2) == 0 ? 1 - root : 1 + root;
    const int steps = static_cast<int>(random.below(9)) - 4;
    cell = {edge, root * root, edge > 0 ? moved(edge, steps) : edge};
  }
  return cells;
}

/// Exactly on the critical curve: every number is a short dyadic fraction, so that its square is exact.
template <class F>
std::vector<Cell<F>> critical_cells() {
  Random random;
  std::vector<Cell<F>> cells(cells_per_family);
  for (Cell<F>& cell : cells) {
    const F root = static_cast<F>(random.below(2049)) / 2048;
    const F edge = random.below(2) == 0 ? 1 - root : 1 + root;
    cell = {edge, root * root, edge};
  }
  return cells;
}

/// Close to the edges of stability, where the gap is close to 0: h near 0 and near 2 + 2 beta.
template <class F>
std::vector<Cell<F>> nearly_marginal_cells() {
  Random random;
  std::vector<Cell<F>> cells(cells_per_family);
  for (Cell<F>& cell : cells) {
    const F beta = random.unit<F>() * 2 - 1;
    const F half = 1 + beta;
    const F tiny = random.unit<F>() / static_cast<F>(std::uint64_t{1} << random.below(40));
    const int steps = static_cast<int>(random.below(65)) - 32;
    cell = random.below(2) == 0 ? Cell<F>{tiny, beta, 1} : Cell<F>{2, beta, half > 0 ? moved(half, steps) : half};
  }
  return cells;
}

/// Every exponent and sign.
template <class F>
std::vector<Cell<F>> extreme_cells() {
  Random random;
  std::vector<Cell<F>> cells(cells_per_family);
  for (Cell<F>& cell : cells) cell = {random.finite<F>(), random.finite<F>(), random.finite<F>()};
  return cells;
}

/// Extreme in one parameter, ordinary in the others.
template <class F>
std::vector<Cell<F>> half_extreme_cells() {
  Random random;
  std::vector<Cell<F>> cells(cells_per_family);
  for (Cell<F>& cell : cells) {
    cell = {random.unit<F>() * 4, random.unit<F>() * 4 - 2, random.unit<F>() * 4 - 2};
    F Cell<F>::*const parameters[] = {&Cell<F>::alpha, &Cell<F>::beta, &Cell<F>::lambda};
    cell.*parameters[random.below(3)] = random.finite<F>();
  }
  return cells;
}

/// All triples of numbers that formulas stumble over.
template <class F>
std::vector<Cell<F>> special_cells() {
  using Limits = std::numeric_limits<F>;
  std::vector<F> numbers = {0, 1, 2, 4, 3, F(0.25), F(0.5), 1 - Limits::epsilon(), 1 + Limits::epsilon()};
  numbers.insert(numbers.end(), {Limits::denorm_min(), Limits::min(), Limits::epsilon(), Limits::max()});
  const std::size_t positive = numbers.size();
  for (std::size_t i = 0; i < positive; ++i) numbers.push_back(-numbers[i]);

  std::vector<Cell<F>> cells;
  for (const F alpha : numbers) {
    for (const F beta : numbers) {
      for (const F lambda : numbers) cells.push_back({alpha, beta, lambda});
    }
  }
  return cells;
}

template <class F>
void print_line(const char* family, const char* what, const Fnv1a& hash) {
  std::printf("%s %s %s %016llx\n", sizeof(F) == 8 ? "float64" : "float32", family, what,
              static_cast<unsigned long long>(hash.state()));
}

template <class F>
void print_hashes(const char* family, const std::vector<Cell<F>>& cells) {
  Fnv1a inputs;
  Fnv1a rates;
  Fnv1a gaps;
  Fnv1a regimes;
  Fnv1a roots;
  for (const Cell<F>& cell : cells) {
    inputs.add(cell.alpha);
    inputs.add(cell.beta);
    inputs.add(cell.lambda);
    rates.add(ravine::model::rate(cell));
    gaps.add(ravine::model::gap(cell));
    regimes.add(static_cast<std::uint64_t>(ravine::model::regime(cell)), 1);
    const ravine::model::Roots<F> both = ravine::model::roots(cell);
    for (const F part : {both.re1, both.im1, both.re2, both.im2}) roots.add(part);
  }
  print_line<F>(family, "cells", inputs);
  print_line<F>(family, "rate", rates);
  print_line<F>(family, "gap", gaps);
  print_line<F>(family, "regime", regimes);
  print_line<F>(family, "roots", roots);
}

/// Powers, moments and cumulants after some steps, of every `stride`-th cell.
void print_theory_hashes(const char* family, const std::vector<Cell<double>>& cells) {
  constexpr std::size_t stride = 80;
  Fnv1a powers;
  Fnv1a sequences;
  Fnv1a moments;
  Fnv1a stationary;
  Fnv1a scores;
  for (std::size_t i = 0; i < cells.size(); i += stride) {
    const Cell<double>& cell = cells[i];
    const ravine::model::StepMatrix step = ravine::model::step_matrix(cell);
    for (const std::int64_t k : {0, 1, 7, 1000, (1 << 20) + 1}) {
      const ravine::model::Entries power = ravine::model::step_power_entries(cell, k);
      for (const double entry : {power.yy, power.yx, power.xy, power.xx}) powers.add(entry);
      const ravine::model::StepSequence at = ravine::model::step_sequence(step, k);
      for (const double part : {at.s.value.hi, at.s.value.lo, at.e.value.hi, at.e.value.lo}) sequences.add(part);
      const ravine::model::Moments m = ravine::model::moments_after(cell, {0.5, -1, 0.25}, k);
      for (const double moment : {m.mean_x, m.mean_y, m.var_x, m.var_y, m.cov_xy}) moments.add(moment);
      for (const double loss : {m.loss_deterministic, m.loss_stochastic}) moments.add(loss);
      const ravine::model::Cumulants loss = ravine::model::loss_cumulants(cell.lambda, m.mean_x, m.var_x);
      scores.add(ravine::model::mean_z_score({100, 1, 1}, loss));
      scores.add(ravine::model::variance_z_score({100, 1, 1}, loss));
    }
    const ravine::model::StationaryMoments end = ravine::model::stationary_moments(cell, 0.25);
    for (const double moment : {end.var_x, end.var_y, end.cov_xy, end.loss}) stationary.add(moment);
  }
  print_line<double>(family, "step_power", powers);
  print_line<double>(family, "step_sequence", sequences);
  print_line<double>(family, "moments", moments);
  print_line<double>(family, "stationary_moments", stationary);
  print_line<double>(family, "z_score", scores);
}

void print_all_theory() {
  print_theory_hashes("uniform", uniform_cells<double>());
  print_theory_hashes("near_critical", near_critical_cells<double>());
  print_theory_hashes("critical", critical_cells<double>());
  print_theory_hashes("nearly_marginal", nearly_marginal_cells<double>());
  print_theory_hashes("extreme", extreme_cells<double>());
  print_theory_hashes("special", special_cells<double>());
}

template <class F>
void print_all() {
  print_hashes("uniform", uniform_cells<F>());
  print_hashes("near_critical", near_critical_cells<F>());
  print_hashes("critical", critical_cells<F>());
  print_hashes("nearly_marginal", nearly_marginal_cells<F>());
  print_hashes("extreme", extreme_cells<F>());
  print_hashes("half_extreme", half_extreme_cells<F>());
  print_hashes("special", special_cells<F>());
}

/// Blocks of normal numbers: of neighbouring replicates, so that a compiler may vectorise, at places and steps of all
/// sizes.
template <class F>
void print_normal_hashes() {
  using ravine::model::DrawPlace;
  using ravine::model::NormalBlock;
  constexpr std::uint32_t replicates = 1000;
  Random random;
  Fnv1a places;
  Fnv1a normals;
  std::vector<NormalBlock<F>> blocks(replicates);
  for (int i = 0; i < 100; ++i) {
    const DrawPlace first = {random.bits() >> random.below(64),
                             random.below(ravine::model::most_cells) >> random.below(40),
                             static_cast<std::uint32_t>(random.bits()),
                             static_cast<std::uint32_t>(random.below(ravine::model::most_components))};
    const auto step_block = static_cast<std::uint32_t>(random.bits() >> random.below(64));
    for (const std::uint64_t part : {first.seed, first.cell, std::uint64_t{first.replicate},
                                     std::uint64_t{first.component}, std::uint64_t{step_block}}) {
      places.add(part, 8);
    }
    for (std::uint32_t k = 0; k < replicates; ++k) {
      DrawPlace place = first;
      place.replicate = first.replicate + k;
      blocks[k] = ravine::model::normal_block<F>(place, step_block);
    }
    for (const NormalBlock<F>& block : blocks) {
      for (const F value : block.values) normals.add(value);
    }
  }
  print_line<F>("draws", "cells", places);
  print_line<F>("draws", "normals", normals);
}

/// What is recorded of trajectories with gradient noise: of neighbouring cells, so that a compiler may vectorise.
template <class F>
void print_trajectory_hashes(const char* family, const std::vector<Cell<F>>& cells) {
  using ravine::model::State;
  constexpr std::size_t stride = 40;
  constexpr int steps = 50;
  Fnv1a states;
  Fnv1a losses;
  Fnv1a watches;
  std::vector<Cell<F>> few;
  for (std::size_t i = 0; i < cells.size(); i += stride) few.push_back(cells[i]);
  std::vector<State<F>> modes(few.size(), {F(0.25), F(1)});
  std::vector<ravine::model::Watch<F>> watched(few.size(), ravine::model::no_watch<F>());
  for (int step = 0; step <= steps; ++step) {
    const F normal = ravine::model::normal_block<F>({1, 2, 3, 4}, static_cast<std::uint32_t>(step)).values[1];
    for (std::size_t i = 0; i < few.size() && step > 0; ++i) {
      const F gradient = step % 2 == 0 ? ravine::model::gradient(few[i], modes[i])
                                       : ravine::model::noisy_gradient(few[i], modes[i], F(0.5), normal);
      modes[i] = ravine::model::step(few[i], modes[i], gradient);
      if (step % ravine::model::rest_every == 0) modes[i] = ravine::model::come_to_rest(modes[i]);
    }
    for (std::size_t i = 0; i < few.size(); ++i) {
      const F loss = ravine::model::loss_part(few[i].lambda, modes[i].x);
      watched[i] = ravine::model::watch(watched[i], step, loss, F(0.01));
      states.add(ravine::model::recorded_x(modes[i].x));
      losses.add(ravine::model::recorded_loss(loss));
    }
  }
  for (const ravine::model::Watch<F>& watch : watched) {
    const ravine::model::Peak<F> peak = ravine::model::peak_of(watch);
    watches.add(peak.loss);
    for (const std::int64_t part : {peak.step, watch.first_above, watch.last_above,
                                    ravine::model::steps_to_tolerance(watch, steps), watch.diverged_at}) {
      watches.add(static_cast<std::uint64_t>(part), 8);
    }
    watches.add(static_cast<std::uint64_t>(ravine::model::status_after(watch, steps)), 1);
  }
  print_line<F>(family, "trajectory_x", states);
  print_line<F>(family, "trajectory_loss", losses);
  print_line<F>(family, "trajectory_watch", watches);
}

template <class F>
void print_all_trajectories() {
  print_trajectory_hashes("uniform", uniform_cells<F>());
  print_trajectory_hashes("near_critical", near_critical_cells<F>());
  print_trajectory_hashes("extreme", extreme_cells<F>());
  print_trajectory_hashes("special", special_cells<F>());
}

/// A study of a mode that settles and one that diverges: states, and what is kept of the losses.
template <class F>
void print_study_hashes() {
  using ravine::model::CellSums;
  using ravine::model::State;
  using ravine::model::Sums;
  constexpr std::uint32_t replicates = 512;
  constexpr std::uint64_t steps = 100;
  constexpr ravine::model::Bins bins = {-8, 8, 3};
  Fnv1a states;
  Fnv1a sums;
  Fnv1a numbers;
  for (const Cell<F>& cell : {Cell<F>{F(0.3), F(0.8), F(1.25)}, Cell<F>{4, F(0.5), 1}}) {
    std::vector<State<F>> of(replicates, {F(0.25), F(-1)});
    CellSums all;
    for (std::uint64_t step = 0; step < steps; ++step) {
      for (std::uint32_t r = 0; r < replicates; ++r) {
        const F normal = ravine::model::normal_at<F>({1, 2, r, 3}, step);
        of[r] = ravine::model::step(cell, of[r], ravine::model::noisy_gradient(cell, of[r], F(0.5), normal));
        if ((step + 1) % ravine::model::rest_every == 0) of[r] = ravine::model::come_to_rest(of[r]);
      }
      Sums block = ravine::model::no_sums();
      for (const State<F>& state : of) {
        const F loss = ravine::model::loss_part(cell.lambda, state.x);
        const bool counts = ravine::model::is_finite_value(loss);
        const auto value = static_cast<double>(ravine::model::recorded_loss(loss));
        block = block + ravine::model::sums_of(value, 0.125, counts);
        numbers.add(static_cast<std::uint64_t>(ravine::model::bin_of(bins, value)), 8);
        states.add(ravine::model::recorded_x(state.x));
      }
      all = all + block;
      for (const double sum : {all.sum.hi, all.sum.lo, all.squares.hi, all.squares.lo, all.least, all.most}) {
        sums.add(ravine::model::recorded_x(sum));
      }
    }
  }
  print_line<F>("study", "x", states);
  print_line<F>("study", "sums", sums);
  print_line<F>("study", "bins", numbers);
}

}  // namespace

int main() {
  std::printf("model_version %d\n", ravine::model_version);
  print_all<double>();
  print_all<float>();
  print_normal_hashes<double>();
  print_normal_hashes<float>();
  print_all_theory();
  print_all_trajectories<double>();
  print_all_trajectories<float>();
  print_study_hashes<double>();
  print_study_hashes<float>();
}
