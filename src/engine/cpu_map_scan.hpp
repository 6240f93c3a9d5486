// Passes over a map on the CPU: tile by tile, each on all threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "engine/map_evaluator.hpp"
#include "engine/map_scan.hpp"
#include "engine/thread_pool.hpp"

namespace ravine {

/// A map of a single tile is evaluated once, however many passes there are.
class CpuMapScan final : public MapScan {
 public:
  /// Tiles are of at most about `tile_cells`.
  CpuMapScan(const Spec& spec, std::int64_t tile_cells, int threads);

  Outcome summarize(Summary& total, std::span<KeyHistogram> histograms, const ScanOptions& options) override;
  Outcome count(std::span<KeyHistogram> histograms, const ScanOptions& options) override;

 private:
  class SharedCounts;
  struct Pass;

  Outcome run(Pass pass);
  /// False if the stop came first.
  bool scan_tile(Pass& pass, std::int64_t tile);
  void count_piece(Pass& pass, std::int64_t piece, std::int64_t count) const;

  Precision precision_;
  Grid grid_;
  std::unique_ptr<MapEvaluator> evaluator_;
  ThreadPool pool_;
  TileData values_;
  std::optional<std::int64_t> tile_in_hand_;  // all of its values are in values_
};

}  // namespace ravine
