// Passes over a map on CUDA devices: the counts stay there until the end of a pass.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/map_scan.hpp"
#include "kernels/map_sweep.hpp"
#include "ravine/grid.hpp"

namespace ravine {

class CudaMapScan final : public MapScan {
 public:
  /// `sweep` keeps summaries only; `grid` is the one that it was made with.
  CudaMapScan(std::unique_ptr<cuda::MapSweep> sweep, Grid grid);

  Outcome summarize(Summary& total, std::span<KeyHistogram> histograms, const ScanOptions& options) override;
  Outcome count(std::span<KeyHistogram> histograms, const ScanOptions& options) override;
  [[nodiscard]] std::vector<std::string> notes() const override { return sweep_->notes(); }

 private:
  std::unique_ptr<cuda::MapSweep> sweep_;
  Grid grid_;
};

}  // namespace ravine
