#include "engine/noise_study.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "cpu/ensemble_loops.hpp"
#include "ravine/model/trajectory.hpp"
#include "ravine/model/z_score.hpp"

namespace ravine {
namespace {

constexpr std::size_t group_size = model::group_replicates;

template <class Is>
bool any(const std::vector<Quantity>& quantities, Is is) {
  return std::any_of(quantities.begin(), quantities.end(), is);
}

/// An expectation as a shift, where values of type F can be near it. Beyond, those that are left are elsewhere.
template <class F>
double shift_of(double expectation) {
  return std::abs(expectation) <= static_cast<double>(model::Range<F>::largest) ? expectation : 0;
}

/// model::propagation of recorded steps, asked for in order. A power is made of that of half the steps, and where that
/// step is recorded too it is at hand: so studies that record every step take one or two products a step, not log k.
class Propagations {
 public:
  Propagations(const model::NoisyStep& noisy, const std::vector<std::int64_t>& steps) : noisy_(noisy), steps_(steps) {}

  model::Propagation next() {
    const std::int64_t step = steps_[asked_++];
    const model::Propagation found = of(step);
    if (step <= steps_.back() / 2) kept_.push_back(found);
    return found;
  }

 private:
  [[nodiscard]] model::Propagation of(std::int64_t step) const {
    if (step == 0) return model::no_propagation();
    const auto end = steps_.begin() + static_cast<std::ptrdiff_t>(kept_.size());
    const auto at = std::lower_bound(steps_.begin(), end, step);
    if (at != end && *at == step) return kept_[static_cast<std::size_t>(at - steps_.begin())];
    return model::propagation_from_half(noisy_, of(step / 2), step);
  }

