#include "engine/cuda_tiles.hpp"

#include <stdexcept>

#include "kernels/trajectory_sweep.hpp"

namespace ravine {
namespace {

std::unique_ptr<cuda::TileSweep> make_sweep(const Spec& spec, const Grid& grid, const cuda::SweepOptions& options) {
  switch (spec.kind) {
    case Kind::rate:
      return cuda::make_map_sweep(spec, grid, options);
    case Kind::trajectory:
      return cuda::make_trajectory_sweep(spec, grid, options);
    case Kind::noise:
      break;
  }
  throw std::logic_error("noise studies are not evaluated cell by cell");
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
