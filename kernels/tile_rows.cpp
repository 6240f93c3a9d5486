#include "kernels/tile_rows.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <span>

namespace ravine::cuda {
namespace {

/// Columns from which on bands are searched, which takes some twenty exact signs a row: the number of the cpu, where it
/// was measured.
constexpr std::int64_t least_columns_for_bands = 64;

bool has_band_value(Quantity quantity) {
  return quantity == Quantity::rate || quantity == Quantity::gap || quantity == Quantity::regime;
}

template <class F>
bool keeps_direction(std::span<const F> values) {
  return std::is_sorted(values.begin(), values.end()) ||
         std::is_sorted(values.begin(), values.end(), std::greater<F>());
}

}  // namespace

template <class F>
SpectrumOnDevice<F>::SpectrumOnDevice(const Axis& axis) : values_(static_cast<std::size_t>(axis.size())) {
  std::vector<F> values(values_.size());
  fill_rounded<F>(axis, 0, values);
  const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
  view_ = {values_.data(), axis.size(), {*smallest, *largest}, keeps_direction<F>(values)};
  const Stream stream;
  copy_to_device_async<F>(values, values_.span(), stream);
  stream.synchronize();
}

template <class F>
TileRows<F>::TileRows(const MapPlan& plan, const SpectrumOnDevice<F>* spectrum)
    : plan_(plan), spectrum_(spectrum), axes_(plan), in_band_(plan.spec().quantities.size()) {
  const auto rows = static_cast<std::size_t>(plan.rows());
  slowest_ = DeviceBuffer<F>(rows);
  slower_ = DeviceBuffer<F>(rows);
  columns_ = DeviceBuffer<std::int64_t>(rows);
  bands_ = DeviceBuffer<model::Band>(rows);
  if (spectrum_ != nullptr) bands_at_largest_ = DeviceBuffer<model::Band>(rows);
  const std::size_t betas =
      plan.axis_named("beta") == kernel_axes - 1 ? static_cast<std::size_t>(plan.row_length()) : rows;
  for (std::size_t q = 0; q < in_band_.size(); ++q) {
    const Quantity quantity = plan.spec().quantities[q];
    if (!has_band_value(quantity)) continue;
    in_band_[q] = DeviceBuffer<std::byte>(betas * value_bytes(quantity, plan.spec().precision));
  }
}

template <class F>
std::int64_t TileRows<F>::bytes() const {
  std::size_t sum = (slowest_.size() + slower_.size()) * sizeof(F) + columns_.size() * sizeof(std::int64_t) +
                    (bands_.size() + bands_at_largest_.size()) * sizeof(model::Band);
  for (const DeviceBuffer<std::byte>& table : in_band_) sum += table.size();
  return axes_.bytes() + static_cast<std::int64_t>(sum);
}

template <class F>
void TileRows<F>::queue(const Queue& queue, const Box& tile) {
  axes_.queue(queue.stream, tile);
  queue_unfold_rows<F>(queue, axes_.view(), {slowest_.data(), slower_.data(), columns_.data(), plan_.rows()});
  view_.rows = {parameter("alpha"), parameter("beta"), parameter("lambda"),
                columns_.data(),    bands_.data(),     plan_.row_length()};
  view_.worst_by = plan_.options().worst_by;
  queue_bands_of(queue, spectrum_ == nullptr ? F(0) : spectrum_->view().ends.smallest, bands_);
  if (spectrum_ != nullptr) {
    queue_bands_of(queue, spectrum_->view().ends.largest, bands_at_largest_);
    view_.worst = WorstCase<F>{spectrum_->view(), bands_at_largest_.data()};
  }
  queue_band_tables(queue);
}

/// Without bands, none: a map without beta has no complex eigenvalues, short rows are not worth the search, and the
/// search needs values that keep their direction.
template <class F>
bool TileRows<F>::can_have_bands() const {
  const std::size_t fastest = kernel_axes - 1;
  const std::span<const F> columns = axes_.on_host(fastest);
  return plan_.axis_named("beta") && std::ssize(columns) >= least_columns_for_bands && keeps_direction(columns);
}

template <class F>
void TileRows<F>::queue_bands_of(const Queue& queue, F lambda, DeviceBuffer<model::Band>& bands) const {
  if (!can_have_bands()) {
    fill_with_zeros_async(bands.span(), queue.stream);
    return;
  }
  const std::size_t fastest = kernel_axes - 1;
  const auto along = [&] {
    if (plan_.axis_named("alpha") == fastest) return model::Along::alpha;
    return plan_.axis_named("beta") == fastest ? model::Along::beta : model::Along::lambda;
  };
  const Parameter<F> lambdas = spectrum_ == nullptr ? view_.rows.lambda : Parameter<F>{nullptr, false};
  queue_bands<F>(queue,
                 {view_.rows.alpha, view_.rows.beta, lambdas, lambda, along(), axes_.on_device(fastest),
                  columns_.data(), plan_.rows()},
                 bands.data());
}

template <class F>
void TileRows<F>::queue_band_tables(const Queue& queue) {
  if (!can_have_bands()) return;
  const Parameter<F>& beta = view_.rows.beta;
  for (std::size_t q = 0; q < in_band_.size(); ++q) {
    const Quantity quantity = plan_.spec().quantities[q];
    if (!has_band_value(quantity)) continue;
    queue_in_band(queue, quantity, beta.values,
                  beta.per_column ? std::ssize(axes_.on_host(kernel_axes - 1)) : plan_.rows(), in_band_[q].data());
  }
}

/// A parameter that the map does not have is zero: then the map has fewer than three axes, and the first is a leading
/// one.
template <class F>
Parameter<F> TileRows<F>::parameter(const char* name) const {
  switch (plan_.axis_named(name).value_or(0)) {
    case 0:
      return {slowest_.data(), false};
    case 1:
      return {slower_.data(), false};
    default:
      return {axes_.on_device(kernel_axes - 1), true};
  }
}

template class SpectrumOnDevice<double>;
template class SpectrumOnDevice<float>;
template class TileRows<double>;
template class TileRows<float>;

}  // namespace ravine::cuda
