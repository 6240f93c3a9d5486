// Tiles on the CPU: one at a time, on all threads.
#pragma once

#include "engine/thread_pool.hpp"
#include "engine/tile_computer.hpp"
#include "engine/tile_evaluator.hpp"

namespace ravine {

class CpuTiles final : public TileComputer {
 public:
  CpuTiles(const Spec& spec, const Grid& grid, int threads);

  [[nodiscard]] std::size_t depth() const override { return 1; }
  void begin(std::int64_t id, TileData buffers) override;
  std::optional<TileData> finish(Ending& ending, const Told& told) override;

 private:
  std::unique_ptr<TileEvaluator> evaluator_;
  ThreadPool pool_;
  TileData tile_;  // the one begun
};

}  // namespace ravine
