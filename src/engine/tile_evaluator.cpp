#include "engine/tile_evaluator.hpp"

#include <stdexcept>

#include "engine/map_evaluator.hpp"
#include "engine/noise_evaluator.hpp"
#include "engine/trajectory_evaluator.hpp"

namespace ravine {

std::unique_ptr<TileEvaluator> make_tile_evaluator(const Spec& spec, const Grid& grid, Structure structure) {
  switch (spec.kind) {
    case Kind::rate:
      return make_map_evaluator(spec, grid, structure);
    case Kind::trajectory:
      return make_trajectory_evaluator(spec, grid);
    case Kind::noise:
      return make_noise_evaluator(spec, grid);
  }
  throw std::logic_error("a sweep of no kind");
}

}  // namespace ravine
