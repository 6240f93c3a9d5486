#include "engine/cuda_noise_tiles.hpp"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "engine/noise_study.hpp"
#include "engine/until_end.hpp"
#include "kernels/replicate_sweep.hpp"

namespace ravine {
namespace {

/// The blocks of replicates of all cells of a tile go through the devices in order, batch by batch, whatever the cells
/// that a batch begins and ends in. While devices simulate, the host folds the batches before and makes the theory of
/// the cells after, its threads a cell each. A stop is noticed between batches.
template <class F>
class CudaNoiseTiles final : public TileComputer {
 public:
  CudaNoiseTiles(const Spec& spec, const Grid& grid, const cuda::SweepOptions& options, int threads)
      : study_(spec, grid),
        sweep_(cuda::make_replicate_sweep(spec, grid.tile_capacity(),
                                          study_.has_bins() ? cuda::Binning::losses : cuda::Binning::none, options)),
        pool_(threads) {}

  [[nodiscard]] std::size_t depth() const override { return 1; }

  void begin(std::int64_t id, TileData buffers) override {
    tile_ = std::move(buffers);
    study_.load(id, tile_);
    first_cell_ = 0;
    next_block_ = 0;
  }

  std::optional<TileData> finish(Ending& ending, const Told& told) override {
    const std::int64_t cells = study_.cells().count();
    if (study_.blocks() == 0 && !store_theory(ending)) return std::nullopt;
    while (study_.blocks() > 0 && first_cell_ < cells) {
      while (next_block_ < cells * study_.blocks() && batches_.size() < sweep_->depth()) {
        if (!begin_batch(ending)) return std::nullopt;
      }
      if (!fold_batch(ending)) return std::nullopt;
      told(first_cell_);
    }
    tile_.summary.cells = cells;
    return std::move(tile_);
  }

  [[nodiscard]] std::vector<std::string> notes() const override { return sweep_->notes(); }

 private:
  [[nodiscard]] std::int64_t cell_of(std::int64_t block) const { return block / study_.blocks(); }
  [[nodiscard]] NoiseCell<F>& cell(std::int64_t number) {
    return cells_[static_cast<std::size_t>(number - first_cell_)];
  }

  /// Of cells whose replicates nobody asks for.
  bool store_theory(Ending& ending) {
    return for_each_until_end(pool_, ending, study_.cells().count(),
                              [this](std::int64_t number) { study_.store(study_.begin(number), tile_); });
  }

  bool begin_batch(Ending& ending) {
    const std::int64_t left = study_.cells().count() * study_.blocks() - next_block_;
    const cuda::BlockRange batch = {next_block_, std::min(left, sweep_->most_blocks())};
    const std::int64_t first = cell_of(batch.first);
    const std::int64_t last = cell_of(batch.first + batch.count - 1);
    if (!begin_cells(last, ending)) return false;
    std::vector<cuda::ReplicateCell> cells;
    std::vector<double> shifts;
    for (std::int64_t number = first; number <= last; ++number) {
      const NoiseCell<F>& one = cell(number);
      cells.push_back({static_cast<double>(one.place.alpha), static_cast<double>(one.place.beta),
                       static_cast<double>(one.place.lambda), study_.draws(one, 0, 0).cell});
      shifts.insert(shifts.end(), one.shifts.begin(), one.shifts.end());
    }
    sweep_->begin(batch, cells, shifts);
    batches_.push_back(batch);
    next_block_ += batch.count;
    return true;
  }

  /// Makes the theory of the cells up to number `last` that have none.
  bool begin_cells(std::int64_t last, Ending& ending) {
    const std::int64_t first = first_cell_ + static_cast<std::int64_t>(cells_.size());
    const std::int64_t count = std::max<std::int64_t>(last + 1 - first, 0);
    cells_.resize(cells_.size() + static_cast<std::size_t>(count));
    return for_each_until_end(pool_, ending, count, [&](std::int64_t i) { cell(first + i) = study_.begin(first + i); });
  }

  /// Folds the oldest batch, and stores the cells that it completes.
  bool fold_batch(Ending& ending) {
    const cuda::ReplicateResults results = sweep_->take();
    const cuda::BlockRange batch = batches_.front();
    batches_.pop_front();
    const std::int64_t end = batch.first + batch.count;
    const std::int64_t last = cell_of(end - 1);
    const bool all = for_each_until_end(pool_, ending, last + 1 - first_cell_,
                                        [&](std::int64_t i) { fold_cell(batch, results, i); });
    if (!all) return false;
    const std::int64_t whole = cell_of(end) - first_cell_;
    cells_.erase(cells_.begin(), cells_.begin() + static_cast<std::ptrdiff_t>(whole));
    first_cell_ += whole;
    return true;
  }

  /// What cell number `i` of a batch has in it.
  void fold_cell(const cuda::BlockRange& batch, const cuda::ReplicateResults& results, std::int64_t i) {
    const std::int64_t number = first_cell_ + i;
    NoiseCell<F>& folded = cell(number);
    const std::size_t steps = study_.recorded().size();
    const std::size_t values = steps * study_.variables();
    const std::int64_t end_of_cell = (number + 1) * study_.blocks();
    const std::int64_t end = std::min(batch.first + batch.count, end_of_cell);
    for (std::int64_t block = std::max(batch.first, number * study_.blocks()); block < end; ++block) {
      const auto offset = static_cast<std::size_t>(block - batch.first);
      study_.fold(
          BlockResult{results.finite.subspan(offset * steps, steps), results.sums.subspan(offset * values, values)},
          folded);
    }
    const std::size_t bins = folded.bins.size();
    if (bins > 0) study_.fold_bins(results.bins.subspan(static_cast<std::size_t>(i) * bins, bins), folded);
    if (end == end_of_cell) study_.store(folded, tile_);
  }

  NoiseStudy<F> study_;
  std::unique_ptr<cuda::ReplicateSweep> sweep_;
  ThreadPool pool_;
  TileData tile_;                         // the one begun
  std::deque<NoiseCell<F>> cells_;        // begun and not whole; the first is number first_cell_
  std::int64_t first_cell_ = 0;           // of the tile
  std::int64_t next_block_ = 0;           // to begin
  std::deque<cuda::BlockRange> batches_;  // begun and not taken
};

}  // namespace

std::unique_ptr<TileComputer> make_cuda_noise_tiles(const Spec& spec, const Grid& grid,
                                                    const cuda::SweepOptions& options, int threads) {
  if (spec.precision == Precision::float64) {
    return std::make_unique<CudaNoiseTiles<double>>(spec, grid, options, threads);
  }
  return std::make_unique<CudaNoiseTiles<float>>(spec, grid, options, threads);
}

}  // namespace ravine
