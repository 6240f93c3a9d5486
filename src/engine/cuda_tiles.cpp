#include "engine/cuda_tiles.hpp"

#include "kernels/trajectory_sweep.hpp"

namespace ravine {
namespace {

std::unique_ptr<cuda::TileSweep> make_sweep(const Spec& spec, const Grid& grid, const cuda::SweepOptions& options) {
  if (spec.kind == Kind::trajectory) return cuda::make_trajectory_sweep(spec, grid, options);
  return cuda::make_map_sweep(spec, grid, options);
}

}  // namespace

CudaTiles::CudaTiles(const Spec& spec, const Grid& grid, const cuda::SweepOptions& options)
    : sweep_(make_sweep(spec, grid, options)) {}

std::optional<TileData> CudaTiles::finish(Ending& ending, const Told& told) {
  while (!sweep_->advance()) {
    if (ending.has_come()) return std::nullopt;
    told(sweep_->cells_done());
  }
  return sweep_->take();
}

}  // namespace ravine
