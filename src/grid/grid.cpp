#include "ravine/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <optional>
#include <string>

#include "ravine/error.hpp"
#include "ravine/field.hpp"
#include "ravine/model/random.hpp"

namespace ravine {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

/// The product, or nothing if it exceeds 2^63 - 1. Factors are not negative.
std::optional<std::int64_t> checked_product(const Index& factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    if (__builtin_mul_overflow(product, factor, &product)) return std::nullopt;
  }
  return product;
}

/// The product of extents whose product is known to fit.
std::int64_t product(const Index& extents) {
  const std::optional<std::int64_t> result = checked_product(extents);
  assert(result);
  return *result;
}

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) {
  return a / b + (a % b != 0 ? 1 : 0);
}

/// The position of item `number` in a box of that shape, the last axis fastest.
Index unravel(std::int64_t number, const Index& shape) {
  Index position(shape.size());
  for (std::size_t d = shape.size(); d-- > 0;) {
    position[d] = number % shape[d];
    number /= shape[d];
  }
  return position;
}

/// "3 x 4 x 5"
std::string times(const Index& shape) {
  return fmt::format("{}", fmt::join(shape, " x "));
}

Index tile_shape_for(const Index& shape, std::int64_t target_cells) {
  Index tile(shape.size(), 1);
  std::int64_t room = target_cells;
  for (std::size_t d = shape.size(); d-- > 0;) {
    tile[d] = std::min(shape[d], room);
    room /= tile[d];
  }
  return tile;
}

/// A tile is lost where a run ends within it, so it is bounded by what it holds and by the work in it.
std::int64_t default_target(const Spec& spec) {
  if (spec.kind == Kind::rate) return default_tile_cells;
  std::int64_t values = 0;
  for (const Field& field : fields_of(spec)) {
    if (__builtin_add_overflow(values, field.values_per_cell(), &values)) return 1;
  }
  const Ensemble& ensemble = *spec.ensemble;
  const std::int64_t replicates = ensemble.noise ? ensemble.noise->replicates : 1;
  const std::optional<std::int64_t> work = checked_product({ensemble.record.steps, components_of(spec), replicates});
  if (!work) return 1;
  return std::max<std::int64_t>(std::min(default_tile_cells / values, default_tile_work / *work), 1);
}

/// What the counter of the random numbers has room for.
void check_draws(const Spec& spec, const Grid& grid) {
  const auto draws = [](Quantity quantity) {
    return needs_replicates(quantity) || source_of(quantity) == Source::sample;
  };
  if (std::none_of(spec.quantities.begin(), spec.quantities.end(), draws)) return;
  if (static_cast<std::uint64_t>(components_of(spec)) > model::most_components) {
    throw UsageError(
        fmt::format("found {} eigenvalues with noise; wanted at most 2^24 in a cell", components_of(spec)));
  }
  if (spec.ensemble->noise->common_random_numbers) return;
  if (static_cast<std::uint64_t>(grid.cells()) <= model::most_cells) return;
  throw UsageError(
      fmt::format("found {} cells with random numbers of their own; wanted at most 2^40, or "
                  "common_random_numbers = true",
                  grid.cells()));
}

/// Every count of cells and bytes that anything computes later must fit 63 bits; the largest is that of the stored
/// bytes, with the tiles at the edges padded to whole ones.
void check_sizes(const Grid& grid, std::int64_t cell_bytes) {
  if (!checked_product(grid.shape)) {
    throw UsageError(fmt::format("found a map of {} cells; wanted at most 2^63 - 1 = {} (lower the counts of its axes)",
                                 times(grid.shape), most));
  }
  Index stored = grid.tiles_along();
  stored.insert(stored.end(), grid.tile_shape.begin(), grid.tile_shape.end());
  stored.push_back(cell_bytes);
  if (!checked_product(stored)) {
    throw UsageError(
        fmt::format("found a map of {} cells of {} bytes, stored in {} tiles of {}; wanted at most 2^63 - "
                    "1 = {} bytes (lower the counts of its axes, or ask for fewer quantities)",
                    times(grid.shape), cell_bytes, times(grid.tiles_along()), times(grid.tile_shape), most));
  }
}

}  // namespace

std::int64_t Box::cells() const {
  return product(shape);
}

std::int64_t Grid::cells() const {
  return product(shape);
}

std::int64_t Grid::tile_count() const {
  return product(tiles_along());
}

Index Grid::tiles_along() const {
  Index tiles(shape.size());
  for (std::size_t d = 0; d < shape.size(); ++d) tiles[d] = ceil_divide(shape[d], tile_shape[d]);
  return tiles;
}

Index Grid::tile_position(std::int64_t id) const {
  assert(0 <= id && id < tile_count());
  return unravel(id, tiles_along());
}

Box Grid::tile(std::int64_t id) const {
  Box box{tile_position(id), tile_shape};
  for (std::size_t d = 0; d < shape.size(); ++d) {
    box.first[d] *= tile_shape[d];
    box.shape[d] = std::min(tile_shape[d], shape[d] - box.first[d]);
  }
  return box;
}

std::int64_t Grid::tile_capacity() const {
  return product(tile_shape);
}

std::int64_t Grid::cell_number(const Index& index) const {
  assert(index.size() == shape.size());
  std::int64_t number = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) number = number * shape[d] + index[d];
  return number;
}

Index Grid::cell_index(std::int64_t number) const {
  assert(0 <= number && number < cells());
  return unravel(number, shape);
}

Grid make_grid(const Spec& spec, std::optional<std::int64_t> target_tile_cells) {
  if (target_tile_cells && *target_tile_cells < 1) {
    throw UsageError(fmt::format("found a tile of {} cells; wanted at least 1", *target_tile_cells));
  }
  Grid grid;
  for (const Axis& axis : map_axes(spec)) grid.shape.push_back(axis.size());
  grid.tile_shape = tile_shape_for(grid.shape, target_tile_cells.value_or(default_target(spec)));
  check_sizes(grid, cell_bytes(fields_of(spec)));
  check_draws(spec, grid);
  return grid;
}

}  // namespace ravine
