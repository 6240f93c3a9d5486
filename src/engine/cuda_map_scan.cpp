#include "engine/cuda_map_scan.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace ravine {
namespace {

/// Brings every tile of the map through the sweep.
class Pass {
 public:
  Pass(cuda::MapSweep& sweep, const Grid& grid, const ScanOptions& options)
      : sweep_(sweep), options_(options), progress_{0, grid.cells(), 0, grid.tile_count()} {}

  /// False if the stop came first.
  bool run(Summary& total) {
    std::int64_t begun = 0;
    while (progress_.tiles_done < progress_.tiles_total) {
      for (; begun < progress_.tiles_total && begun - progress_.tiles_done < std::ssize(spare_); ++begun) {
        sweep_.begin(begun, std::exchange(spare_[static_cast<std::size_t>(begun) % spare_.size()], {}));
      }
      if (!finish(total)) return false;
    }
    return true;
  }

 private:
  /// Waits for the oldest begun tile.
  bool finish(Summary& total) {
    const std::int64_t cells_before = progress_.cells_done;
    while (!sweep_.advance()) {
      if (options_.stop.stop_requested()) return false;
      tell(cells_before + sweep_.cells_done());
    }
    TileData& tile = spare_[static_cast<std::size_t>(progress_.tiles_done) % spare_.size()];
    tile = sweep_.take();
    merge(total, tile.summary);
    ++progress_.tiles_done;
    tell(cells_before + tile.summary.cells);
    return !options_.stop.stop_requested() || progress_.tiles_done == progress_.tiles_total;
  }

  void tell(std::int64_t cells_done) {
    progress_.cells_done = cells_done;
    if (options_.progress) options_.progress(progress_);
  }

  cuda::MapSweep& sweep_;
  const ScanOptions& options_;
  Progress progress_;
  std::vector<TileData> spare_ = std::vector<TileData>(sweep_.depth());  // buffers of tiles that are used up
};

}  // namespace

CudaMapScan::CudaMapScan(std::unique_ptr<cuda::MapSweep> sweep, Grid grid)
    : sweep_(std::move(sweep)), grid_(std::move(grid)) {}

Outcome CudaMapScan::summarize(Summary& total, std::span<KeyHistogram> histograms, const ScanOptions& options) {
  static_assert(cuda::KeyBins::count == KeyHistogram::bins);
  std::vector<cuda::KeyBins> bins;
  for (const KeyHistogram& histogram : histograms) bins.push_back({histogram.quantity, histogram.low, histogram.shift});
  sweep_->start_counting(bins);
  if (!Pass(*sweep_, grid_, options).run(total)) return Outcome::interrupted;
  for (std::size_t h = 0; h < histograms.size(); ++h) sweep_->add_counts(h, histograms[h].counts);
  return Outcome::complete;
}

Outcome CudaMapScan::count(std::span<KeyHistogram> histograms, const ScanOptions& options) {
  Summary known;  // the sweep makes it anyway
  return summarize(known, histograms, options);
}

}  // namespace ravine
