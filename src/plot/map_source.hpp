/// \file
/// Where a picture's values come from: a store, or anything else that can give cells in grid order.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "ravine/spec.hpp"
#include "ravine/store.hpp"

namespace ravine::detail {

/// A regime's value in a cell that was not computed.
inline constexpr std::uint8_t regime_not_computed = 0;

/// What is read where a value was computed and there is none: no such step, no such moment, an x that diverged.
inline constexpr double no_value = -std::numeric_limits<double>::infinity();

/// One of the values that a quantity has in each cell.
struct Member {
  Quantity quantity;
  std::int64_t number = 0;  ///< in the order of the field's inner dimensions
};

/// A map's values by runs of consecutive cells. Drawing reads every run once, mostly in grid order.
class MapSource {
 public:
  MapSource() = default;
  virtual ~MapSource() = default;
  MapSource(const MapSource&) = delete;
  MapSource& operator=(const MapSource&) = delete;

  [[nodiscard]] virtual const Spec& spec() const = 0;
  /// out[k] = the quantity (not regime) in cell first + k, NaN where not computed.
  virtual void read(Quantity quantity, std::int64_t first, std::span<double> out) = 0;
  /// out[k] = the regime's identifier in cell first + k, regime_not_computed where not computed.
  virtual void read_regimes(std::int64_t first, std::span<std::uint8_t> out) = 0;
};

/// A store's map. Keeps the last tile of each quantity, so reading in grid order reads each chunk once.
class StoreSource final : public MapSource {
 public:
  explicit StoreSource(Store store);

  [[nodiscard]] const Spec& spec() const override { return store_.spec(); }
  /// \throws DataError for a tile that does not match its record, IoError.
  void read(Quantity quantity, std::int64_t first, std::span<double> out) override;
  void read_regimes(std::int64_t first, std::span<std::uint8_t> out) override;

  /// out[k] = the value in cell first + k as a number, codes as well; NaN where not computed, no_value where there is
  /// none: NaN in floats, int64_fill in integers, -1 in steps.
  void read_member(const Member& member, std::int64_t first, std::span<double> out);
  /// Cells in grid order.
  [[nodiscard]] std::int64_t cells() const { return grid_.cells(); }

 private:
  struct Tile {
    std::int64_t id = -1;
    bool computed = false;
    std::vector<std::byte> chunk;
  };
  /// A run of cells that lie side by side in one chunk.
  struct Run {
    std::int64_t tile;
    std::int64_t offset;
    std::int64_t length;
  };
  [[nodiscard]] Run run_at(std::int64_t cell, std::int64_t at_most) const;
  const Tile& tile(Quantity quantity, std::int64_t id);
  /// Among the store's fields. Precondition: it has that quantity.
  [[nodiscard]] std::size_t place_of(Quantity quantity) const;

  Store store_;
  Grid grid_;  ///< without the axes of length 1: the same numbers of cells and tiles, but longer runs
  std::map<Quantity, Tile> tiles_;
};

}  // namespace ravine::detail