  const model::NoisyStep& noisy_;
  const std::vector<std::int64_t>& steps_;
  std::size_t asked_ = 0;
  std::vector<model::Propagation> kept_;  // of the first steps, up to half the last
};

}  // namespace

double expected_loss(const model::Moments* components, std::size_t count) {
  double loss = 0;
  for (std::size_t i = 0; i < count; ++i) loss += components[i].loss_deterministic + components[i].loss_stochastic;
  return loss;
}

// --- construction ---

template <class F>
NoiseStudy<F>::NoiseStudy(const Spec& spec, const Grid& grid)
    : spec_(spec),
      fields_(fields_of(spec)),
      cells_(spec, grid),
      noise_(*spec.ensemble->noise),
      recorded_(kept_steps(spec)),
      has_samples_(any(spec.quantities, needs_replicates)),
      has_theory_(
          any(spec.quantities,
              [](Quantity quantity) { return needs_replicates(quantity) || source_of(quantity) == Source::theory; })),
      has_bins_(any(spec.quantities, [](Quantity quantity) { return source_of(quantity) == Source::bins; })) {
  for (const double variance : noise_.variance) deviation_.push_back(static_cast<F>(std::sqrt(variance)));
}

template <class F>
std::int64_t NoiseStudy<F>::blocks() const {
  return has_samples_ ? (noise_.replicates + model::block_replicates - 1) / model::block_replicates : 0;
}

template <class F>
std::int64_t NoiseStudy<F>::replicates_in(std::int64_t block) const {
  return std::min(model::block_replicates, noise_.replicates - block * model::block_replicates);
}

template <class F>
model::Bins NoiseStudy<F>::bins() const {
  return {noise_.histogram.from, noise_.histogram.to, noise_.histogram.bits_per_octave};
}

template <class F>
std::int64_t NoiseStudy<F>::block_bytes() const {
  const auto steps = static_cast<std::int64_t>(recorded_.size());
  const std::int64_t bin_bytes =
      has_bins_ ? noise_.histogram.bins() * static_cast<std::int64_t>(sizeof(std::uint32_t)) : 0;
  const auto sum_bytes = static_cast<std::int64_t>(variables() * sizeof(model::Sums) + sizeof(std::int64_t));
  return steps * (sum_bytes + bin_bytes);
}

template <class F>
model::DrawPlace NoiseStudy<F>::draws(const NoiseCell<F>& cell, std::int64_t block, std::size_t component) const {
  const std::int64_t number = noise_.common_random_numbers ? 0 : cell.place.number;
  return {static_cast<std::uint64_t>(noise_.seed), static_cast<std::uint64_t>(number),
          static_cast<std::uint32_t>(noise_.first_replicate + block * model::block_replicates),
          static_cast<std::uint32_t>(component)};
}

// --- theory ---

template <class F>
model::Cell<double> NoiseStudy<F>::mode(const typename EnsembleCells<F>::Place& place, std::size_t component) const {
  return {static_cast<double>(place.alpha), static_cast<double>(place.beta),
          static_cast<double>(cells_.lambda(place, component))};
}

/// That of the errors as they are drawn: in float32 the deviation is rounded to 24 bits.
template <class F>
double NoiseStudy<F>::variance(std::size_t component) const {
  if (sizeof(F) == sizeof(double)) return noise_.variance[noise_.variance.size() == 1 ? 0 : component];
  const auto drawn = static_cast<double>(deviation(component));
  return drawn * drawn;
}

template <class F>
std::vector<model::Moments> NoiseStudy<F>::theory_of(const typename EnsembleCells<F>::Place& place) const {
  const std::size_t components = cells_.components();
  std::vector<model::Moments> theory(recorded_.size() * components);
  for (std::size_t i = 0; i < components; ++i) {
    const model::Cell<double> cell = mode(place, i);
    const model::NoisyStart start = {static_cast<double>(cells_.start_y(i)), static_cast<double>(cells_.start_x(i)),
                                     variance(i)};
    const model::NoisyStep noisy = model::noisy_step(cell);
    Propagations propagations(noisy, recorded_);
    for (std::size_t k = 0; k < recorded_.size(); ++k) {
      theory[k * components + i] = model::moments_after(cell, start, noisy, propagations.next());
    }
  }
  return theory;
}

template <class F>
NoiseCell<F> NoiseStudy<F>::begin(std::int64_t number) const {
  const std::size_t components = cells_.components();
  NoiseCell<F> cell;
  cell.place = cells_.at(number);
  if (has_theory_) cell.theory = theory_of(cell.place);
  cell.finite.assign(recorded_.size(), 0);
  cell.sums.resize(recorded_.size() * variables());
  if (has_bins_) cell.bins.assign(recorded_.size() * static_cast<std::size_t>(noise_.histogram.bins()), 0);
  if (!has_samples_) return cell;
  for (std::size_t k = 0; k < recorded_.size(); ++k) {
    const model::Moments* const at_step = &cell.theory[k * components];
    cell.shifts.push_back(shift_of<F>(expected_loss(at_step, components)));
    for (std::size_t i = 0; i < components; ++i) cell.shifts.push_back(shift_of<F>(at_step[i].mean_x));
  }
  return cell;
}

// --- replicates ---

template <class F>
BlockSums NoiseStudy<F>::no_block() const {
  BlockSums block;
  block.finite.assign(recorded_.size(), 0);
  block.sums.assign(recorded_.size() * variables(), model::no_sums());
  if (has_bins_) block.bins.assign(recorded_.size() * static_cast<std::size_t>(noise_.histogram.bins()), 0);
  return block;
}

template <class F>
void NoiseStudy<F>::simulate(const NoiseCell<F>& cell, std::int64_t block, BlockSums& out,
                             const TileEvaluator::Interrupted& interrupted) const {
  const cpu::EnsembleLoops<F>& loops = cpu::ensemble_loops<F>();
  const std::size_t components = cells_.components();
  const model::Bins bins = this->bins();
  const auto bin_count = static_cast<std::size_t>(model::bin_count(bins));
  std::vector<F> y(components * group_size);
  std::vector<F> x(components * group_size);
  constexpr std::size_t group_normals = model::NormalBlock<F>::size * group_size;
  std::vector<F> normals(components * group_normals);
  std::vector<cpu::Group<F>> groups;
  for (std::size_t i = 0; i < components; ++i) {
    const model::Cell<F> parameters = {cell.place.alpha, cell.place.beta, cells_.lambda(cell.place, i)};
    groups.push_back({parameters, deviation(i), draws(cell, block, i), y.data() + i * group_size,
                      x.data() + i * group_size, normals.data() + i * group_normals});
  }
  F losses[group_size];
  std::uint8_t marks[group_size];
  const std::int64_t replicates = replicates_in(block);
  constexpr std::int64_t steps_at_once = std::int64_t{1} << 16;
  for (std::int64_t done = 0; done < replicates && !interrupted(); done += model::group_replicates) {
    for (std::size_t i = 0; i < components; ++i) {
      std::fill_n(groups[i].y, group_size, cells_.start_y(i));
      std::fill_n(groups[i].x, group_size, cells_.start_x(i));
    }
    const auto count = static_cast<std::size_t>(std::min<std::int64_t>(model::group_replicates, replicates - done));
    std::int64_t at = 0;
    for (std::size_t k = 0; k < recorded_.size(); ++k) {
      std::fill_n(losses, group_size, F(0));
      for (const cpu::Group<F>& group : groups) {
        for (std::int64_t from = at; from < recorded_[k] && !interrupted(); from += steps_at_once) {
          loops.advance_noisy(group, {from, std::min(recorded_[k], from + steps_at_once)});
        }
        loops.add_losses(group, losses);
      }
      at = recorded_[k];
      out.finite[k] += loops.mark_finite(losses, count, marks);
      const std::size_t first = k * variables();
      out.sums[first] = out.sums[first] + loops.sum_group(losses, marks, cell.shifts[first]);
      for (std::size_t i = 0; i < components; ++i) {
        model::Sums& sums = out.sums[first + 1 + i];
        sums = sums + loops.sum_group(groups[i].x, marks, cell.shifts[first + 1 + i]);
      }
      for (std::size_t r = 0; has_bins_ && r < count; ++r) {
        const auto bin = static_cast<std::size_t>(model::bin_of(bins, static_cast<double>(losses[r])));
        if (marks[r] != 0) ++out.bins[k * bin_count + bin];
      }
    }
    for (cpu::Group<F>& group : groups) group.first.replicate += model::group_replicates;
  }
}

template <class F>
void NoiseStudy<F>::fold(const BlockSums& block, NoiseCell<F>& cell) const {
  fold(BlockResult{block.finite, block.sums}, cell);
  fold_bins(block.bins, cell);
}

template <class F>
void NoiseStudy<F>::fold(const BlockResult& block, NoiseCell<F>& cell) const {
  std::transform(cell.finite.begin(), cell.finite.end(), block.finite.begin(), cell.finite.begin(),
                 std::plus<std::int64_t>());
  std::transform(cell.sums.begin(), cell.sums.end(), block.sums.begin(), cell.sums.begin(),
                 [](const model::CellSums& sums, const model::Sums& part) { return sums + part; });
}

template <class F>
void NoiseStudy<F>::fold_bins(std::span<const std::uint32_t> bins, NoiseCell<F>& cell) const {
  std::transform(bins.begin(), bins.end(), cell.bins.begin(), cell.bins.begin(),
                 [](std::uint32_t part, std::int64_t count) { return count + part; });
}

template class NoiseStudy<double>;
template class NoiseStudy<float>;

}  // namespace ravine
