#include "engine/noise_study.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "cpu/ensemble_loops.hpp"
#include "ravine/model/trajectory.hpp"
#include "ravine/model/z_score.hpp"

namespace ravine {
namespace {

constexpr std::size_t group_size = model::group_replicates;
constexpr double none = std::numeric_limits<double>::quiet_NaN();

// --- which quantities need what ---

bool is_sample(Quantity quantity) {
  return quantity == Quantity::sample_loss || quantity == Quantity::sample_x;
}
bool is_stationary(Quantity quantity) {
  return quantity >= Quantity::stationary_loss && quantity <= Quantity::moments;
}
bool is_of_replicates(Quantity quantity) {
  return (quantity >= Quantity::mean_loss && quantity <= Quantity::quantiles) || quantity >= Quantity::z_mean_loss;
}
bool has_bins_for(Quantity quantity) {
  return quantity == Quantity::histogram || quantity == Quantity::quantiles;
}

bool any(const std::vector<Quantity>& quantities, bool (*is)(Quantity)) {
  return std::any_of(quantities.begin(), quantities.end(), is);
}

// --- statistics of a variable ---

/// Count, mean and variance of the replicates of one variable at one step.
struct Statistics {
  std::int64_t count;
  double mean;
  double variance;
  double least;
  double most;
};

Statistics statistics_of(const model::CellSums& sums, double shift, std::int64_t count) {
  if (count == 0) return {0, none, none, none, none};
  const model::Pair<double> n = {static_cast<double>(count), 0};
  const model::Pair<double> offset = model::divide(sums.sum, n);
  const double mean = model::add(offset, {shift, 0}).hi;
  if (count == 1) return {1, mean, none, sums.least, sums.most};
  const model::Pair<double> about_mean = model::add(sums.squares, -model::multiply(sums.sum, offset));
  const model::Pair<double> variance = model::divide(about_mean, {n.hi - 1, 0});
  return {count, mean, std::max(variance.hi, 0.0), sums.least, sums.most};
}

double standard_error(const Statistics& statistics) {
  return statistics.count < 2 ? none : std::sqrt(statistics.variance / static_cast<double>(statistics.count));
}

/// The z-scores of replicates some of which diverged mean nothing: those that are left are no sample of all.
model::Sample sample_of(const Statistics& statistics, std::int64_t replicates) {
  if (statistics.count != replicates) return {0, none, none};
  return {statistics.count, statistics.mean, statistics.variance};
}

double expected_loss(const model::Moments* components, std::size_t count) {
  double loss = 0;
  for (std::size_t i = 0; i < count; ++i) loss += components[i].loss_deterministic + components[i].loss_stochastic;
  return loss;
}

/// One NaN for all: the sign and payload of others depend on the machine.
double canonical(double value) {
  return std::isnan(value) ? none : value;
}

double finite_or_zero(double value) {
  return model::is_finite(value) ? value : 0;
}

/// The middle of the bin that holds the nearest rank of probability p: half a bin off at most. Below the histogram it
/// is 0, above it infinite.
double quantile(const std::int64_t* counts, const model::Bins& bins, const std::vector<double>& edges, double p) {
  const auto size = static_cast<std::size_t>(model::bin_count(bins));
  std::int64_t total = 0;
  for (std::size_t k = 0; k < size; ++k) total += counts[k];
  if (total == 0) return none;
  const auto rank = std::max<std::int64_t>(static_cast<std::int64_t>(std::ceil(p * static_cast<double>(total))), 1);
  std::int64_t seen = 0;
  std::size_t bin = 0;
  while (bin + 1 < size && seen + counts[bin] < rank) seen += counts[bin++];
  if (bin == 0) return 0;
  if (bin + 1 == size) return std::numeric_limits<double>::infinity();
  return edges[bin] + (edges[bin + 1] - edges[bin]) / 2;
}

template <class F>
model::Cell<double> widened(const EnsembleCells<F>& cells, const typename EnsembleCells<F>::Place& place,
                            std::size_t component) {
  return {static_cast<double>(place.alpha), static_cast<double>(place.beta),
          static_cast<double>(cells.lambda(place, component))};
}

double variance_of(const Noise& noise, std::size_t component) {
  return noise.variance[noise.variance.size() == 1 ? 0 : component];
}

}  // namespace

// --- construction ---

template <class F>
NoiseStudy<F>::NoiseStudy(const Spec& spec, const Grid& grid)
    : fields_(fields_of(spec)),
      cells_(spec, grid),
      noise_(*spec.ensemble->noise),
      recorded_(recorded_steps(spec.ensemble->record)),
      has_samples_(any(spec.quantities, is_of_replicates)),
      has_theory_(!std::all_of(spec.quantities.begin(), spec.quantities.end(),
                               [](Quantity quantity) { return is_sample(quantity) || is_stationary(quantity); })),
      has_bins_(any(spec.quantities, has_bins_for)) {
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
std::vector<model::Moments> NoiseStudy<F>::theory_of(const typename EnsembleCells<F>::Place& place) const {
  const std::size_t components = cells_.components();
  std::vector<model::Moments> theory(recorded_.size() * components);
  for (std::size_t i = 0; i < components; ++i) {
    const model::Cell<double> cell = widened(cells_, place, i);
    const model::NoisyStart start = {static_cast<double>(cells_.start_y(i)), static_cast<double>(cells_.start_x(i)),
                                     variance_of(noise_, i)};
    const model::NoisyStep noisy = model::noisy_step(cell);
    for (std::size_t k = 0; k < recorded_.size(); ++k) {
      theory[k * components + i] = model::moments_after(cell, start, noisy, model::propagation(noisy, recorded_[k]));
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
    cell.shifts.push_back(finite_or_zero(expected_loss(at_step, components)));
    for (std::size_t i = 0; i < components; ++i) cell.shifts.push_back(finite_or_zero(at_step[i].mean_x));
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
void NoiseStudy<F>::simulate(const NoiseCell<F>& cell, std::int64_t block, BlockSums& out) const {
  const cpu::EnsembleLoops<F>& loops = cpu::ensemble_loops<F>();
  const std::size_t components = cells_.components();
  const model::Bins bins = this->bins();
  const auto bin_count = static_cast<std::size_t>(model::bin_count(bins));
  std::vector<F> y(components * group_size);
  std::vector<F> x(components * group_size);
  std::vector<cpu::Group<F>> groups;
  for (std::size_t i = 0; i < components; ++i) {
    const model::Cell<F> parameters = {cell.place.alpha, cell.place.beta, cells_.lambda(cell.place, i)};
    groups.push_back(
        {parameters, deviation(i), draws(cell, block, i), y.data() + i * group_size, x.data() + i * group_size});
  }
  F losses[group_size];
  std::uint8_t marks[group_size];
  const std::int64_t replicates = replicates_in(block);
  for (std::int64_t done = 0; done < replicates; done += model::group_replicates) {
    for (std::size_t i = 0; i < components; ++i) {
      std::fill_n(groups[i].y, group_size, cells_.start_y(i));
      std::fill_n(groups[i].x, group_size, cells_.start_x(i));
    }
    const auto count = static_cast<std::size_t>(std::min<std::int64_t>(model::group_replicates, replicates - done));
    std::int64_t at = 0;
    for (std::size_t k = 0; k < recorded_.size(); ++k) {
      std::fill_n(losses, group_size, F(0));
      for (const cpu::Group<F>& group : groups) {
        loops.advance_noisy(group, {at, recorded_[k]});
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
  std::transform(cell.finite.begin(), cell.finite.end(), block.finite.begin(), cell.finite.begin(),
                 std::plus<std::int64_t>());
  std::transform(cell.sums.begin(), cell.sums.end(), block.sums.begin(), cell.sums.begin(),
                 [](const model::CellSums& sums, const model::Sums& part) { return sums + part; });
  std::transform(cell.bins.begin(), cell.bins.end(), block.bins.begin(), cell.bins.begin(),
                 [](std::int64_t count, std::uint32_t part) { return count + part; });
}

// --- what is stored ---

namespace {

/// One quantity of a cell at a recorded step; per_component where it has a value for each.
template <class F>
class StepValues {
 public:
  StepValues(const NoiseStudy<F>& study, const NoiseCell<F>& cell) : study_(study), cell_(cell) {}

  [[nodiscard]] double loss(Quantity quantity, std::size_t k) const {
    const Statistics found = statistics(k, 0);
    switch (quantity) {
      case Quantity::mean_loss:
        return found.mean;
      case Quantity::variance_loss:
        return found.variance;
      case Quantity::standard_error_loss:
        return standard_error(found);
      case Quantity::min_loss:
        return found.least;
      case Quantity::max_loss:
        return found.most;
      case Quantity::expected_loss:
        return expected_loss(theory(k), components());
      case Quantity::expected_loss_deterministic:
        return summed(k, [](const model::Moments& moments) { return moments.loss_deterministic; });
      case Quantity::expected_loss_stochastic:
        return summed(k, [](const model::Moments& moments) { return moments.loss_stochastic; });
      case Quantity::expected_variance_loss:
        return model::to_double(cumulants(k).second);
      case Quantity::z_mean_loss:
        return model::mean_z_score(sample(found), cumulants(k));
      case Quantity::z_variance_loss:
        return model::variance_z_score(sample(found), cumulants(k));
      default:
        return none;
    }
  }

  [[nodiscard]] double x(Quantity quantity, std::size_t k, std::size_t component) const {
    const Statistics found = statistics(k, 1 + component);
    const model::Moments& moments = theory(k)[component];
    switch (quantity) {
      case Quantity::mean_x:
        return found.mean;
      case Quantity::variance_x:
        return found.variance;
      case Quantity::standard_error_x:
        return standard_error(found);
      case Quantity::min_x:
        return found.least;
      case Quantity::max_x:
        return found.most;
      case Quantity::expected_x:
        return moments.mean_x;
      case Quantity::expected_variance_x:
        return moments.var_x;
      case Quantity::z_mean_x:
        return model::mean_z_score(sample(found), model::gaussian_cumulants(moments.mean_x, moments.var_x));
      case Quantity::z_variance_x:
        return model::variance_z_score(sample(found), model::gaussian_cumulants(moments.mean_x, moments.var_x));
      default:
        return none;
    }
  }

 private:
  [[nodiscard]] std::size_t components() const { return study_.cells().components(); }
  [[nodiscard]] const model::Moments* theory(std::size_t k) const { return &cell_.theory[k * components()]; }
  [[nodiscard]] Statistics statistics(std::size_t k, std::size_t variable) const {
    if (cell_.shifts.empty()) return {0, none, none, none, none};
    const std::size_t at = k * study_.variables() + variable;
    return statistics_of(cell_.sums[at], cell_.shifts[at], cell_.finite[k]);
  }
  [[nodiscard]] model::Sample sample(const Statistics& found) const {
    return sample_of(found, study_.noise().replicates);
  }
  template <class Part>
  [[nodiscard]] double summed(std::size_t k, Part part) const {
    double sum = 0;
    for (std::size_t i = 0; i < components(); ++i) sum += part(theory(k)[i]);
    return sum;
  }
  [[nodiscard]] model::Cumulants cumulants(std::size_t k) const {
    const auto of = [&](std::size_t i) {
      const auto lambda = static_cast<double>(study_.cells().lambda(cell_.place, i));
      return model::loss_cumulants(lambda, theory(k)[i].mean_x, theory(k)[i].var_x);
    };
    model::Cumulants all = of(0);
    for (std::size_t i = 1; i < components(); ++i) all = all + of(i);
    return all;
  }

  const NoiseStudy<F>& study_;
  const NoiseCell<F>& cell_;
};

}  // namespace

template <class F>
void NoiseStudy<F>::store(const NoiseCell<F>& cell, TileData& data) const {
  const StepValues<F> values(*this, cell);
  const std::size_t components = cells_.components();
  const std::vector<double> edges = has_bins_ ? noise_.histogram.edges() : std::vector<double>();
  const auto bin_count = static_cast<std::size_t>(noise_.histogram.bins());
  for (std::size_t q = 0; q < fields_.size(); ++q) {
    const Quantity quantity = fields_[q].quantity;
    if (is_sample(quantity) || is_stationary(quantity)) continue;
    const std::int64_t per_cell = fields_[q].values_per_cell();
    auto* const reals = values_in<double>(data, q, cell.place.position, per_cell);
    auto* const counts = values_in<std::int64_t>(data, q, cell.place.position, per_cell);
    if (quantity == Quantity::histogram) {
      std::copy(cell.bins.begin(), cell.bins.end(), counts);
      continue;
    }
    const std::vector<double>& probabilities = noise_.histogram.quantiles;
    for (std::size_t k = 0; k < recorded_.size(); ++k) {
      if (quantity == Quantity::diverged) {
        counts[k] = noise_.replicates - cell.finite[k];
      } else if (quantity == Quantity::quantiles) {
        for (std::size_t p = 0; p < probabilities.size(); ++p) {
          reals[k * probabilities.size() + p] = quantile(&cell.bins[k * bin_count], bins(), edges, probabilities[p]);
        }
      } else if (info_of(quantity).inner == Inner::step) {
        reals[k] = canonical(values.loss(quantity, k));
      } else {
        for (std::size_t i = 0; i < components; ++i) reals[k * components + i] = canonical(values.x(quantity, k, i));
      }
    }
  }
  store_sample(cell, data);
  store_stationary(cell, data);
}

/// The first replicate by itself, as ravine replay computes it.
template <class F>
void NoiseStudy<F>::store_sample(const NoiseCell<F>& cell, TileData& data) const {
  const std::size_t components = cells_.components();
  const auto is_kept = [](const Field& field) { return is_sample(field.quantity); };
  if (std::none_of(fields_.begin(), fields_.end(), is_kept)) return;
  std::vector<F> losses(recorded_.size(), F(0));
  std::vector<F> xs(recorded_.size() * components);
  for (std::size_t i = 0; i < components; ++i) {
    const model::Cell<F> parameters = {cell.place.alpha, cell.place.beta, cells_.lambda(cell.place, i)};
    const model::DrawPlace place = draws(cell, 0, i);
    model::State<F> state = {cells_.start_y(i), cells_.start_x(i)};
    std::int64_t step = 0;
    for (std::size_t k = 0; k < recorded_.size(); ++k) {
      while (step < recorded_[k]) {
        const F normal = model::normal_at<F>(place, static_cast<std::uint64_t>(step));
        state = model::step(parameters, state, model::noisy_gradient(parameters, state, deviation(i), normal));
        if (++step % model::rest_every == 0) state = model::come_to_rest(state);
      }
      xs[k * components + i] = state.x;
      losses[k] += model::loss_part(parameters.lambda, state.x);
    }
  }
  for (std::size_t q = 0; q < fields_.size(); ++q) {
    if (!is_sample(fields_[q].quantity)) continue;
    F* const values = values_in<F>(data, q, cell.place.position, fields_[q].values_per_cell());
    if (fields_[q].quantity == Quantity::sample_loss) {
      std::transform(losses.begin(), losses.end(), values, [](F loss) { return model::recorded_loss(loss); });
    } else {
      std::transform(xs.begin(), xs.end(), values, [](F x) { return model::recorded_x(x); });
    }
  }
}

template <class F>
void NoiseStudy<F>::store_stationary(const NoiseCell<F>& cell, TileData& data) const {
  const std::size_t components = cells_.components();
  const auto is_kept = [](const Field& field) { return is_stationary(field.quantity); };
  if (std::none_of(fields_.begin(), fields_.end(), is_kept)) return;
  std::vector<model::StationaryMoments> modes;
  bool exist = true;
  double loss = 0;
  for (std::size_t i = 0; i < components; ++i) {
    modes.push_back(model::stationary_moments(widened(cells_, cell.place, i), variance_of(noise_, i)));
    exist = exist && modes.back().exist;
    loss += modes.back().loss;
  }
  for (std::size_t q = 0; q < fields_.size(); ++q) {
    const Quantity quantity = fields_[q].quantity;
    if (!is_stationary(quantity)) continue;
    if (quantity == Quantity::moments) {
      *values_in<std::uint8_t>(data, q, cell.place.position, 1) = exist ? 1 : 2;
      continue;
    }
    auto* const values = values_in<double>(data, q, cell.place.position, fields_[q].values_per_cell());
    if (quantity == Quantity::stationary_loss) {
      values[0] = exist ? loss : none;
      continue;
    }
    for (std::size_t i = 0; i < components; ++i) {
      values[i] = quantity == Quantity::stationary_x2   ? modes[i].var_x
                  : quantity == Quantity::stationary_y2 ? modes[i].var_y
                                                        : modes[i].cov_xy;
    }
  }
}

template class NoiseStudy<double>;
template class NoiseStudy<float>;

}  // namespace ravine
