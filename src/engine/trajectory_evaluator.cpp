#include "engine/trajectory_evaluator.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "cpu/ensemble_loops.hpp"
#include "engine/ensemble_cells.hpp"

namespace ravine {
namespace {

using cpu::lanes;

bool is_watched(Quantity quantity) {
  return source_of(quantity) == Source::watched;
}

/// `lanes` trajectories in lockstep. Where there are fewer cells, the last is computed several times.
template <class F>
class Flock {
 public:
  Flock(const EnsembleCells<F>& cells, std::int64_t first, std::int64_t count, F tolerance)
      : components_(cells.components()), lambda_(components_ * lanes), y_(lambda_.size()), x_(lambda_.size()) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const auto place = cells.at(first + std::min(static_cast<std::int64_t>(lane), count - 1));
      positions_[lane] = place.position;
      alpha_[lane] = place.alpha;
      beta_[lane] = place.beta;
      for (std::size_t i = 0; i < components_; ++i) {
        lambda_[i * lanes + lane] = cells.lambda(place, i);
        y_[i * lanes + lane] = cells.start_y(i);
        x_[i * lanes + lane] = cells.start_x(i);
      }
    }
    watch_start(tolerance);
  }

  void advance(cpu::Steps steps) { cpu::ensemble_loops<F>().advance(modes(), steps); }
  void advance_watched(cpu::Steps steps) { cpu::ensemble_loops<F>().advance_watched(modes(), steps, watches_); }

  /// The loss of each lane.
  const F* losses() {
    cpu::ensemble_loops<F>().losses(modes(), losses_);
    return losses_;
  }
  [[nodiscard]] F x(std::size_t component, std::size_t lane) const { return x_[component * lanes + lane]; }
  [[nodiscard]] F part(std::size_t component, std::size_t lane) const {
    return model::loss_part(lambda_[component * lanes + lane], x(component, lane));
  }
  [[nodiscard]] model::Watch<F> watch(std::size_t lane) const {
    return {watches_.peak[lane], watches_.peak_step[lane], watches_.first_above[lane], watches_.last_above[lane],
            watches_.diverged_at[lane]};
  }
  [[nodiscard]] std::int64_t position(std::size_t lane) const { return positions_[lane]; }

 private:
  cpu::Modes<F> modes() { return {alpha_, beta_, lambda_.data(), y_.data(), x_.data(), components_}; }

  void watch_start(F tolerance) {
    watches_.tolerance = tolerance;
    losses();
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const model::Watch<F> start = model::watch(model::no_watch<F>(), 0, losses_[lane], tolerance);
      watches_.peak[lane] = start.peak;
      watches_.peak_step[lane] = start.peak_step;
      watches_.first_above[lane] = start.first_above;
      watches_.last_above[lane] = start.last_above;
      watches_.diverged_at[lane] = start.diverged_at;
    }
  }

  std::size_t components_;
  F alpha_[lanes];
  F beta_[lanes];
  std::int64_t positions_[lanes];
  std::vector<F> lambda_;
  std::vector<F> y_;
  std::vector<F> x_;
  F losses_[lanes];
  cpu::Watches<F> watches_;
};

template <class F>
class TrajectoryEvaluatorOf final : public TileEvaluator {
 public:
  TrajectoryEvaluatorOf(const Spec& spec, const Grid& grid)
      : quantities_(spec.quantities),
        cells_(spec, grid),
        steps_(spec.ensemble->record.steps),
        recorded_(kept_steps(spec)),
        tolerance_(static_cast<F>(spec.ensemble->record.tolerance)),
        watched_(std::any_of(quantities_.begin(), quantities_.end(), is_watched)) {
    for (const Field& field : fields_of(spec)) values_per_cell_.push_back(field.values_per_cell());
  }

  void load(std::int64_t tile, TileData& data) override { cells_.load(tile, data); }
  [[nodiscard]] std::int64_t cells() const override { return cells_.count(); }
  [[nodiscard]] std::int64_t cells_per_piece() const override { return lanes; }

  void evaluate(std::int64_t first, std::int64_t count, TileData& data, const Interrupted& interrupted) const override {
    for (std::int64_t done = 0; done < count && !interrupted(); done += cells_per_piece()) {
      evaluate_flock(first + done, std::min(cells_per_piece(), count - done), data, interrupted);
    }
  }

