#include "engine/map_evaluator.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "cpu/worst_case.hpp"
#include "engine/box_walk.hpp"
#include "ravine/model/regime.hpp"

namespace ravine {
namespace {

// Cells evaluated at once: their coordinates and values stay in the first-level cache.
constexpr std::int64_t block_cells = 512;

constexpr int not_in_map = -1;

int axis_named(const std::vector<Axis>& axes, std::string_view name) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i].name() == name) return static_cast<int>(i);
  }
  return not_in_map;
}

const std::byte* bytes_at(const ByteBuffer& chunk, std::int64_t offset, std::size_t size) {
  return chunk.data() + static_cast<std::size_t>(offset) * size;
}

template <class F>
F value_at(const ByteBuffer& chunk, std::int64_t offset) {
  F value;
  std::memcpy(&value, bytes_at(chunk, offset, sizeof(F)), sizeof(F));
  return value;
}

void fill_with(Quantity quantity, Precision precision, ByteBuffer& chunk) {
  if (quantity == Quantity::regime) {
    std::fill(chunk.begin(), chunk.end(), std::byte{0});
    return;
  }
  const auto fill = [&chunk](auto value) {
    for (std::size_t at = 0; at < chunk.size(); at += sizeof value)
      std::memcpy(chunk.data() + at, &value, sizeof value);
  };
  if (precision == Precision::float64) {
    fill(std::numeric_limits<double>::quiet_NaN());
  } else {
    fill(std::numeric_limits<float>::quiet_NaN());
  }
}

template <class F>
class MapEvaluatorOf final : public MapEvaluator {
 public:
  MapEvaluatorOf(Spec spec, Grid grid)
      : spec_(std::move(spec)),
        grid_(std::move(grid)),
        axes_(map_axes(spec_)),
        alpha_(axis_named(axes_, "alpha")),
        beta_(axis_named(axes_, "beta")),
        lambda_(axis_named(axes_, "lambda")) {
    if (lambda_ != not_in_map) return;
    const int lambda = axis_named(spec_.axes, "lambda");
    eigenvalues_.emplace(spec_.axes[static_cast<std::size_t>(lambda)]);
  }

