/// \file
/// Pictures of ensembles: trajectories and noise studies.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plot/chart.hpp"
#include "plot/figure.hpp"
#include "plot/map_source.hpp"
#include "plot/scale.hpp"
#include "ravine/plot.hpp"

namespace ravine::detail {

/// How a quantity of an ensemble is drawn.
enum class Form {
  steps,      ///< over the recorded steps: a line per cell, or a panel per cell
  axis,       ///< over one axis; of a quantity with steps, the last recorded one
  map,        ///< over two axes, with panels for a third; the same
  histogram,  ///< at the last recorded step, a panel per cell
  none
};
[[nodiscard]] Form form_of(const Spec& spec, Quantity quantity);

/// Why a quantity with the form `none` can't be drawn, and what to do.
[[nodiscard]] std::string obstacle(const Spec& spec, Quantity quantity);

/// What is drawn where no quantity is asked for: all that can be, but for those that lie over others in one picture.
[[nodiscard]] std::vector<Quantity> default_pictures(const Spec& spec);
/// The quantities that are then in no picture, with the reason in a few words.
[[nodiscard]] std::vector<NotDrawn> left_out(const Spec& spec);

/// \pre form_of(spec, quantity) is not none.
[[nodiscard]] Figure ensemble_figure(StoreSource& source, Quantity quantity);

/// Over the recorded steps, over an axis, over two, or of the bins.
[[nodiscard]] Figure steps_figure(StoreSource& source, Quantity quantity);
[[nodiscard]] Figure axis_figure(StoreSource& source, Quantity quantity);
[[nodiscard]] Figure value_map_figure(StoreSource& source, Quantity quantity);
[[nodiscard]] Figure histogram_figure(StoreSource& source, Quantity quantity);

/// Quantities of a noise study that say the same of one thing, so that they belong in one picture.
struct Family {
  Quantity mean;
  Quantity error;
  Quantity sample;
  Quantity expected;
  std::optional<Quantity> deterministic;
  std::optional<Quantity> stochastic;
  std::optional<Quantity> stationary;
};
/// The family that a quantity lies over the others of; nothing if it is drawn alone.
[[nodiscard]] std::optional<Family> family_of(const Spec& spec, Quantity quantity);
[[nodiscard]] bool has(const Spec& spec, Quantity quantity);

/// What a quantity's values in a cell are numbered by: the recorded steps, and within each the members.
struct Members {
  std::vector<double> steps;  ///< one without meaning, where the quantity has no steps
  std::vector<std::string>
      names;  ///< of the members of a step: "λ = 0.1", "5 % quantile"; one empty if there is but one
  [[nodiscard]] std::int64_t number(std::size_t step, std::size_t member) const {
    return static_cast<std::int64_t>(step * names.size() + member);
  }
};
[[nodiscard]] Members members_of(const Spec& spec, Quantity quantity);

/// Members that are drawn, and of them those named in the legend; of more, evenly chosen ones.
inline constexpr std::int64_t most_member_lines = 50;
inline constexpr std::int64_t most_named_lines = 20;
struct MemberLine {
  std::size_t member;
  std::string name;  ///< empty where it is not named
};
[[nodiscard]] std::vector<MemberLine> member_lines(const Members& members);
/// What the title says where some are left out; nothing otherwise.
[[nodiscard]] std::vector<std::string> member_remarks(const Members& members);
[[nodiscard]] bool has_steps(Quantity quantity);

/// One axis to draw along, and the values of another that have a line each.
struct LinesOverAxis {
  Axis along;
  std::optional<Axis> lines;
  enum class Slow { along, lines } slow = Slow::lines;
};
/// Nothing where the map has none, or two that are both long.
[[nodiscard]] std::optional<LinesOverAxis> lines_over_axis(const Spec& spec);

/// Cells drawn over the steps.
inline constexpr std::int64_t most_cells_over_steps = 12;

/// "α = 0.1, β = 0.9": the place of a cell on the axes that have more than one value.
[[nodiscard]] std::string cell_words(const Spec& spec, std::int64_t cell);

/// About the largest value that a quantity has where it does not diverge: the plot need not go on far beyond. Infinite
/// for what has no such size.
[[nodiscard]] double natural_size(const Spec& spec, Quantity quantity);
/// `extent`, cut where values diverge.
[[nodiscard]] Extent without_divergence(const Extent& extent, double size);
/// The least of the values in `shown` that a logarithmic scale goes down to.
[[nodiscard]] double least_shown(const Spec& spec, Quantity quantity, const Extent& shown);

/// "x₀ = 1", "variance of the noise 9", ...: what the title says of the study.
[[nodiscard]] std::vector<std::string> study_remarks(const Spec& spec);
/// "at step 1000", "tolerance 10⁻⁶": what one value in a cell depends on.
[[nodiscard]] std::vector<std::string> value_remarks(const Spec& spec, Quantity quantity);

/// "no stationary state", ...: what it means that a quantity has no value in a cell.
[[nodiscard]] std::string none_words(const Spec& spec, Quantity quantity);
/// "(12 cells)"
[[nodiscard]] std::string cells_in_brackets(std::int64_t cells);

/// Is it a z-score?
[[nodiscard]] bool is_score(Quantity quantity);
/// Is it found from the replicates, and so not the same as in the next cell?
[[nodiscard]] bool is_estimate(Quantity quantity);

}  // namespace ravine::detail
