// The maps that are evaluated on both backends.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compare.hpp"
#include "ravine/engine.hpp"

namespace ravine::gpu_check {

/// How large the maps are. The same maps at a few hundred cells take an interpreter of the kernels seconds.
struct Sizes {
  std::int64_t cells = 20'000'000;           ///< of an ordinary map
  std::int64_t large_cells = 1'000'000'000;  ///< of a large one
  std::int64_t eigenvalues = 4096;           ///< that a worst case is taken over
  std::int64_t adversarial_rows = 64;        ///< whose values are axes together: a map has the cube of it
  std::size_t extremes_step = 1;             ///< of the extreme values, every so many are taken
  std::int64_t trajectories = 200'000;       ///< of a study
  std::int64_t steps = 1000;                 ///< of a trajectory
  std::int64_t replicates = 1'000'000;       ///< of the largest study of noise
};

/// Maps that are one check together.
struct CaseGroup {
  std::string name;
  std::vector<MapCase> maps;
};

[[nodiscard]] CaseGroup plain_maps(const Sizes& sizes);
/// Tiles that divide the fastest axis or the next one unevenly, and rows around the lengths at which anything changes.
[[nodiscard]] CaseGroup padded_maps(const Sizes& sizes);
/// Whose tiles give their partial results alone.
[[nodiscard]] CaseGroup summarised_maps(const Sizes& sizes);
/// Whose values are counted by their keys.
[[nodiscard]] CaseGroup counted_maps(const Sizes& sizes);
[[nodiscard]] CaseGroup gradient_descent_maps(const Sizes& sizes);
/// Values at the ends of the range of floating-point numbers, at zero, and at the limits of regimes.
[[nodiscard]] CaseGroup extreme_maps(const Sizes& sizes);
[[nodiscard]] CaseGroup worst_case_maps(const Sizes& sizes, cuda::WorstBy worst_by);
/// The rows of a table as listed axes, in groups: the rows themselves are the diagonals of the maps.
[[nodiscard]] CaseGroup adversarial_maps(const Sizes& sizes, const CellTable& rows);
[[nodiscard]] CaseGroup large_maps(const Sizes& sizes);

}  // namespace ravine::gpu_check
