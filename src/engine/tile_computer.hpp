// What a backend is to a run: it computes tiles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/ending.hpp"
#include "ravine/store.hpp"

namespace ravine {

/// Computes tiles of one map, several at once where the backend can: begin() starts a tile, finish() waits for the one
/// that was begun first. Used by one thread.
class TileComputer {
 public:
  virtual ~TileComputer() = default;
  TileComputer(const TileComputer&) = delete;
  TileComputer& operator=(const TileComputer&) = delete;
  TileComputer(TileComputer&&) = delete;
  TileComputer& operator=(TileComputer&&) = delete;

  /// Tiles that may be begun and not yet finished.
  [[nodiscard]] virtual std::size_t depth() const = 0;

  /// Starts tile `id`. `buffers` is a tile that is used up, or an empty one.
  virtual void begin(std::int64_t id, TileData buffers) = 0;

  /// Called with the cells of the tile that are done, now and then.
  using Told = std::function<void(std::int64_t)>;
  /// The oldest begun tile, or nothing if the run's end came before it was whole.
  virtual std::optional<TileData> finish(Ending& ending, const Told& told) = 0;

  /// What the user should know of how it went: one line each.
  [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }

 protected:
  TileComputer() = default;
};

}  // namespace ravine
