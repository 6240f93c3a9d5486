#include "engine/fold.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <span>

#include "ravine/model/regime.hpp"

namespace ravine {
namespace {

template <class T>
std::span<const T> values_of(const ByteBuffer& chunk, std::int64_t first, std::int64_t count) {
  return {reinterpret_cast<const T*>(chunk.data()) + first, static_cast<std::size_t>(count)};
}

/// The best of some values. Partial results side by side, so that the loop vectorises.
template <class F, class Better>
F best_of(std::span<const F> values, Better better) {
  constexpr std::size_t lanes = 8;
  std::array<F, lanes> best;
  best.fill(values[0]);
  const auto take = [better](F& kept, F candidate) { kept = better(candidate, kept) ? candidate : kept; };
  const std::size_t whole = values.size() - values.size() % lanes;
  for (std::size_t i = 0; i < whole; i += lanes) {
    for (std::size_t k = 0; k < lanes; ++k) take(best[k], values[i + k]);
  }
  for (std::size_t i = whole; i < values.size(); ++i) take(best[0], values[i]);
  for (const F candidate : best) take(best[0], candidate);
  return best[0];
}

/// Runs come in grid order, so of equal values the first is kept.
template <class F, class Better>
void add_best(std::span<const F> values, std::int64_t first_cell, Better better, std::optional<BestCell>& best) {
  const F value = best_of(values, better);
  if (best && !better(value, static_cast<F>(best->value))) return;
  const auto at = std::find(values.begin(), values.end(), value) - values.begin();
  best = BestCell{static_cast<double>(value), first_cell + at};
}

template <class F, class Condition>
std::int64_t count_if(std::span<const F> values, Condition condition) {
  std::int64_t found = 0;
  for (const F value : values) found += condition(value) ? 1 : 0;
  return found;
}

/// Counts each regime. Counters of one byte, so that the loops vectorise, over no more codes than they can count.
void add_regimes(std::span<const std::uint8_t> codes, std::array<std::int64_t, regime_count>& counts) {
  constexpr std::size_t most = 255;
  for (std::size_t first = 0; first < codes.size(); first += most) {
    const std::span<const std::uint8_t> block = codes.subspan(first, std::min(most, codes.size() - first));
    for (std::uint8_t regime = 0; regime < regime_count; ++regime) {
      std::uint8_t found = 0;
      for (const std::uint8_t code : block) found = static_cast<std::uint8_t>(found + (code == regime ? 1 : 0));
      counts[regime] += found;
    }
  }
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
  tile.for_each_run(first, count, [&](const Run& run) {
    for (std::size_t q = 0; q < quantities.size(); ++q) {
      const auto reals = [&] { return values_of<F>(data.chunks[q], tile.position_of(run), run.length); };
      switch (quantities[q]) {
        case Quantity::rate:
          add_best(reals(), tile.cell_number(run), std::less<F>(), summary.best_rate);
          by_rate = by_rate.value_or(0) + count_if(reals(), [](F rate) { return rate < 1; });
          break;
        case Quantity::gap:
          add_best(reals(), tile.cell_number(run), std::greater<F>(), summary.best_gap);
          by_gap = by_gap.value_or(0) + count_if(reals(), [](F gap) { return gap > 0; });
          break;
        case Quantity::regime:
          if (!summary.regimes) summary.regimes.emplace();  // zeros
          add_regimes(values_of<std::uint8_t>(data.chunks[q], tile.position_of(run), run.length), *summary.regimes);
          break;
        default:
          break;
      }
    }
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
