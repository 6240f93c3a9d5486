#include "engine/cpu_tiles.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "grid/floating_point_environment.hpp"

namespace ravine {

CpuTiles::CpuTiles(const Spec& spec, const Grid& grid, int threads)
    : evaluator_(make_tile_evaluator(spec, grid, Structure::used)), pool_(threads) {}

void CpuTiles::begin(std::int64_t id, TileData buffers) {
  tile_ = std::move(buffers);
  evaluator_->load(id, tile_);
}

std::optional<TileData> CpuTiles::finish(Ending& ending, const Told& told) {
  std::vector<Summary> parts(static_cast<std::size_t>(evaluator_->pieces()));
  std::atomic<std::int64_t> cells = 0;
  const std::thread::id caller = std::this_thread::get_id();
  pool_.for_each(evaluator_->pieces(), ending.token(), [&](std::int64_t piece) {
    if (ending.has_come()) return;
    const detail::FloatingPointEnvironment exact;
    const std::int64_t first = piece * evaluator_->cells_per_piece();
    const std::int64_t count = std::min(evaluator_->cells_per_piece(), evaluator_->cells() - first);
    evaluator_->evaluate(first, count, tile_, [&ending] { return ending.has_come(); });
    if (ending.has_come()) return;  // it may have been given up
    // Here, while the piece is in this processor's cache.
    parts[static_cast<std::size_t>(piece)] = evaluator_->summarize(first, count, tile_);
    cells += count;
    if (std::this_thread::get_id() == caller) told(cells);
  });
  if (cells != evaluator_->cells()) return std::nullopt;
  for (const Summary& part : parts) merge(tile_.summary, part);
  return std::move(tile_);
}

}  // namespace ravine
