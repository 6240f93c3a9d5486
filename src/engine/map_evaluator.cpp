#include "engine/map_evaluator.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "cpu/row_pass.hpp"
#include "engine/fold.hpp"
#include "engine/tile_cells.hpp"
#include "grid/fill.hpp"
#include "ravine/model/worst_case.hpp"

namespace ravine {
namespace {

// Bands pay where rows are long enough for the search of their ends, and where a table over beta serves enough rows.
constexpr std::size_t least_row_for_bands = 64;
constexpr std::int64_t least_cells_per_beta = 8;

template <class F>
bool keeps_direction(std::span<const F> values) {
  return std::is_sorted(values.begin(), values.end()) ||
         std::is_sorted(values.begin(), values.end(), std::greater<F>());
}

/// One way through the cells: some quantities, by their numbers in the spec, evaluated in one manner.
template <class F>
struct Step {
  std::vector<std::size_t> quantities;
  typename cpu::RowPass<F>::How how;
  std::optional<F> lambda;  // in place of the cells' own
};

template <class F>
class MapEvaluatorOf final : public MapEvaluator {
 public:
  MapEvaluatorOf(const Spec& spec, Grid grid, Structure structure)
      : quantities_(spec.quantities),
        precision_(spec.precision),
        grid_(std::move(grid)),
        structure_(structure),
        tile_(spec, grid_),
        in_band_(quantities_.size()) {
    if (spec.lambda_reduction == Reduction::none) return;
    const auto is_lambda = [](const Axis& axis) { return axis.name() == "lambda"; };
    eigenvalues_.emplace(*std::find_if(spec.axes.begin(), spec.axes.end(), is_lambda));
  }

  void load(std::int64_t id, TileData& data) override {
    tile_.load(grid_.tile(id));
    data.id = id;
    data.summary = {};
    data.chunks.resize(quantities_.size());
    for (std::size_t q = 0; q < quantities_.size(); ++q) prepare(quantities_[q], data.chunks[q]);
    choose_steps();
  }

  [[nodiscard]] std::int64_t cells() const override { return tile_.cells(); }

  void evaluate(std::int64_t first, std::int64_t count, TileData& data,
                const Interrupted& /*interrupted*/) const override {
    for (const Step<F>& step : steps_) {
      cpu::RowPass<F> pass(targets_of(step, data), step.how);
      tile_.for_each_run(first, count, [&](const Run& run) {
        cpu::Stretch<F> stretch = tile_.stretch_of(run);
        stretch.row.fixed.lambda = step.lambda.value_or(stretch.row.fixed.lambda);
        pass.add(stretch);
      });
      pass.finish();
    }
  }

  [[nodiscard]] Summary summarize(std::int64_t first, std::int64_t count, const TileData& data) const override {
    return fold(tile_, quantities_, first, count, data);
  }

 private:
  /// Makes room for a tile; where the grid's edge cuts it, the fill value stands beyond.
  void prepare(Quantity quantity, ByteBuffer& chunk) const {
    chunk.resize(static_cast<std::size_t>(grid_.tile_capacity()) * value_bytes(quantity, precision_));
    if (tile_.box().shape == grid_.tile_shape) return;
    detail::fill_with_none(value_type(quantity, precision_), chunk);
  }

  /// Whether bands may be used in the tile in hand, and pay.
  [[nodiscard]] bool takes_bands() const {
    if (structure_ == Structure::ignored) return false;
    const auto betas = static_cast<std::int64_t>(tile_.values("beta").size());
    return betas > 0 && tile_.cells() >= least_cells_per_beta * betas &&
           tile_.row_values().size() >= least_row_for_bands && keeps_direction(tile_.row_values()) &&
           (!eigenvalues_ || ends_decide_everywhere());
  }

  /// Whether the ends of the spectrum decide every cell of the tile: alpha and beta do so apart from each other.
  [[nodiscard]] bool ends_decide_everywhere() const {
    const model::Ends<F> ends = {eigenvalues_->smallest(), eigenvalues_->largest()};
    const std::span<const F> alpha = tile_.values("alpha");
    const std::span<const F> beta = tile_.values("beta");
    return std::all_of(alpha.begin(), alpha.end(), [&](F value) { return model::ends_decide(value, F(0), ends); }) &&
           std::all_of(beta.begin(), beta.end(), [&](F value) { return model::ends_decide(F(0), value, ends); });
  }

  void choose_steps() {
    std::vector<std::size_t> by_bands;
    std::vector<std::size_t> by_cells;
    for (std::size_t q = 0; q < quantities_.size(); ++q) {
      const bool is_reduced = eigenvalues_ && quantities_[q] == Quantity::regime;
      (cpu::has_band_values(quantities_[q]) && !is_reduced ? by_bands : by_cells).push_back(q);
    }
    if (!takes_bands()) {
      by_cells.insert(by_cells.end(), by_bands.begin(), by_bands.end());
      by_bands.clear();
    }
    steps_.clear();
    if (!by_bands.empty()) {
      for (const std::size_t q : by_bands) in_band_[q] = cpu::in_band_values(quantities_[q], tile_.values("beta"));
      if (eigenvalues_) {
        steps_.push_back({by_bands, {cpu::Bands::used, cpu::Store::replace}, eigenvalues_->smallest()});
        steps_.push_back({by_bands, {cpu::Bands::used, cpu::Store::keep_worse}, eigenvalues_->largest()});
      } else {
        steps_.push_back({by_bands, {cpu::Bands::used}, std::nullopt});
      }
    }
    if (by_cells.empty()) return;
    const cpu::Eigenvalues<F>* const worst_over = eigenvalues_ ? &*eigenvalues_ : nullptr;
    steps_.push_back({by_cells, {cpu::Bands::unused, cpu::Store::replace, worst_over}, std::nullopt});
  }

  [[nodiscard]] std::vector<cpu::Target> targets_of(const Step<F>& step, TileData& data) const {
    std::vector<cpu::Target> targets;
    for (const std::size_t q : step.quantities) {
      targets.push_back({quantities_[q], in_band_[q].data(), data.chunks[q].data()});
    }
    return targets;
  }

  std::vector<Quantity> quantities_;
  Precision precision_;
  Grid grid_;
  Structure structure_;
  TileCells<F> tile_;                               // the tile in hand
  std::optional<cpu::Eigenvalues<F>> eigenvalues_;  // where lambda is reduced
  std::vector<std::vector<std::byte>> in_band_;     // per quantity: its values in bands of the tile
  std::vector<Step<F>> steps_;                      // what evaluates the tile
};

}  // namespace

std::unique_ptr<MapEvaluator> make_map_evaluator(const Spec& spec, const Grid& grid, Structure structure) {
  if (spec.precision == Precision::float64) {
    return std::make_unique<MapEvaluatorOf<double>>(spec, grid, structure);
  }
  return std::make_unique<MapEvaluatorOf<float>>(spec, grid, structure);
}

}  // namespace ravine
