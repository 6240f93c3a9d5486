// What the kernels of noise studies take by value. Plain C++: the host code fills it.
#pragma once

#include <cstdint>

#include "kernels/ensemble_parameters.hpp"
#include "ravine/model/replicates.hpp"

namespace ravine::cuda {

/// Replicates of every cell of a study.
template <class F>
struct ReplicateCourse {
  Course<F> course;
  const F* deviation;  ///< of the gradient's error, per component
  std::uint64_t seed;
  std::int64_t first_replicate;
  std::int64_t replicates;
  std::int64_t blocks;  ///< of replicates, in a cell
  model::Bins bins;
};

/// A cell, in double precision whatever the study's: nothing is lost.
struct ReplicateCell {
  double alpha;
  double beta;
  double lambda;         ///< where the cells share no spectrum
  std::uint64_t number;  ///< that its noise is drawn by
};

/// Consecutive blocks of replicates, of one cell or of several: number / blocks is a block's cell in the tile.
struct BlockRange {
  std::int64_t first;
  std::int64_t count;
};

/// Of a batch: its cells, of which the first is that of the first block, and for each of them a shift per recorded step
/// and variable. Variables are the loss and then x of each component.
struct ReplicateBatch {
  BlockRange blocks;
  const ReplicateCell* cells;
  const double* shifts;
};

/// Where the sums go.
struct ReplicateSums {
  model::Sums* sums;           ///< per block, recorded step and variable
  unsigned long long* finite;  ///< per block and recorded step; zero before
  std::uint32_t* bins;         ///< per cell, recorded step and bin; zero before; null: losses are not binned
};

}  // namespace ravine::cuda
