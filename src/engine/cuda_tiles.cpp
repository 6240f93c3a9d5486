#include "engine/cuda_tiles.hpp"

namespace ravine {

CudaTiles::CudaTiles(const Spec& spec, const Grid& grid, const cuda::SweepOptions& options)
    : sweep_(cuda::make_map_sweep(spec, grid, options)) {}

std::optional<TileData> CudaTiles::finish(Ending& ending, const Told& told) {
  while (!sweep_->advance()) {
    if (ending.has_come()) return std::nullopt;
    told(sweep_->cells_done());
  }
  return sweep_->take();
}

}  // namespace ravine
