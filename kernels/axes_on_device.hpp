// The values of a tile's axes, where the kernels find them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/map_parameters.hpp"
#include "kernels/map_plan.hpp"
#include "kernels/runtime.hpp"

namespace ravine::cuda {

/// Values `first` and on of an axis, each rounded to F once.
template <class F>
void fill_rounded(const Axis& axis, std::int64_t first, std::span<F> out);

/// Memory of the current device, and pinned beside it, for the axes of any tile of a map. An axis that the map does not
/// have is one zero.
template <class F>
class AxesOnDevice {
 public:
  /// `plan` outlives it. \throws OutOfDeviceMemory.
  explicit AxesOnDevice(const MapPlan& plan);

  /// Queues the copy of a tile's axes. The values are in use until the stream has passed what reads them.
  void queue(const Stream& stream, const Box& tile);

  /// Of the tile in hand.
  [[nodiscard]] TileAxes<F> view() const;
  [[nodiscard]] std::span<const F> on_host(std::size_t kernel_axis) const { return staged(kernel_axis); }
  [[nodiscard]] F* on_device(std::size_t kernel_axis) const { return values_.data() + first_of(kernel_axis); }
  /// Of device memory.
  [[nodiscard]] std::int64_t bytes() const { return static_cast<std::int64_t>(values_.size() * sizeof(F)); }

 private:
  [[nodiscard]] std::size_t first_of(std::size_t kernel_axis) const;
  [[nodiscard]] std::span<F> staged(std::size_t kernel_axis) const;

  const MapPlan& plan_;
  DeviceBuffer<F> values_;  // the axes, one after the other
  PinnedBuffer staging_;
  Extent cells_{};  // of the tile in hand
};

}  // namespace ravine::cuda
