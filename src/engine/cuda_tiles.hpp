// Tiles of maps and of trajectories on CUDA devices.
#pragma once

#include <memory>

#include "engine/tile_computer.hpp"
#include "kernels/map_sweep.hpp"
#include "kernels/tile_sweep.hpp"

namespace ravine {

class CudaTiles final : public TileComputer {
 public:
  /// \throws BackendError if a device can't be used, or what a tile takes at least does not fit it.
  CudaTiles(const Spec& spec, const Grid& grid, const cuda::SweepOptions& options);

  [[nodiscard]] std::size_t depth() const override { return sweep_->depth(); }
  void begin(std::int64_t id, TileData buffers) override { sweep_->begin(id, std::move(buffers)); }
  std::optional<TileData> finish(Ending& ending, const Told& told) override;
  [[nodiscard]] std::vector<std::string> notes() const override { return sweep_->notes(); }

 private:
  std::unique_ptr<cuda::TileSweep> sweep_;
};

}  // namespace ravine
