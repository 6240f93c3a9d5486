// For the tests of these checks: a sweep that is the CPU's but for one fault.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "compare.hpp"
#include "engine/backend.hpp"
#include "engine/cpu_tiles.hpp"

namespace ravine::gpu_check {

/// Changes a tile on its way.
using Fault = std::function<void(TileData&)>;

/// Evaluates on the CPU, keeps to the order of a sweep, and does to each tile what `fault` does.
class FaultySweep final : public cuda::MapSweep {
 public:
  FaultySweep(const Spec& spec, const Grid& grid, cuda::Keep keep, Fault fault)
      : tiles_(spec, grid, 1), spec_(spec), keep_(keep), fault_(std::move(fault)) {}

  [[nodiscard]] std::size_t depth() const override { return 2; }
  void begin(std::int64_t id, TileData buffers) override {
    tiles_.begin(id, std::move(buffers));
    Ending never({}, std::nullopt);
    begun_.push_back(*tiles_.finish(never, [](std::int64_t) {}));
  }
  bool advance() override { return true; }
  [[nodiscard]] std::int64_t cells_done() const override { return 0; }
  [[nodiscard]] TileData take() override {
    TileData tile = std::move(begun_.front());
    begun_.pop_front();
    if (keep_ == cuda::Keep::summary) tile.chunks.clear();
    for (std::size_t k = 0; k < bins_.size(); ++k) count_keys(spec_, bins_[k], tile, counts_[k]);
    fault_(tile);
    return tile;
  }
  void start_counting(std::span<const cuda::KeyBins> bins) override {
    bins_.assign(bins.begin(), bins.end());
    counts_.assign(bins.size(), std::vector<std::int64_t>(cuda::KeyBins::count));
  }
  void count_once_more() { ++extra_; }
  void add_counts(std::size_t number, std::span<std::int64_t> counts) override {
    for (std::int64_t& bin : counts_[number]) bin += bin > 0 ? extra_ : 0;
    for (std::size_t bin = 0; bin < counts.size(); ++bin) counts[bin] += counts_[number][bin];
  }
  [[nodiscard]] std::vector<std::string> notes() const override { return {}; }

 private:
  CpuTiles tiles_;
  Spec spec_;
  std::int64_t extra_ = 0;
  std::vector<cuda::KeyBins> bins_;
  std::vector<std::vector<std::int64_t>> counts_;
  cuda::Keep keep_;
  Fault fault_;
  std::deque<TileData> begun_;
};

/// The same of a study.
class FaultyComputer final : public TileComputer {
 public:
  FaultyComputer(const Spec& spec, const Grid& grid, Fault fault)
      : computer_(make_tile_computer(spec, grid, {Backend::cpu, {}, {}, {}}, 1)), fault_(std::move(fault)) {}

  [[nodiscard]] std::size_t depth() const override { return computer_->depth(); }
  void begin(std::int64_t id, TileData buffers) override { computer_->begin(id, std::move(buffers)); }
  std::optional<TileData> finish(Ending& ending, const Told& told) override {
    std::optional<TileData> tile = computer_->finish(ending, told);
    fault_(*tile);
    return tile;
  }

 private:
  std::unique_ptr<TileComputer> computer_;
  Fault fault_;
};

inline Backends backends_with(const Fault& fault) {
  return {[fault](const Spec& spec, const Grid& grid, const cuda::SweepOptions& options) {
            return std::make_unique<FaultySweep>(spec, grid, options.keep, fault);
          },
          [fault](const Spec& spec, const Grid& grid, const cuda::SweepOptions& /*options*/) {
            return std::make_unique<FaultyComputer>(spec, grid, fault);
          },
          {0},
          1};
}

inline void none(TileData& /*tile*/) {}

}  // namespace ravine::gpu_check
