// Noise studies: what every backend shares. Replicates are simulated block by block, by whichever backend; here are the
// theory of a cell, the fold of its blocks, and the quantities that come of both.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/ensemble_cells.hpp"
#include "engine/tile_evaluator.hpp"
#include "ravine/field.hpp"
#include "ravine/model/moments.hpp"
#include "ravine/model/random.hpp"
#include "ravine/model/replicates.hpp"
#include "ravine/spec.hpp"
#include "ravine/store.hpp"

namespace ravine {

/// What a block of replicates leaves, wherever it stands; as in BlockSums.
struct BlockResult {
  std::span<const std::int64_t> finite;
  std::span<const model::Sums> sums;
};

/// What a block of replicates leaves. Variables are the loss and then x of each component.
struct BlockSums {
  std::vector<std::int64_t> finite;  ///< per recorded step: replicates whose loss is finite
  std::vector<model::Sums> sums;     ///< per recorded step and variable
  std::vector<std::uint32_t> bins;   ///< per recorded step and bin, where the losses are binned; else empty
};

/// A cell of the tile in hand on its way: its theory, and the fold of the blocks that are done.
template <class F>
struct NoiseCell {
  typename EnsembleCells<F>::Place place;
  std::vector<model::Moments> theory;  ///< per recorded step and component; empty where nothing needs it
  std::vector<double> shifts;          ///< per recorded step and variable: what values are summed about
  std::vector<std::int64_t> finite;
  std::vector<model::CellSums> sums;
  std::vector<std::int64_t> bins;
};

/// Of a mode at some step, the sum over a cell's components: deterministic and stochastic part together.
[[nodiscard]] double expected_loss(const model::Moments* components, std::size_t count);

template <class F>
class NoiseStudy {
 public:
  NoiseStudy(const Spec& spec, const Grid& grid);

  void load(std::int64_t tile, TileData& data) { cells_.load(tile, data); }
  [[nodiscard]] const EnsembleCells<F>& cells() const { return cells_; }
  [[nodiscard]] const Noise& noise() const { return noise_; }
  [[nodiscard]] const std::vector<std::int64_t>& recorded() const { return recorded_; }

  /// The loss and each x.
  [[nodiscard]] std::size_t variables() const { return 1 + cells_.components(); }
  /// Blocks of replicates in each cell; 0 where only theory is asked for.
  [[nodiscard]] std::int64_t blocks() const;
  /// Replicates of a block that the study has.
  [[nodiscard]] std::int64_t replicates_in(std::int64_t block) const;
  [[nodiscard]] bool has_bins() const { return has_bins_; }
  [[nodiscard]] model::Bins bins() const;
  /// Bytes of a BlockSums.
  [[nodiscard]] std::int64_t block_bytes() const;

  /// A component's eigenvalue problem and the variance of its gradient error, as theory takes them.
  [[nodiscard]] model::Cell<double> mode(const typename EnsembleCells<F>::Place& place, std::size_t component) const;
  [[nodiscard]] double variance(std::size_t component) const;
  /// Of a component's gradient error, rounded to the precision.
  [[nodiscard]] F deviation(std::size_t component) const { return EnsembleCells<F>::one_of(deviation_, component); }
  /// Where the first replicate of a block draws the noise of a component.
  [[nodiscard]] model::DrawPlace draws(const NoiseCell<F>& cell, std::int64_t block, std::size_t component) const;

  /// A cell with its theory, before any block.
  [[nodiscard]] NoiseCell<F> begin(std::int64_t number) const;
  [[nodiscard]] BlockSums no_block() const;
  /// Simulates a block on the cpu; gives it up, unfinished, soon after `interrupted` says so.
  void simulate(const NoiseCell<F>& cell, std::int64_t block, BlockSums& out,
                const TileEvaluator::Interrupted& interrupted) const;
  /// Adds the next block; they come in order.
  void fold(const BlockSums& block, NoiseCell<F>& cell) const;
  /// The same in parts: bins are counts, for which the order does not matter.
  void fold(const BlockResult& block, NoiseCell<F>& cell) const;
  void fold_bins(std::span<const std::uint32_t> bins, NoiseCell<F>& cell) const;
  /// Puts down every quantity of a cell whose blocks are all in.
  void store(const NoiseCell<F>& cell, TileData& data) const;

 private:
  [[nodiscard]] std::vector<model::Moments> theory_of(const typename EnsembleCells<F>::Place& place) const;
  void store_sample(const NoiseCell<F>& cell, TileData& data) const;
  void store_stationary(const NoiseCell<F>& cell, TileData& data) const;

  Spec spec_;
  std::vector<Field> fields_;
  EnsembleCells<F> cells_;
  Noise noise_;
  std::vector<std::int64_t> recorded_;
  std::vector<F> deviation_;
  bool has_samples_;  // some quantity is of the replicates
  bool has_theory_;
  bool has_bins_;
};

}  // namespace ravine
