#include "compare.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "engine/backend.hpp"
#include "engine/box_walk.hpp"
#include "engine/cpu_tiles.hpp"
#include "ravine/field.hpp"
#include "ravine/model/order_key.hpp"

namespace ravine::gpu_check {
namespace {

/// Where in a tile a position of its chunk is, as people look for it.
std::string place_of(const MapCase& map, const Grid& grid, std::int64_t tile, std::int64_t position) {
  const Box box = grid.tile(tile);
  const Index index = index_in(grid.tile_shape, position);
  const std::vector<Axis> axes = map_axes(map.spec);
  std::string text;
  for (std::size_t axis = 0; axis < index.size(); ++axis) {
    if (index[axis] >= box.shape[axis]) return "the padding";
    text += fmt::format("{}{} = {}", axis == 0 ? "" : ", ", axes[axis].name(),
                        axes[axis].value(box.first[axis] + index[axis]));
  }
  return text;
}

std::string hexadecimal(std::span<const std::byte> bytes) {
  std::string text = "0x";
  for (std::size_t at = bytes.size(); at-- > 0;) text += fmt::format("{:02x}", static_cast<unsigned>(bytes[at]));
  return text;
}

/// Of two chunks that differ: how many values do, and the first of them.
std::string describe_values(const MapCase& map, const Grid& grid, std::size_t quantity, const TileData& found,
                            const TileData& wanted) {
  const Field field = field_of(map.spec, map.spec.quantities[quantity]);
  const std::size_t size = size_of(field.type);
  const std::span<const std::byte> a = found.chunks[quantity];
  const std::span<const std::byte> b = wanted.chunks[quantity];
  std::int64_t count = 0;
  std::size_t first = 0;
  for (std::size_t at = 0; at < b.size(); at += size) {
    if (std::memcmp(a.data() + at, b.data() + at, size) == 0) continue;
    if (count++ == 0) first = at;
  }
  const auto value = static_cast<std::int64_t>(first / size);
  const std::string within =
      field.values_per_cell() == 1 ? "" : fmt::format(", value {} of the cell", value % field.values_per_cell());
  return fmt::format("{} of {} values differ, the first at {}{}: found {}, wanted {}", count, b.size() / size,
                     place_of(map, grid, wanted.id, value / field.values_per_cell()), within,
                     hexadecimal(a.subspan(first, size)), hexadecimal(b.subspan(first, size)));
}

std::string text_of(const std::optional<BestCell>& best) {
  return best ? fmt::format("{} at cell {}", best->value, best->cell) : "none";
}

std::string text_of(const Summary& summary) {
  return fmt::format("{} cells, {} convergent, best rate {}, best gap {}, regimes {}", summary.cells,
                     summary.convergent ? fmt::format("{}", *summary.convergent) : "unknown",
                     text_of(summary.best_rate), text_of(summary.best_gap),
                     summary.regimes ? fmt::format("{}", fmt::join(*summary.regimes, " ")) : "none");
}

template <class F>
void count_keys_of(const cuda::KeyBins& bins, const ByteBuffer& chunk, std::span<std::int64_t> counts) {
  for (std::size_t at = 0; at < chunk.size(); at += sizeof(F)) {
    F value;
    std::memcpy(&value, chunk.data() + at, sizeof value);
    if (std::isnan(value)) continue;  // padding
    const std::uint64_t key = model::order_key(value);
    if (key < bins.low) continue;
    const std::uint64_t bin = (key - bins.low) >> static_cast<unsigned>(bins.shift);
    if (bin < cuda::KeyBins::count) ++counts[bin];
  }
}

/// Of every one of the map's bins.
class KeyCounts {
 public:
  explicit KeyCounts(const MapCase& map)
      : map_(map), counts_(map.bins.size(), std::vector<std::int64_t>(cuda::KeyBins::count)) {}

  void add(const TileData& tile) {
    for (std::size_t k = 0; k < counts_.size(); ++k) count_keys(map_.spec, map_.bins[k], tile, counts_[k]);
  }
  void compare_with(cuda::MapSweep& sweep, std::vector<std::string>& differences) const {
    for (std::size_t k = 0; k < counts_.size(); ++k) {
      std::vector<std::int64_t> found(cuda::KeyBins::count);
      sweep.add_counts(k, found);
      const auto [a, b] = std::mismatch(found.begin(), found.end(), counts_[k].begin());
      if (a == found.end()) continue;
      differences.push_back(fmt::format("{}: keys of {}, bins from {:#x} by 2^{}: found {} in bin {}, wanted {}",
                                        map_.name, name_of(map_.spec.quantities[map_.bins[k].quantity]),
                                        map_.bins[k].low, map_.bins[k].shift, *a, a - found.begin(), *b));
    }
  }

