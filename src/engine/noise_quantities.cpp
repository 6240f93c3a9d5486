// What a noise study puts down of a cell whose replicates are all in.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/noise_study.hpp"
#include "engine/replicate_statistics.hpp"
#include "ravine/replay.hpp"

namespace ravine {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// As stored: code_names(Quantity::moments).
enum class MomentsCode : std::uint8_t { not_computed = 0, exist = 1, do_not_exist = 2 };

/// One NaN for all: the sign and payload of others depend on the machine.
double canonical(double value) {
  return std::isnan(value) ? none : value;
}

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
    if (source_of(quantity) == Source::sample || source_of(quantity) == Source::stationary) continue;
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
          reals[k * probabilities.size() + p] = quantile_of(&cell.bins[k * bin_count], edges, probabilities[p]);
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

/// The first replicate by itself.
template <class F>
void NoiseStudy<F>::store_sample(const NoiseCell<F>& cell, TileData& data) const {
  const auto is_kept = [](const Field& field) { return source_of(field.quantity) == Source::sample; };
  if (std::none_of(fields_.begin(), fields_.end(), is_kept)) return;
  ReplayRequest request;
  request.cell = cell.place.number;
  std::size_t k = 0;
  replay(spec_, request, [&](const ReplayedStep& step) {
    for (std::size_t q = 0; q < fields_.size(); ++q) {
      if (source_of(fields_[q].quantity) != Source::sample) continue;
      F* const values = values_in<F>(data, q, cell.place.position, fields_[q].values_per_cell());
      if (fields_[q].quantity == Quantity::sample_loss) {
        values[k] = static_cast<F>(step.loss);
      } else {
        std::transform(step.x.begin(), step.x.end(), values + k * step.x.size(),
                       [](double x) { return static_cast<F>(x); });
      }
    }
    ++k;
  });
}

template <class F>
void NoiseStudy<F>::store_stationary(const NoiseCell<F>& cell, TileData& data) const {
  const std::size_t components = cells_.components();
  const auto is_kept = [](const Field& field) { return source_of(field.quantity) == Source::stationary; };
  if (std::none_of(fields_.begin(), fields_.end(), is_kept)) return;
  std::vector<model::StationaryMoments> modes;
  bool exist = true;
  double loss = 0;
  for (std::size_t i = 0; i < components; ++i) {
    modes.push_back(model::stationary_moments(mode(cell.place, i), variance(i)));
    exist = exist && modes.back().exist;
    loss += modes.back().loss;
  }
  for (std::size_t q = 0; q < fields_.size(); ++q) {
    const Quantity quantity = fields_[q].quantity;
    if (source_of(quantity) != Source::stationary) continue;
    if (quantity == Quantity::moments) {
      *values_in<std::uint8_t>(data, q, cell.place.position, 1) =
          static_cast<std::uint8_t>(exist ? MomentsCode::exist : MomentsCode::do_not_exist);
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

template void NoiseStudy<double>::store(const NoiseCell<double>&, TileData&) const;
template void NoiseStudy<float>::store(const NoiseCell<float>&, TileData&) const;

}  // namespace ravine
