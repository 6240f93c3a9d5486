#include "engine/fold.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <span>

#include "cpu/loops.hpp"
#include "ravine/model/regime.hpp"

namespace ravine {
namespace {

template <class T>
std::span<const T> values_of(const ByteBuffer& chunk, std::int64_t first, std::int64_t count) {
  return {reinterpret_cast<const T*>(chunk.data()) + first, static_cast<std::size_t>(count)};
}

/// Runs come in grid order, so of equal values the first is kept.
template <class F, class Better>
void add_best(F value, std::span<const F> values, std::int64_t first_cell, Better better,
              std::optional<BestCell>& best) {
  if (best && !better(value, static_cast<F>(best->value))) return;
  const auto at = std::find(values.begin(), values.end(), value) - values.begin();
  best = BestCell{static_cast<double>(value), first_cell + at};
}

std::int64_t count_convergent(const std::array<std::int64_t, regime_count>& regimes) {
  std::int64_t convergent = 0;
  for (std::size_t code = 0; code < regime_count; ++code) {
    if (converges(static_cast<Regime>(code))) convergent += regimes[code];
  }
  return convergent;
}

}  // namespace

template <class F>
Summary fold(const TileCells<F>& tile, const std::vector<Quantity>& quantities, std::int64_t first, std::int64_t count,
             const TileData& data) {
  std::optional<std::int64_t> by_gap;
  std::optional<std::int64_t> by_rate;
  Summary summary;
  summary.cells = count;
  const auto add_run = [&](const Run& run, std::size_t q) {
    const ByteBuffer& chunk = data.chunks[q];
    const std::int64_t position = tile.position_of(run);
    if (quantities[q] == Quantity::rate) {
      const auto values = values_of<F>(chunk, position, run.length);
      const cpu::Tally<F> tally = cpu::loops<F>().tally_rates(values.data(), values.size());
      add_best(tally.best, values, tile.cell_number(run), std::less<F>(), summary.best_rate);
      by_rate = by_rate.value_or(0) + tally.convergent;
    } else if (quantities[q] == Quantity::gap) {
      const auto values = values_of<F>(chunk, position, run.length);
      const cpu::Tally<F> tally = cpu::loops<F>().tally_gaps(values.data(), values.size());
      add_best(tally.best, values, tile.cell_number(run), std::greater<F>(), summary.best_gap);
      by_gap = by_gap.value_or(0) + tally.convergent;
    } else if (quantities[q] == Quantity::regime) {
      if (!summary.regimes) summary.regimes.emplace();  // zeros
      const auto codes = values_of<std::uint8_t>(chunk, position, run.length);
      cpu::active_level().count_codes(codes.data(), codes.size(), summary.regimes->data());
    }
  };
  tile.for_each_run(first, count, [&](const Run& run) {
    for (std::size_t q = 0; q < quantities.size(); ++q) add_run(run, q);
  });
  // By the most exact quantity that the map has.
  summary.convergent = by_gap ? by_gap : by_rate;
  if (summary.regimes) summary.convergent = count_convergent(*summary.regimes);
  return summary;
}

template Summary fold<double>(const TileCells<double>&, const std::vector<Quantity>&, std::int64_t, std::int64_t,
                              const TileData&);
template Summary fold<float>(const TileCells<float>&, const std::vector<Quantity>&, std::int64_t, std::int64_t,
                             const TileData&);

}  // namespace ravine
