#include "engine/cpu_noise_tiles.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/noise_study.hpp"
#include "engine/until_end.hpp"

namespace ravine {
namespace {

/// Blocks are simulated in rounds, a thread each, and folded in order after each round. A round holds consecutive
/// blocks, of one cell or of several, so both one cell with very many replicates and many cells with few keep all
/// threads busy. A stop is noticed between blocks.
template <class F>
class CpuNoiseTiles final : public TileComputer {
 public:
  CpuNoiseTiles(const Spec& spec, const Grid& grid, int threads) : study_(spec, grid), pool_(threads) {}

  [[nodiscard]] std::size_t depth() const override { return 1; }

  void begin(std::int64_t id, TileData buffers) override {
    tile_ = std::move(buffers);
    study_.load(id, tile_);
  }

  std::optional<TileData> finish(Ending& ending, const Told& told) override {
    const std::int64_t cells = study_.cells().count();
    const std::int64_t at_once = cells_at_once();
    for (std::int64_t first = 0; first < cells; first += at_once) {
      if (!compute(first, std::min(at_once, cells - first), ending)) return std::nullopt;
      told(std::min(first + at_once, cells));
    }
    tile_.summary.cells = cells;
    return std::move(tile_);
  }

 private:
  /// Blocks that a round may hold.
  [[nodiscard]] std::int64_t round_blocks() const {
    constexpr std::int64_t most_bytes = std::int64_t{64} << 20;
    const std::int64_t fit = most_bytes / std::max<std::int64_t>(study_.block_bytes(), 1);
    return std::max<std::int64_t>(pool_.threads(), std::min(fit, std::int64_t{8} * pool_.threads()));
  }

  /// Cells whose blocks make up a round, where a cell has fewer.
  [[nodiscard]] std::int64_t cells_at_once() const {
    return std::max<std::int64_t>(round_blocks() / std::max<std::int64_t>(study_.blocks(), 1), 1);
  }

  /// False if the end came first.
  bool compute(std::int64_t first, std::int64_t count, Ending& ending) {
    std::vector<NoiseCell<F>> cells(static_cast<std::size_t>(count));
    const bool begun = for_each_until_end(
        pool_, ending, count, [&](std::int64_t i) { cells[static_cast<std::size_t>(i)] = study_.begin(first + i); });
    if (!begun || !simulate(cells, ending)) return false;
    return for_each_until_end(pool_, ending, count,
                              [&](std::int64_t i) { study_.store(cells[static_cast<std::size_t>(i)], tile_); });
  }

  bool simulate(std::vector<NoiseCell<F>>& cells, Ending& ending) {
    const std::int64_t blocks = study_.blocks();
    const std::int64_t total = blocks * static_cast<std::int64_t>(cells.size());
    for (std::int64_t first = 0; first < total; first += round_blocks()) {
      std::vector<BlockSums> sums(static_cast<std::size_t>(std::min(round_blocks(), total - first)));
      const auto cell_of = [&](std::size_t i) -> NoiseCell<F>& {
        return cells[static_cast<std::size_t>((first + static_cast<std::int64_t>(i)) / blocks)];
      };
      const bool all =
          for_each_until_end(pool_, ending, static_cast<std::int64_t>(sums.size()), [&](std::int64_t item) {
            const auto i = static_cast<std::size_t>(item);
            sums[i] = study_.no_block();
            study_.simulate(cell_of(i), (first + item) % blocks, sums[i], [&ending] { return ending.has_come(); });
          });
      if (!all) return false;
      for (std::size_t i = 0; i < sums.size(); ++i) study_.fold(sums[i], cell_of(i));
    }
    return true;
  }

  NoiseStudy<F> study_;
  ThreadPool pool_;
  TileData tile_;  // the one begun
};

}  // namespace

std::unique_ptr<TileComputer> make_cpu_noise_tiles(const Spec& spec, const Grid& grid, int threads) {
  if (spec.precision == Precision::float64) return std::make_unique<CpuNoiseTiles<double>>(spec, grid, threads);
  return std::make_unique<CpuNoiseTiles<float>>(spec, grid, threads);
}

}  // namespace ravine
