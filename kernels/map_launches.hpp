// The kernels of the rate maps, as functions that queue them on a stream and return at once. F is double or float.
#pragma once

#include <cstdint>
#include <optional>

#include "kernels/map_parameters.hpp"
#include "kernels/map_sweep.hpp"
#include "kernels/runtime.hpp"
#include "ravine/spec.hpp"

namespace ravine::cuda {

/// Loads a kernel on the current device: whether the program has code for it, and the driver takes that. \throws
/// BackendError.
void load_kernels();

/// Where launches go, and how many blocks they may have.
struct Queue {
  const Stream& stream;
  std::int64_t most_blocks;
};

/// Blocks that a launch over `count` positions or indices gets: as many as partial results come back.
[[nodiscard]] std::int64_t blocks_for(const Queue& queue, std::int64_t count);

template <class F>
void queue_unfold_rows(const Queue& queue, const TileAxes<F>& axes, const RowTables<F>& out);

template <class F>
void queue_bands(const Queue& queue, const BandSearch<F>& search, model::Band* bands);

/// The value of `quantity` (rate, gap or regime) in bands, for each of `count` betas.
template <class F>
void queue_in_band(const Queue& queue, Quantity quantity, const F* beta, std::int64_t count, void* out);

/// A tile's cells, and the spectrum where lambda is reduced.
template <class F>
struct MapView {
  Rows<F> rows;
  std::optional<WorstCase<F>> worst;
  WorstBy worst_by = WorstBy::ends;
};

/// Values are F, or uint8_t for the regime; see Output.
struct Target {
  void* values;
  std::uint32_t* uncertain;
  const void* in_band;
};

/// Evaluates a quantity at positions of a tile: attempt and settling.
template <class F>
void queue_quantity(const Queue& queue, Quantity quantity, const MapView<F>& map, Positions positions,
                    const Target& target);

/// The best of `count` rates or gaps, one partial result a block.
template <class F>
void queue_find_best(const Queue& queue, Quantity quantity, const F* values, std::int64_t count, BestPartial* partials);

/// Adds to `counts` (KeyBins::count of them) the values whose keys are in `bins`.
template <class F>
void queue_count_keys(const Queue& queue, const F* values, std::int64_t count, const KeyBins& bins,
                      unsigned long long* counts);

/// The counts of `count` < 2^32 regimes, one partial result a block.
void queue_count_regimes(const Queue& queue, const std::uint8_t* values, std::int64_t count, RegimePartial* partials);

}  // namespace ravine::cuda
