// A map or a study on two backends, compared tile by tile: every byte of every chunk, padding included, the partial
// results, and counts of values' keys.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/tile_computer.hpp"
#include "kernels/map_sweep.hpp"
#include "ravine/grid.hpp"
#include "ravine/spec.hpp"
#include "ravine/summary.hpp"

namespace ravine::gpu_check {

/// A map, or a study of trajectories or of noise, for which the last three mean nothing.
struct MapCase {
  std::string name;
  Spec spec;
  std::int64_t tile_cells;
  cuda::WorstBy worst_by = cuda::WorstBy::ends;
  cuda::Keep keep = cuda::Keep::chunks;
  std::vector<cuda::KeyBins> bins = {};  ///< counted on the way
};

/// What makes the sweep that is checked: cuda::make_map_sweep, but for the tests of these checks.
using MakeSweep = std::function<std::unique_ptr<cuda::MapSweep>(const Spec& spec, const Grid& grid,
                                                                const cuda::SweepOptions& options)>;

/// The same for studies.
using MakeComputer =
    std::function<std::unique_ptr<TileComputer>(const Spec& spec, const Grid& grid, const cuda::SweepOptions& options)>;

struct Backends {
  MakeSweep make_sweep;
  MakeComputer make_computer;
  std::vector<int> devices;
  int threads;  ///< of the CPU
};
/// Those of this program.
[[nodiscard]] Backends real_backends(std::vector<int> devices, int threads);

struct Comparison {
  std::int64_t cells = 0;
  std::int64_t bytes = 0;  ///< of chunks
  Summary summary;         ///< the CPU's, of the tiles that were compared
  std::vector<std::string> differences;
  std::vector<std::string> notes;  ///< the sweep's
};

/// Stops early after this many differences: a device that is wrong everywhere is known soon.
inline constexpr std::size_t most_differences = 8;

/// Evaluates the map on both, no more than a few tiles of it in memory, and keeps nothing.
/// \throws BackendError.
[[nodiscard]] Comparison compare_map(const MapCase& map, const Backends& backends);

/// The same of a study. \throws BackendError.
[[nodiscard]] Comparison compare_study(const MapCase& study, const Backends& backends);

/// One line for each difference of two tiles of a map. `found` has no chunks where only the summary was asked for.
[[nodiscard]] std::vector<std::string> differences_of(const MapCase& map, const Grid& grid, const TileData& found,
                                                      const TileData& wanted);

/// Adds what a tile of the map has in the bins, from the values themselves. `counts` has KeyBins::count.
void count_keys(const Spec& spec, const cuda::KeyBins& bins, const TileData& tile, std::span<std::int64_t> counts);

}  // namespace ravine::gpu_check