  void load(std::int64_t tile, TileData& data) override {
    box_ = grid_.tile(tile);
    coordinates_.resize(axes_.size());
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) load_axis(axis);
    data.id = tile;
    data.summary = {};
    data.chunks.resize(spec_.quantities.size());
    for (std::size_t q = 0; q < spec_.quantities.size(); ++q) {
      const std::size_t size = value_bytes(spec_.quantities[q], spec_.precision);
      data.chunks[q].resize(static_cast<std::size_t>(grid_.tile_capacity()) * size);
      if (box_.shape != grid_.tile_shape) fill_with(spec_.quantities[q], spec_.precision, data.chunks[q]);
    }
  }

  [[nodiscard]] std::int64_t cells() const override { return box_.cells(); }

  void evaluate(std::int64_t first, std::int64_t count, TileData& data) const override {
    for (std::int64_t done = 0; done < count; done += block_cells) {
      evaluate_block(first + done, std::min(block_cells, count - done), data);
    }
  }

  [[nodiscard]] Summary summarize(std::int64_t first, std::int64_t count, const TileData& data) const override {
    Summary summary;
    summary.cells = count;
    walk_box(box_.shape, first, count, [&](const Run& run) { add_run(run, data, summary); });
    return summary;
  }

 private:
  void load_axis(std::size_t axis) {
    std::vector<double> values(static_cast<std::size_t>(box_.shape[axis]));
    axes_[axis].fill(box_.first[axis], values);
    coordinates_[axis].resize(values.size());
    std::transform(values.begin(), values.end(), coordinates_[axis].begin(),
                   [](double value) { return static_cast<F>(value); });
  }

  /// One coordinate of each cell of a block; zero where the map has no such axis.
  void fill_column(int axis, std::int64_t first, std::span<F> out) const {
    if (axis == not_in_map) {
      std::fill(out.begin(), out.end(), F(0));
      return;
    }
    const std::vector<F>& along = coordinates_[static_cast<std::size_t>(axis)];
    const bool is_fastest = static_cast<std::size_t>(axis) + 1 == axes_.size();
    walk_box(box_.shape, first, static_cast<std::int64_t>(out.size()), [&](const Run& run) {
      F* to = out.data() + run.offset;
      const F* from = along.data() + run.start[static_cast<std::size_t>(axis)];
      if (is_fastest) {
        std::copy(from, from + run.length, to);
      } else {
        std::fill(to, to + run.length, *from);
      }
    });
  }

  void evaluate_block(std::int64_t first, std::int64_t count, TileData& data) const {
    const auto size = static_cast<std::size_t>(count);
    std::array<F, block_cells> alpha;
    std::array<F, block_cells> beta;
    std::array<F, block_cells> lambda;
    std::array<F, block_cells> values;
    fill_column(alpha_, first, {alpha.data(), size});
    fill_column(beta_, first, {beta.data(), size});
    if (!eigenvalues_) fill_column(lambda_, first, {lambda.data(), size});
    for (std::size_t q = 0; q < spec_.quantities.size(); ++q) {
      if (eigenvalues_) {
        cpu::worst_case<F>(spec_.quantities[q], {alpha.data(), beta.data(), size}, *eigenvalues_, values.data());
      } else {
        cpu::evaluate<F>(spec_.quantities[q], {alpha.data(), beta.data(), lambda.data(), size}, values.data());
      }
      store_block(q, first, count, reinterpret_cast<const std::byte*>(values.data()), data);
    }
  }

  void store_block(std::size_t q, std::int64_t first, std::int64_t count, const std::byte* values,
                   TileData& data) const {
    const std::size_t size = value_bytes(spec_.quantities[q], spec_.precision);
    walk_box(box_.shape, first, count, [&](const Run& run) {
      const auto to = static_cast<std::size_t>(offset_in(grid_.tile_shape, run.start)) * size;
      std::memcpy(data.chunks[q].data() + to, values + static_cast<std::size_t>(run.offset) * size,
                  static_cast<std::size_t>(run.length) * size);
    });
  }

  void add_run(const Run& run, const TileData& data, Summary& summary) const {
    const std::int64_t offset = offset_in(grid_.tile_shape, run.start);
    for (std::size_t q = 0; q < spec_.quantities.size(); ++q) {
      const ByteBuffer& chunk = data.chunks[q];
      switch (spec_.quantities[q]) {
        case Quantity::rate:
          add_best(run, chunk, offset, std::less<F>(), summary.best_rate);
          break;
        case Quantity::gap:
          add_best(run, chunk, offset, std::greater<F>(), summary.best_gap);
          break;
        case Quantity::regime:
          add_regimes(chunk, offset, run.length, summary);
          break;
        default:
          break;
      }
    }
    add_convergent(data, offset, run.length, summary);
  }

  /// The best of `length` values. Partial results side by side, so that the loop vectorises.
  template <class Better>
  static F best_of(const ByteBuffer& chunk, std::int64_t offset, std::int64_t length, Better better) {
    constexpr std::int64_t lanes = 8;
    std::array<F, lanes> best;
    best.fill(value_at<F>(chunk, offset));
    const auto take = [better](F& kept, F candidate) { kept = better(candidate, kept) ? candidate : kept; };
    const std::int64_t whole = length - length % lanes;
    for (std::int64_t i = 0; i < whole; i += lanes) {
      for (std::int64_t k = 0; k < lanes; ++k) {
        take(best[static_cast<std::size_t>(k)], value_at<F>(chunk, offset + i + k));
      }
    }
    for (std::int64_t i = whole; i < length; ++i) take(best[0], value_at<F>(chunk, offset + i));
    for (const F candidate : best) take(best[0], candidate);
    return best[0];
  }

  /// Cells come in grid order, so of equal values the first is kept.
  template <class Better>
  void add_best(const Run& run, const ByteBuffer& chunk, std::int64_t offset, Better better,
                std::optional<BestCell>& best) const {
    const F value = best_of(chunk, offset, run.length, better);
    if (best && !better(value, static_cast<F>(best->value))) return;
    std::int64_t at = 0;
    while (value_at<F>(chunk, offset + at) != value) ++at;
    Index index = run.start;
    for (std::size_t axis = 0; axis < index.size(); ++axis) index[axis] += box_.first[axis];
    best = BestCell{static_cast<double>(value), grid_.cell_number(index) + at};
  }

  static void add_regimes(const ByteBuffer& chunk, std::int64_t offset, std::int64_t length, Summary& summary) {
    if (!summary.regimes) summary.regimes.emplace();
    for (std::int64_t i = 0; i < length; ++i) {
      ++(*summary.regimes)[static_cast<std::size_t>(value_at<std::uint8_t>(chunk, offset + i)) % regime_count];
    }
  }

  /// By the most exact quantity that the map has.
  void add_convergent(const TileData& data, std::int64_t offset, std::int64_t length, Summary& summary) const {
    const auto count = [&](Quantity quantity, auto converges_at) {
      const auto found = std::find(spec_.quantities.begin(), spec_.quantities.end(), quantity);
      if (found == spec_.quantities.end()) return false;
      const ByteBuffer& chunk = data.chunks[static_cast<std::size_t>(found - spec_.quantities.begin())];
      std::int64_t convergent = 0;
      for (std::int64_t i = 0; i < length; ++i) convergent += converges_at(chunk, offset + i) ? 1 : 0;
      summary.convergent = summary.convergent.value_or(0) + convergent;
      return true;
    };
    using Chunk = ByteBuffer;
    if (count(Quantity::regime, [](const Chunk& chunk, std::int64_t at) {
          return converges(static_cast<Regime>(value_at<std::uint8_t>(chunk, at)));
        })) {
      return;
    }
    if (count(Quantity::gap, [](const Chunk& chunk, std::int64_t at) { return value_at<F>(chunk, at) > 0; })) return;
    count(Quantity::rate, [](const Chunk& chunk, std::int64_t at) { return value_at<F>(chunk, at) < 1; });
  }

  Spec spec_;
  Grid grid_;
  std::vector<Axis> axes_;
  int alpha_;  // positions in axes_, or not_in_map
  int beta_;
  int lambda_;
  std::optional<cpu::Eigenvalues<F>> eigenvalues_;  // where lambda is reduced
  Box box_;                                         // the tile in hand
  std::vector<std::vector<F>> coordinates_;         // per map axis, along the tile in hand
};

}  // namespace

std::unique_ptr<MapEvaluator> make_map_evaluator(const Spec& spec, const Grid& grid) {
  if (spec.precision == Precision::float64) return std::make_unique<MapEvaluatorOf<double>>(spec, grid);
  return std::make_unique<MapEvaluatorOf<float>>(spec, grid);
}

}  // namespace ravine
