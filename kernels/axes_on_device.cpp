#include "kernels/axes_on_device.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace ravine::cuda {

template <class F>
void fill_rounded(const Axis& axis, std::int64_t first, std::span<F> out) {
  std::vector<double> values(out.size());
  axis.fill(first, values);
  std::transform(values.begin(), values.end(), out.begin(), [](double value) { return static_cast<F>(value); });
}

template <class F>
AxesOnDevice<F>::AxesOnDevice(const MapPlan& plan) : plan_(plan) {
  const std::size_t elements = first_of(kernel_axes);
  staging_ = PinnedBuffer(elements * sizeof(F));
  values_ = DeviceBuffer<F>(elements);
}

template <class F>
void AxesOnDevice<F>::queue(const Stream& stream, const Box& tile) {
  cells_ = plan_.extent_of(tile);
  const Extent first = plan_.first_of(tile);
  for (std::size_t k = 0; k < kernel_axes; ++k) {
    const std::span<F> values = staged(k);
    if (plan_.axis(k) == nullptr) {
      std::fill(values.begin(), values.end(), F(0));
    } else {
      fill_rounded(*plan_.axis(k), first[k], values);
    }
    copy_to_device_async<F>(values, {on_device(k), values.size()}, stream);
  }
}

template <class F>
TileAxes<F> AxesOnDevice<F>::view() const {
  const Extent& stored = plan_.stored();
  return {
      {on_device(0), on_device(1), on_device(2)}, {stored[0], stored[1], stored[2]}, {cells_[0], cells_[1], cells_[2]}};
}

template <class F>
std::size_t AxesOnDevice<F>::first_of(std::size_t kernel_axis) const {
  const auto before = plan_.stored().begin();
  return static_cast<std::size_t>(
      std::accumulate(before, before + static_cast<std::ptrdiff_t>(kernel_axis), std::int64_t{0}));
}

template <class F>
std::span<F> AxesOnDevice<F>::staged(std::size_t kernel_axis) const {
  F* const values = reinterpret_cast<F*>(staging_.bytes().data());
  return {values + first_of(kernel_axis), static_cast<std::size_t>(cells_[kernel_axis])};
}

template void fill_rounded(const Axis&, std::int64_t, std::span<double>);
template void fill_rounded(const Axis&, std::int64_t, std::span<float>);
template class AxesOnDevice<double>;
template class AxesOnDevice<float>;

}  // namespace ravine::cuda
