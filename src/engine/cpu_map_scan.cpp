#include "engine/cpu_map_scan.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <thread>
#include <vector>

#include "grid/floating_point_environment.hpp"
#include "ravine/model/order_key.hpp"

namespace ravine {
namespace {

/// What copies of the histograms may take together; one copy is made whatever it takes.
constexpr std::size_t copies_bytes = std::size_t{64} << 20U;

/// Adds `count` values of F, found at `values`, to the bins at `counts`. Neighbours in a map mostly share a bin: they
/// are counted together, so that threads meet at a bin rarely.
template <class F>
void add_values(const std::byte* values, std::int64_t count, const KeyHistogram& bins, std::int64_t* counts) {
  std::uint64_t bin = KeyHistogram::bins;  // none
  std::int64_t length = 0;
  const auto add_run = [&] {
    if (bin < KeyHistogram::bins) std::atomic_ref(counts[bin]).fetch_add(length, std::memory_order_relaxed);
  };
  for (std::int64_t i = 0; i < count; ++i) {
    F value;
    std::memcpy(&value, values + static_cast<std::size_t>(i) * sizeof(F), sizeof(F));
    const std::uint64_t key = model::order_key(value);
    const std::uint64_t next = std::min<std::uint64_t>((key - bins.low) >> bins.shift, KeyHistogram::bins);
    if (next != bin) {
      add_run();
      bin = next;
      length = 0;
    }
    ++length;
  }
  add_run();
}

}  // namespace

/// The counts of a pass while it goes on: a few copies, so that threads which work on neighbouring pieces rarely write
/// to one memory line.
class CpuMapScan::SharedCounts {
 public:
  SharedCounts(std::size_t histograms, int threads)
      : histograms_(histograms), copies_(copies_within_bound(histograms, threads)) {
    counts_.resize(copies_ * histograms_ * KeyHistogram::bins);
  }

  /// The bins of one histogram for one piece.
  [[nodiscard]] std::int64_t* of(std::int64_t piece, std::size_t histogram) {
    const std::size_t copy = static_cast<std::size_t>(piece) % copies_;
    return counts_.data() + (copy * histograms_ + histogram) * KeyHistogram::bins;
  }

  void add_to(std::span<KeyHistogram> histograms) const {
    auto from = counts_.begin();
    for (std::size_t copy = 0; copy < copies_; ++copy) {
      for (KeyHistogram& histogram : histograms) {
        for (std::int64_t& count : histogram.counts) count += *from++;
      }
    }
  }

 private:
  static std::size_t copies_within_bound(std::size_t histograms, int threads) {
    const std::size_t bytes = std::max<std::size_t>(histograms, 1) * KeyHistogram::bins * sizeof(std::int64_t);
    return std::clamp<std::size_t>(copies_bytes / bytes, 1, static_cast<std::size_t>(threads));
  }

  std::size_t histograms_;
  std::size_t copies_;
  std::vector<std::int64_t> counts_;
};

struct CpuMapScan::Pass {
  std::span<KeyHistogram> histograms;
  const ScanOptions& options;
  Summary* total;  ///< null where it is not wanted
  SharedCounts counts;
  Progress progress;

  void tell(std::int64_t cells_done) {
    progress.cells_done = cells_done;
    if (options.progress) options.progress(progress);
  }
};

CpuMapScan::CpuMapScan(const Spec& spec, std::int64_t tile_cells, int threads)
    : precision_(spec.precision),
      grid_(make_grid(spec, tile_cells)),
      evaluator_(make_map_evaluator(spec, grid_, Structure::used)),
      pool_(threads) {}

Outcome CpuMapScan::summarize(Summary& total, std::span<KeyHistogram> histograms, const ScanOptions& options) {
  return run({histograms, options, &total, {histograms.size(), pool_.threads()}, {}});
}

Outcome CpuMapScan::count(std::span<KeyHistogram> histograms, const ScanOptions& options) {
  return run({histograms, options, nullptr, {histograms.size(), pool_.threads()}, {}});
}

Outcome CpuMapScan::run(Pass pass) {
  pass.progress = {0, grid_.cells(), 0, grid_.tile_count()};
  for (std::int64_t tile = 0; tile < grid_.tile_count(); ++tile) {
    if (!scan_tile(pass, tile)) return Outcome::interrupted;
  }
  pass.counts.add_to(pass.histograms);
  return Outcome::complete;
}

bool CpuMapScan::scan_tile(Pass& pass, std::int64_t tile) {
  const bool has_values = tile_in_hand_ == tile;
  if (!has_values) {
    tile_in_hand_.reset();
    evaluator_->load(tile, values_);
  }
  std::vector<Summary> parts(pass.total == nullptr ? 0 : static_cast<std::size_t>(evaluator_->pieces()));
  std::atomic<std::int64_t> cells = 0;
  const std::int64_t cells_before = pass.progress.cells_done;
  const std::thread::id caller = std::this_thread::get_id();
  pool_.for_each(evaluator_->pieces(), pass.options.stop, [&](std::int64_t piece) {
    const detail::FloatingPointEnvironment exact;
    const std::int64_t first = piece * MapEvaluator::piece_cells;
    const std::int64_t count = std::min(MapEvaluator::piece_cells, evaluator_->cells() - first);
    if (!has_values) evaluator_->evaluate(first, count, values_);
    if (!parts.empty()) parts[static_cast<std::size_t>(piece)] = evaluator_->summarize(first, count, values_);
    count_piece(pass, piece, count);
    cells += count;
    if (std::this_thread::get_id() == caller) pass.tell(cells_before + cells);
  });
  if (cells != evaluator_->cells()) return false;
  for (const Summary& part : parts) merge(*pass.total, part);
  tile_in_hand_ = tile;
  ++pass.progress.tiles_done;
  pass.tell(cells_before + cells);
  return true;
}

void CpuMapScan::count_piece(Pass& pass, std::int64_t piece, std::int64_t count) const {
  const auto add = precision_ == Precision::float64 ? add_values<double> : add_values<float>;
  const std::size_t value_size = value_bytes(Quantity::rate, precision_);
  // make_grid's tiles are cut by the grid's edge along one axis, with none slower of more than one element: their cells
  // are the beginning of the chunk.
  const std::size_t first = static_cast<std::size_t>(piece * MapEvaluator::piece_cells) * value_size;
  for (std::size_t h = 0; h < pass.histograms.size(); ++h) {
    const KeyHistogram& bins = pass.histograms[h];
    add(values_.chunks[bins.quantity].data() + first, count, bins, pass.counts.of(piece, h));
  }
}

}  // namespace ravine
