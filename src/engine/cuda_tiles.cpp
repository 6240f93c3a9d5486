#include "engine/cuda_tiles.hpp"

namespace ravine {

CudaTiles::CudaTiles(const Store& store, std::vector<int> devices)
    : sweep_(cuda::make_map_sweep(store.spec(), store.grid(), {std::move(devices)})) {}

std::optional<TileData> CudaTiles::finish(Ending& ending, const Told& told) {
  while (!sweep_->advance()) {
    if (ending.has_come()) return std::nullopt;
    told(sweep_->cells_done());
  }
  return sweep_->take();
}

}  // namespace ravine
