#include "ensemble_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace ravine::gpu_check {
namespace {

constexpr std::array precisions = {Precision::float64, Precision::float32};

/// Up to four modes are in registers, for each number by code of its own.
constexpr std::array component_counts = {1, 2, 3, 4, 9};

/// About `cells` cells, of which some converge and some diverge, over a spectrum that they share.
Spec study_of(Kind kind, Precision precision, int components, std::int64_t cells) {
  const auto side = std::max<std::int64_t>(static_cast<std::int64_t>(std::sqrt(static_cast<double>(cells))), 3) | 1;
  Spec spec;
  spec.kind = kind;
  spec.precision = precision;
  const Axis::Values spectrum =
      components == 1 ? Axis::Values(ListedValues{{0.75}}) : Axis::Values(LogRange{0.01, 1.0, components});
  spec.axes = {Axis("lambda", spectrum), Axis("alpha", LinearRange{-0.25, 4.25, side}),
               Axis("beta", LinearRange{-0.25, 1.125, side + 2})};
  spec.lambda_reduction = Reduction::sum;
  spec.ensemble.emplace();
  return spec;
}

/// Not evenly: the tiles at the edges are padded.
std::int64_t part_of_cells(const Spec& spec) {
  return std::max<std::int64_t>(make_grid(spec).cells() / 5 + 1, map_axes(spec).back().size());
}

std::string name_of(const Spec& spec, std::string_view what) {
  return fmt::format("{}, {} components, {}", ravine::name_of(spec.precision), components_of(spec), what);
}

}  // namespace

CaseGroup trajectory_studies(const Sizes& sizes) {
  CaseGroup group{"trajectories", {}};
  const std::vector<Quantity> recorded = {Quantity::loss, Quantity::loss_parts, Quantity::x};
  const std::vector<Quantity> watched = {Quantity::loss,        Quantity::peak_loss,         Quantity::peak_step,
                                         Quantity::first_above, Quantity::last_above,        Quantity::status,
                                         Quantity::x,           Quantity::steps_to_tolerance};
  for (const Precision precision : precisions) {
    for (const int components : component_counts) {
      for (const bool all_steps : {false, true}) {
        Spec spec = study_of(Kind::trajectory, precision, components, sizes.trajectories);
        spec.quantities = all_steps ? watched : recorded;
        spec.ensemble->record = {sizes.steps, LogSpaced{5}, 1e-6};
        group.maps.push_back(
            {name_of(spec, all_steps ? "every step looked at" : "recorded steps"), spec, part_of_cells(spec)});
      }
    }
  }
  return group;
}

CaseGroup noise_studies(const Sizes& sizes) {
  CaseGroup group{"noise", {}};
  const std::vector<Quantity> quantities = {Quantity::mean_loss,   Quantity::variance_loss,  Quantity::min_loss,
                                            Quantity::max_loss,    Quantity::mean_x,         Quantity::variance_x,
                                            Quantity::diverged,    Quantity::histogram,      Quantity::quantiles,
                                            Quantity::z_mean_loss, Quantity::z_mean_x,       Quantity::expected_loss,
                                            Quantity::moments,     Quantity::stationary_loss};
  const std::int64_t steps = std::max<std::int64_t>(sizes.steps / 10, 3);
  const auto add = [&](Spec spec, std::int64_t replicates) {
    spec.quantities = quantities;
    spec.ensemble->record = {steps, LogSpaced{3}, 1e-6};
    Noise& noise = spec.ensemble->noise.emplace();
    noise.variance = {0.25};
    noise.replicates = replicates;
    group.maps.push_back({name_of(spec, fmt::format("{} replicates", replicates)), spec, part_of_cells(spec)});
  };
  for (const Precision precision : precisions) {
    for (const int components : {1, 3}) {
      add(study_of(Kind::noise, precision, components, std::max<std::int64_t>(sizes.trajectories / 1000, 9)), 257);
      Spec one = study_of(Kind::noise, precision, components, 1);
      one.axes[1] = Axis("alpha", ListedValues{{0.5}});
      one.axes[2] = Axis("beta", ListedValues{{0.25}});
      add(std::move(one), sizes.replicates);
    }
  }
  return group;
}

}  // namespace ravine::gpu_check
