#include "ravine/replay.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "grid/floating_point_environment.hpp"
#include "io/messages.hpp"
#include "ravine/error.hpp"
#include "ravine/model/random.hpp"

namespace ravine {
namespace {

const Axis* axis_among(const std::vector<Axis>& axes, std::string_view name) {
  const auto found = std::find_if(axes.begin(), axes.end(), [name](const Axis& axis) { return axis.name() == name; });
  return found == axes.end() ? nullptr : &*found;
}

/// One value for all components, or one each.
template <class F>
F value_for(std::size_t component, const std::vector<double>& values) {
  return static_cast<F>(values[values.size() == 1 ? 0 : component]);
}

/// The value of an axis in a cell of the map; 0 for an axis that the map does not have.
template <class F>
F value_in(const Spec& spec, std::int64_t cell, std::string_view name) {
  for (auto axis = spec.axes.rbegin(); axis != spec.axes.rend(); ++axis) {  // no copies: axes may be long lists
    const bool is_folded = spec.lambda_reduction != Reduction::none && axis->name() == "lambda";
    if (is_folded) continue;
    if (axis->name() == name) return static_cast<F>(axis->value(cell % axis->size()));
    cell /= axis->size();
  }
  return F(0);
}

/// One eigenvalue on its way.
template <class F>
struct Component {
  model::Cell<F> cell;
  model::State<F> mode;
  F deviation;  ///< of the gradient's error; 0 without noise
};

template <class F>
std::vector<Component<F>> components_at_start(const Spec& spec, std::int64_t cell) {
  const Ensemble& ensemble = *spec.ensemble;
  std::vector<Component<F>> components(static_cast<std::size_t>(components_of(spec)));
  const bool is_shared = spec.lambda_reduction == Reduction::sum;
  for (std::size_t i = 0; i < components.size(); ++i) {
    const F lambda = is_shared ? static_cast<F>(axis_of(spec, "lambda").value(static_cast<std::int64_t>(i)))
                               : value_in<F>(spec, cell, "lambda");
    components[i].cell = {value_in<F>(spec, cell, "alpha"), value_in<F>(spec, cell, "beta"), lambda};
    components[i].mode = {value_for<F>(i, ensemble.start.y), value_for<F>(i, ensemble.start.x)};
    if (ensemble.noise) {
      components[i].deviation = static_cast<F>(model::sqrt(value_for<double>(i, ensemble.noise->variance)));
    }
  }
  return components;
}

/// Standard normal number `step` - 1 of the stream at `place`.
template <class F>
F normal_of_step(const model::DrawPlace& place, std::int64_t step) {
  constexpr std::int64_t size = model::NormalBlock<F>::size;
  const auto block = static_cast<std::uint32_t>((step - 1) / size);
  return model::normal_block<F>(place, block).values[(step - 1) % size];
}

template <class F>
class Replayed {
 public:
  Replayed(const Spec& spec, const ReplayRequest& request)
      : components_(components_at_start<F>(spec, request.cell)),
        tolerance_(static_cast<F>(spec.ensemble->record.tolerance)) {
    if (const std::optional<Noise>& noise = spec.ensemble->noise) {
      draws_ = {static_cast<std::uint64_t>(noise->seed),
                noise->common_random_numbers ? 0 : static_cast<std::uint64_t>(request.cell),
                static_cast<std::uint32_t>(request.replicate.value_or(noise->first_replicate)), 0};
    }
    look();
  }

  void step() {
    ++at_;
    for (std::size_t i = 0; i < components_.size(); ++i) {
      auto& [cell, mode, deviation] = components_[i];
      mode = model::step(cell, mode, gradient_of(i));
      if (model::may_rest(at_, deviation)) mode = model::come_to_rest(mode);
    }
    look();
  }

  [[nodiscard]] ReplayedStep state() const {
    ReplayedStep state{at_, model::recorded_loss(loss_), {}, {}};
    for (const auto& [cell, mode, deviation] : components_) {
      state.loss_parts.push_back(model::recorded_loss(model::loss_part(cell.lambda, mode.x)));
      state.x.push_back(model::recorded_x(mode.x));
    }
    return state;
  }

  [[nodiscard]] ReplayEnd end() const {
    const model::Peak<F> peak = model::peak_of(watch_);
    return {peak.loss,
            peak.step,
            watch_.first_above,
            watch_.last_above,
            model::steps_to_tolerance(watch_, at_),
            model::status_after(watch_, at_)};
  }

 private:
  [[nodiscard]] F gradient_of(std::size_t i) const {
    const auto& [cell, mode, deviation] = components_[i];
    if (!draws_) return model::gradient(cell, mode);
    model::DrawPlace place = *draws_;
    place.component = static_cast<std::uint32_t>(i);
    return model::noisy_gradient(cell, mode, deviation, normal_of_step<F>(place, at_));
  }

  void look() {
    loss_ = F(0);
    for (const auto& [cell, mode, deviation] : components_) loss_ += model::loss_part(cell.lambda, mode.x);
    watch_ = model::watch(watch_, at_, loss_, tolerance_);
  }

