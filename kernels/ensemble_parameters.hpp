// What the kernels of ensembles take by value. Plain C++: the host code fills it.
//
// Positions of a tile are those of its chunks in cells, padding included, numbered in C order over the three kernel
// axes (map_plan.hpp).
#pragma once

#include <cstdint>

#include "kernels/map_parameters.hpp"

namespace ravine::cuda {

/// Stands for the kernel axis of a parameter that the map has no axis of: it is zero, or the spectrum's.
inline constexpr int no_axis = -1;

/// The cells of a tile.
template <class F>
struct CellAxes {
  TileAxes<F> axes;
  int alpha;  ///< the kernel axis of each parameter
  int beta;
  int lambda;
};

/// What all trajectories start from, and where their ways are recorded. Arrays have an element a component.
template <class F>
struct Course {
  const F* spectrum;  ///< null: the one component is that of the cell's lambda
  const F* start_y;
  const F* start_x;
  std::int64_t components;
  const std::int64_t* recorded;  ///< ascending
  std::int64_t recorded_count;
  std::int64_t steps;  ///< the last
  F tolerance;
};

/// What of a trajectory is looked at: the recorded steps alone, or every step's loss, which some quantities come from.
enum class Looking { at_recorded, at_every };

/// Where the values of a batch go, its first position first; null where one is not asked for.
template <class F>
struct TrajectoryValues {
  F* loss;        ///< per position and recorded step
  F* loss_parts;  ///< per position, recorded step and component
  F* x;           ///< the same
  F* peak_loss;
  std::int64_t* peak_step;
  std::int64_t* first_above;
  std::int64_t* last_above;
  std::int64_t* steps_to_tolerance;
  std::uint8_t* status;
  unsigned* converged;  ///< the cells that did are added to it; a batch has fewer than 2^32
};

/// Modes of trajectories that have too many for registers: y and then x of every component, for each a value a thread.
template <class F>
struct Scratch {
  F* values;  ///< 2 * components * threads
  std::int64_t threads;
};

}  // namespace ravine::cuda