  [[nodiscard]] Summary summarize(std::int64_t first, std::int64_t count, const TileData& data) const override {
    Summary summary;
    summary.cells = count;
    const auto status = std::find(quantities_.begin(), quantities_.end(), Quantity::status);
    if (status == quantities_.end()) return summary;
    const ByteBuffer& codes = data.chunks[static_cast<std::size_t>(status - quantities_.begin())];
    summary.convergent = 0;
    for (std::int64_t cell = first; cell < first + count; ++cell) {
      const std::byte code = codes.data()[cells_.at(cell).position];
      if (code == static_cast<std::byte>(model::Status::converged)) ++*summary.convergent;
    }
    return summary;
  }

 private:
  /// Steps of a flock between two looks at the interrupt: less than a second of them.
  [[nodiscard]] std::int64_t steps_at_once() const {
    constexpr std::int64_t modes_at_once = std::int64_t{1} << 22;
    return std::max<std::int64_t>(modes_at_once / static_cast<std::int64_t>(cells_.components()), 1);
  }

  void evaluate_flock(std::int64_t first, std::int64_t count, TileData& data, const Interrupted& interrupted) const {
    Flock<F> flock(cells_, first, count, tolerance_);
    const auto used = static_cast<std::size_t>(count);
    std::int64_t at = 0;
    const auto go_to = [&](std::int64_t step) {
      while (at < step && !interrupted()) {
        const std::int64_t next = std::min(step, at + steps_at_once());
        if (watched_) {
          flock.advance_watched({at, next});
        } else {
          flock.advance({at, next});
        }
        at = next;
      }
    };
    for (std::size_t k = 0; k < recorded_.size(); ++k) {
      go_to(recorded_[k]);
      record(flock, used, k, data);
    }
    if (!watched_) return;
    go_to(steps_);
    for (std::size_t q = 0; q < quantities_.size(); ++q) {
      for (std::size_t lane = 0; lane < used && is_watched(quantities_[q]); ++lane) {
        store_watched(q, flock.position(lane), flock.watch(lane), data);
      }
    }
  }

  /// Puts down the state at recorded step number `k`.
  void record(Flock<F>& flock, std::size_t used, std::size_t k, TileData& data) const {
    const std::size_t components = cells_.components();
    for (std::size_t q = 0; q < quantities_.size(); ++q) {
      const Quantity quantity = quantities_[q];
      if (is_watched(quantity)) continue;
      const F* const losses = quantity == Quantity::loss ? flock.losses() : nullptr;
      for (std::size_t lane = 0; lane < used; ++lane) {
        F* const values = values_in<F>(data, q, flock.position(lane), values_per_cell_[q]);
        if (losses != nullptr) {
          values[k] = model::recorded_loss(losses[lane]);
          continue;
        }
        for (std::size_t i = 0; i < components; ++i) {
          values[k * components + i] =
              quantity == Quantity::x ? model::recorded_x(flock.x(i, lane)) : model::recorded_loss(flock.part(i, lane));
        }
      }
    }
  }

  void store_watched(std::size_t q, std::int64_t position, const model::Watch<F>& watch, TileData& data) const {
    const auto store_step = [&](std::int64_t step) { *values_in<std::int64_t>(data, q, position, 1) = step; };
    switch (quantities_[q]) {
      case Quantity::peak_loss:
        *values_in<F>(data, q, position, 1) = model::peak_of(watch).loss;
        return;
      case Quantity::peak_step:
        return store_step(model::peak_of(watch).step);
      case Quantity::first_above:
        return store_step(watch.first_above);
      case Quantity::last_above:
        return store_step(watch.last_above);
      case Quantity::steps_to_tolerance:
        return store_step(model::steps_to_tolerance(watch, steps_));
      default:
        *values_in<std::uint8_t>(data, q, position, 1) = static_cast<std::uint8_t>(model::status_after(watch, steps_));
    }
  }

  std::vector<Quantity> quantities_;
  std::vector<std::int64_t> values_per_cell_;  // per quantity
  EnsembleCells<F> cells_;                     // of the tile in hand
  std::int64_t steps_;
  std::vector<std::int64_t> recorded_;
  F tolerance_;
  bool watched_;  // some quantity needs every step's loss
};

}  // namespace

std::unique_ptr<TileEvaluator> make_trajectory_evaluator(const Spec& spec, const Grid& grid) {
  if (spec.precision == Precision::float64) return std::make_unique<TrajectoryEvaluatorOf<double>>(spec, grid);
  return std::make_unique<TrajectoryEvaluatorOf<float>>(spec, grid);
}

}  // namespace ravine