  std::vector<Component<F>> components_;
  F tolerance_;
  std::optional<model::DrawPlace> draws_;  ///< with noise: of component 0
  std::int64_t at_ = 0;
  F loss_ = 0;
  model::Watch<F> watch_ = model::no_watch<F>();
};

template <class F>
ReplayEnd replay_as(const Spec& spec, const ReplayRequest& request,
                    const std::function<void(const ReplayedStep&)>& take) {
  const detail::FloatingPointEnvironment exact;
  const Record& record = spec.ensemble->record;
  std::vector<std::int64_t> recorded;
  if (request.steps == ReplaySteps::recorded) recorded = recorded_steps(record);
  auto next = recorded.begin();
  Replayed<F> trajectory(spec, request);
  for (std::int64_t step = 0; step <= record.steps && !request.stop.stop_requested(); ++step) {
    if (step > 0) trajectory.step();
    const bool is_wanted = request.steps == ReplaySteps::every || (next != recorded.end() && *next == step);
    if (!is_wanted) continue;
    take(trajectory.state());
    if (next != recorded.end()) ++next;
  }
  return trajectory.end();
}

void check(const Spec& spec, const ReplayRequest& request) {
  if (!spec.ensemble) throw UsageError("found a map of kind rate; wanted one with trajectories to replay");
  std::int64_t cells = 1;
  for (const Axis& axis : map_axes(spec)) cells *= axis.size();
  if (request.cell < 0 || request.cell >= cells) {
    throw UsageError(fmt::format("found the cell {}; wanted one from 0 to {}", request.cell, cells - 1));
  }
  if (!request.replicate) return;
  if (!spec.ensemble->noise) {
    throw UsageError(fmt::format("found replicate {} of a map of kind {}; wanted one of kind noise", *request.replicate,
                                 name_of(spec.kind)));
  }
  if (*request.replicate < 0 || *request.replicate >= most_replicates) {
    throw UsageError(
        fmt::format("found replicate {}; wanted one from 0 to 2^32 - 1 = {}", *request.replicate, most_replicates - 1));
  }
}

/// A number as an axis holds it at that precision.
double rounded(double value, Precision precision) {
  return precision == Precision::float32 ? static_cast<double>(static_cast<float>(value)) : value;
}

std::string shown(double value, Precision precision) {
  return precision == Precision::float32 ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
}

/// The nearest values on either side of one that an axis does not have.
struct Neighbours {
  double below = -std::numeric_limits<double>::infinity();
  double above = std::numeric_limits<double>::infinity();
};

[[noreturn]] void refuse(const Axis& axis, double wanted, const Neighbours& nearest, Precision precision) {
  std::vector<std::string> values;
  if (nearest.below > -std::numeric_limits<double>::infinity()) values.push_back(shown(nearest.below, precision));
  if (nearest.above < std::numeric_limits<double>::infinity()) values.push_back(shown(nearest.above, precision));
  throw UsageError(fmt::format("found {} = {}, which is not on its axis; wanted one of its {} values, such as {}",
                               axis.name(), shown(wanted, precision), axis.size(), fmt::join(values, " or ")));
}

/// Whether a value of an axis is what was typed, but for the last digits: an axis from 0 to 1 has 0.6000000000000001.
bool is_meant(double value, double typed, Precision precision) {
  const double unit = precision == Precision::float32 ? 0x1p-23 : 0x1p-52;
  return std::abs(value - typed) <= 4 * unit * std::abs(typed);
}

/// The first place on the axis with the value that is typed.
std::int64_t index_on(const Axis& axis, double typed, Precision precision) {
  constexpr std::int64_t block = 4096;
  const double wanted = rounded(typed, precision);
  Neighbours nearest;
  std::vector<double> values;
  for (std::int64_t first = 0; first < axis.size(); first += block) {
    values.resize(static_cast<std::size_t>(std::min(block, axis.size() - first)));
    axis.fill(first, values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double value = rounded(values[i], precision);
      if (is_meant(value, wanted, precision)) return first + static_cast<std::int64_t>(i);
      if (value < wanted) nearest.below = std::max(nearest.below, value);
      if (value > wanted) nearest.above = std::min(nearest.above, value);
    }
  }
  refuse(axis, wanted, nearest, precision);
}

void check_names(const std::vector<Axis>& axes, const std::vector<Coordinate>& place) {
  std::vector<std::string> names;
  for (const Axis& axis : axes) names.push_back(axis.name());
  for (std::size_t i = 0; i < place.size(); ++i) {
    const std::string& name = place[i].axis;
    if (axis_among(axes, name) == nullptr) {
      throw UsageError(fmt::format("found the unknown axis {}; wanted {}{}", in_quotes(name), one_of(names),
                                   did_you_mean(name, names)));
    }
    const auto is_same = [&name](const Coordinate& other) { return other.axis == name; };
    if (std::count_if(place.begin(), place.end(), is_same) > 1) {
      throw UsageError(fmt::format("found {} twice; wanted each axis once", name));
    }
  }
}

}  // namespace

ReplayEnd replay(const Spec& spec, const ReplayRequest& request, const std::function<void(const ReplayedStep&)>& take) {
  check(spec, request);
  return spec.precision == Precision::float64 ? replay_as<double>(spec, request, take)
                                              : replay_as<float>(spec, request, take);
}

std::int64_t cell_at(const Spec& spec, const std::vector<Coordinate>& place) {
  const detail::FloatingPointEnvironment exact;
  const std::vector<Axis> axes = map_axes(spec);
  check_names(axes, place);
  std::int64_t cell = 0;
  for (const Axis& axis : axes) {
    const auto given = std::find_if(place.begin(), place.end(),
                                    [&axis](const Coordinate& coordinate) { return coordinate.axis == axis.name(); });
    if (given == place.end() && axis.size() > 1) {
      throw UsageError(fmt::format("found no value of {}; wanted one of its {}", axis.name(), axis.size()));
    }
    const std::int64_t index = given == place.end() ? 0 : index_on(axis, given->value, spec.precision);
    cell = cell * axis.size() + index;
  }
  return cell;
}

}  // namespace ravine
