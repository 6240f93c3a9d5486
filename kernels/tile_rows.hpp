// The rows of a tile on a device: what the kernels know before they evaluate a cell.
#pragma once

#include <vector>

#include "kernels/axes_on_device.hpp"
#include "kernels/map_launches.hpp"
#include "kernels/map_plan.hpp"

namespace ravine::cuda {

/// A spectrum on the current device.
template <class F>
class SpectrumOnDevice {
 public:
  explicit SpectrumOnDevice(const Axis& axis);
  [[nodiscard]] const SpectrumView<F>& view() const { return view_; }

 private:
  DeviceBuffer<F> values_;
  SpectrumView<F> view_;
};

/// Tables of the current device with room for any tile of a map.
template <class F>
class TileRows {
 public:
  /// `plan` and `spectrum` outlive it; `spectrum` is null where lambda is not reduced. \throws OutOfDeviceMemory.
  TileRows(const MapPlan& plan, const SpectrumOnDevice<F>* spectrum);

  /// Queues what fills the tables for a tile. The tables are in use until the queue has passed what reads them.
  void queue(const Queue& queue, const Box& tile);

  [[nodiscard]] const MapView<F>& view() const { return view_; }
  /// Of device memory.
  [[nodiscard]] std::int64_t bytes() const;
  /// Values of a quantity of the spec, by its number, in bands; null where it has none.
  [[nodiscard]] const void* in_band(std::size_t quantity) const { return in_band_[quantity].data(); }

 private:
  void queue_bands_of(const Queue& queue, F lambda, DeviceBuffer<model::Band>& bands) const;
  void queue_band_tables(const Queue& queue);
  [[nodiscard]] Parameter<F> parameter(const char* name) const;
  [[nodiscard]] bool can_have_bands() const;

  const MapPlan& plan_;
  const SpectrumOnDevice<F>* spectrum_;
  AxesOnDevice<F> axes_;
  DeviceBuffer<F> slowest_;
  DeviceBuffer<F> slower_;
  DeviceBuffer<std::int64_t> columns_;
  DeviceBuffer<model::Band> bands_;
  DeviceBuffer<model::Band> bands_at_largest_;
  std::vector<DeviceBuffer<std::byte>> in_band_;  // per quantity of the spec
  MapView<F> view_{};
};

}  // namespace ravine::cuda
