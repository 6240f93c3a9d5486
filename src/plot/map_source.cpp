#include "plot/map_source.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

Grid squeezed(const Grid& grid) {
  Grid result;
  for (std::size_t axis = 0; axis < grid.shape.size(); ++axis) {
    if (grid.shape[axis] == 1) continue;
    result.shape.push_back(grid.shape[axis]);
    result.tile_shape.push_back(grid.tile_shape[axis]);
  }
  if (result.shape.empty()) result.shape = result.tile_shape = {1};
  return result;
}

template <typename Stored, typename Value>
void widen(std::span<const std::byte> bytes, std::span<Value> out) {
  for (std::size_t k = 0; k < out.size(); ++k) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + k * sizeof(Stored), sizeof(Stored));
    out[k] = stored;
  }
}

/// The places of a member's values in a chunk.
struct Stride {
  std::size_t first;
  std::size_t between;
};

template <typename Stored>
Stored stored_at(std::span<const std::byte> bytes, std::size_t place) {
  Stored stored;
  std::memcpy(&stored, bytes.data() + place * sizeof(Stored), sizeof(Stored));
  return stored;
}

template <typename Stored>
void take_floats(std::span<const std::byte> bytes, Stride stride, std::span<double> out) {
  for (std::size_t k = 0; k < out.size(); ++k) {
    const auto value = stored_at<Stored>(bytes, stride.first + k * stride.between);
    out[k] = std::isnan(value) ? no_value : static_cast<double>(value);
  }
}

/// Counts and steps are never negative but to say that there is none.
void take_integers(std::span<const std::byte> bytes, Stride stride, std::span<double> out) {
  for (std::size_t k = 0; k < out.size(); ++k) {
    const auto value = stored_at<std::int64_t>(bytes, stride.first + k * stride.between);
    out[k] = value < 0 ? no_value : static_cast<double>(value);
  }
}

void take_codes(std::span<const std::byte> bytes, Stride stride, std::span<double> out) {
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k] = stored_at<std::uint8_t>(bytes, stride.first + k * stride.between);
  }
}

void take(ValueType type, std::span<const std::byte> bytes, Stride stride, std::span<double> out) {
  switch (type) {
    case ValueType::uint8:
      return take_codes(bytes, stride, out);
    case ValueType::int64:
      return take_integers(bytes, stride, out);
    case ValueType::float32:
      return take_floats<float>(bytes, stride, out);
    case ValueType::float64:
      return take_floats<double>(bytes, stride, out);
  }
}

}  // namespace

StoreSource::StoreSource(Store store) : store_(std::move(store)), grid_(squeezed(store_.grid())) {}

StoreSource::Run StoreSource::run_at(std::int64_t cell, std::int64_t at_most) const {
  const Index index = grid_.cell_index(cell);
  std::int64_t tile = 0;
  std::int64_t offset = 0;
  std::int64_t length = 0;
  for (std::size_t axis = 0; axis < index.size(); ++axis) {
    const std::int64_t width = grid_.tile_shape[axis];
    const std::int64_t tiles = (grid_.shape[axis] + width - 1) / width;
    const std::int64_t inside = index[axis] % width;
    tile = tile * tiles + index[axis] / width;
    offset = offset * width + inside;
    length = std::min(width - inside, grid_.shape[axis] - index[axis]);
  }
  return {tile, offset, std::min(length, at_most)};
}

std::size_t StoreSource::place_of(Quantity quantity) const {
  const auto& quantities = store_.spec().quantities;
  return static_cast<std::size_t>(std::find(quantities.begin(), quantities.end(), quantity) - quantities.begin());
}

const StoreSource::Tile& StoreSource::tile(Quantity quantity, std::int64_t id) {
  Tile& tile = tiles_[quantity];
  if (tile.id == id) return tile;
  tile.id = -1;  // not valid while it is being replaced
  const TileCheck check = store_.check_tile(id, CheckDepth::presence);
  if (check.state == TileState::corrupt) {
    throw DataError(fmt::format("{}: tile {} is corrupt: {}; run again with --resume to compute it anew",
                                store_.path().string(), id, check.reason));
  }
  tile.computed = check.state == TileState::done;
  if (tile.computed) {
    const std::size_t place = place_of(quantity);
    tile.chunk.resize(static_cast<std::size_t>(grid_.tile_capacity() * store_.fields()[place].cell_bytes()));
    store_.read_chunk(id, place, tile.chunk);
  }
  tile.id = id;
  return tile;
}

void StoreSource::read(Quantity quantity, std::int64_t first, std::span<double> out) {
  const std::size_t size = value_bytes(quantity, store_.spec().precision);
  while (!out.empty()) {
    const Run run = run_at(first, static_cast<std::int64_t>(out.size()));
    const auto part = out.first(static_cast<std::size_t>(run.length));
    const Tile& source = tile(quantity, run.tile);
    const std::size_t from = static_cast<std::size_t>(run.offset) * size;
    if (!source.computed) {
      std::fill(part.begin(), part.end(), std::numeric_limits<double>::quiet_NaN());
    } else if (size == sizeof(float)) {
      widen<float>(std::span(source.chunk).subspan(from), part);
    } else {
      widen<double>(std::span(source.chunk).subspan(from), part);
    }
    out = out.subspan(part.size());
    first += run.length;
  }
}

void StoreSource::read_regimes(std::int64_t first, std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const Run run = run_at(first, static_cast<std::int64_t>(out.size()));
    const auto part = out.first(static_cast<std::size_t>(run.length));
    const Tile& source = tile(Quantity::regime, run.tile);
    if (source.computed) {
      widen<std::uint8_t>(std::span(source.chunk).subspan(static_cast<std::size_t>(run.offset)), part);
    } else {
      std::fill(part.begin(), part.end(), regime_not_computed);
    }
    out = out.subspan(part.size());
    first += run.length;
  }
}

void StoreSource::read_member(const Member& member, std::int64_t first, std::span<double> out) {
  const Field& field = store_.fields()[place_of(member.quantity)];
  const auto between = static_cast<std::size_t>(field.values_per_cell());
  while (!out.empty()) {
    const Run run = run_at(first, static_cast<std::int64_t>(out.size()));
    const auto part = out.first(static_cast<std::size_t>(run.length));
    const Tile& source = tile(member.quantity, run.tile);
    if (source.computed) {
      const std::size_t at = static_cast<std::size_t>(run.offset) * between + static_cast<std::size_t>(member.number);
      take(field.type, source.chunk, {at, between}, part);
    } else {
      std::fill(part.begin(), part.end(), std::numeric_limits<double>::quiet_NaN());
    }
    out = out.subspan(part.size());
    first += run.length;
  }
}

}  // namespace ravine::detail