 private:
  const MapCase& map_;
  std::vector<std::vector<std::int64_t>> counts_;
};

/// What of a tile was compared.
void add_tile(Comparison& result, const TileData& found, const TileData& wanted) {
  for (const ByteBuffer& chunk : found.chunks) result.bytes += static_cast<std::int64_t>(chunk.size());
  result.cells += wanted.summary.cells;
  merge(result.summary, wanted.summary);
}

void add_differences(Comparison& result, std::vector<std::string> differences) {
  std::move(differences.begin(), differences.end(), std::back_inserter(result.differences));
}

}  // namespace

Backends real_backends(std::vector<int> devices, int threads) {
  const auto make_computer = [threads](const Spec& spec, const Grid& grid, const cuda::SweepOptions& options) {
    return make_tile_computer(spec, grid, {Backend::cuda, {}, {}, options.devices}, threads, options.keep);
  };
  return {cuda::make_map_sweep, make_computer, std::move(devices), threads};
}

std::vector<std::string> differences_of(const MapCase& map, const Grid& grid, const TileData& found,
                                        const TileData& wanted) {
  std::vector<std::string> differences;
  const auto differ = [&](const std::string& what) {
    differences.push_back(fmt::format("{}: tile {}: {}", map.name, wanted.id, what));
  };
  if (found.id != wanted.id) differ(fmt::format("found tile {} in its place", found.id));
  const std::size_t chunks = map.keep == cuda::Keep::chunks ? wanted.chunks.size() : 0;
  if (found.chunks.size() != chunks) differ(fmt::format("found {} chunks, wanted {}", found.chunks.size(), chunks));
  for (std::size_t q = 0; q < std::min(chunks, found.chunks.size()); ++q) {
    const ByteBuffer& a = found.chunks[q];
    const ByteBuffer& b = wanted.chunks[q];
    const std::string name(name_of(map.spec.quantities[q]));
    if (a.size() != b.size()) {
      differ(fmt::format("{}: found {} bytes, wanted {}", name, a.size(), b.size()));
    } else if (std::memcmp(a.data(), b.data(), b.size()) != 0) {
      differ(name + ": " + describe_values(map, grid, q, found, wanted));
    }
  }
  if (found.summary != wanted.summary) {
    differ(fmt::format("the summary: found {}; wanted {}", text_of(found.summary), text_of(wanted.summary)));
  }
  return differences;
}

void count_keys(const Spec& spec, const cuda::KeyBins& bins, const TileData& tile, std::span<std::int64_t> counts) {
  if (spec.precision == Precision::float64) {
    count_keys_of<double>(bins, tile.chunks[bins.quantity], counts);
  } else {
    count_keys_of<float>(bins, tile.chunks[bins.quantity], counts);
  }
}

Comparison compare_map(const MapCase& map, const Backends& backends) {
  const Grid grid = make_grid(map.spec, map.tile_cells);
  const std::unique_ptr<cuda::MapSweep> sweep =
      backends.make_sweep(map.spec, grid, {backends.devices, map.keep, map.worst_by});
  if (!map.bins.empty()) sweep->start_counting(map.bins);
  KeyCounts counts(map);
  CpuTiles cpu(map.spec, grid, backends.threads);
  Ending never({}, std::nullopt);
  Comparison result;
  TileData wanted;
  TileData spare;
  const std::int64_t tiles = grid.tile_count();
  const auto depth = static_cast<std::int64_t>(sweep->depth());
  std::int64_t begun = 0;
  for (std::int64_t id = 0; id < tiles && result.differences.size() < most_differences; ++id) {
    for (; begun < std::min(tiles, id + depth); ++begun) sweep->begin(begun, std::exchange(spare, {}));
    cpu.begin(id, std::move(wanted));
    wanted = *cpu.finish(never, [](std::int64_t) {});
    while (!sweep->advance()) continue;
    TileData found = sweep->take();
    add_differences(result, differences_of(map, grid, found, wanted));
    add_tile(result, found, wanted);
    counts.add(wanted);
    spare = std::move(found);
  }
  if (result.differences.empty()) counts.compare_with(*sweep, result.differences);
  result.notes = sweep->notes();
  return result;
}

Comparison compare_study(const MapCase& study, const Backends& backends) {
  const Grid grid = make_grid(study.spec, study.tile_cells);
  const auto device = backends.make_computer(study.spec, grid, {backends.devices, study.keep});
  const auto cpu = make_tile_computer(study.spec, grid, {Backend::cpu, {}, {}, {}}, backends.threads);
  Ending never({}, std::nullopt);
  const auto not_told = [](std::int64_t) {};
  Comparison result;
  TileData wanted;
  TileData spare;
  const std::int64_t tiles = grid.tile_count();
  const auto depth = static_cast<std::int64_t>(device->depth());
  std::int64_t begun = 0;
  for (std::int64_t id = 0; id < tiles && result.differences.size() < most_differences; ++id) {
    for (; begun < std::min(tiles, id + depth); ++begun) device->begin(begun, std::exchange(spare, {}));
    cpu->begin(id, std::move(wanted));
    wanted = *cpu->finish(never, not_told);
    TileData found = *device->finish(never, not_told);
    add_differences(result, differences_of(study, grid, found, wanted));
    add_tile(result, found, wanted);
    spare = std::move(found);
  }
  result.notes = device->notes();
  return result;
}

}  // namespace ravine::gpu_check
