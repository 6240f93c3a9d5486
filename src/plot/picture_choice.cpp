// Which pictures an ensemble has, and in which form.

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "plot/ensemble_figure.hpp"
#include "ravine/ensemble.hpp"

namespace ravine::detail {
namespace {

/// Lines drawn over one axis, one for each value of another.
constexpr std::int64_t most_lines = 6;

constexpr Family loss_family = {
    Quantity::mean_loss,      Quantity::standard_error_loss,         Quantity::sample_loss,
    Quantity::expected_loss,  Quantity::expected_loss_deterministic, Quantity::expected_loss_stochastic,
    Quantity::stationary_loss};
constexpr Family x_family = {
    Quantity::mean_x, Quantity::standard_error_x, Quantity::sample_x, Quantity::expected_x, std::nullopt, std::nullopt,
    std::nullopt};

bool belongs(const Family& family, Quantity quantity) {
  return quantity == family.mean || quantity == family.sample || quantity == family.expected ||
         quantity == family.deterministic || quantity == family.stochastic || quantity == family.stationary;
}

/// The member of the family that its picture is named after.
Quantity leader(const Spec& spec, const Family& family) {
  for (const Quantity quantity : {family.mean, family.expected, family.sample}) {
    if (has(spec, quantity)) return quantity;
  }
  return has(spec, *family.deterministic) ? *family.deterministic
         : has(spec, *family.stochastic)  ? *family.stochastic
                                          : *family.stationary;
}

std::int64_t cells_of(const Spec& spec) {
  std::int64_t cells = 1;
  for (const Axis& axis : long_axes(spec)) {
    if (__builtin_mul_overflow(cells, axis.size(), &cells)) return std::numeric_limits<std::int64_t>::max();
  }
  return cells;
}

bool has_members(const Spec& spec, Quantity quantity) {
  const Inner inner = info_of(quantity).inner;
  return inner == Inner::step_quantile ||
         ((inner == Inner::component || inner == Inner::step_component) && components_of(spec) > 1);
}

/// The family whose picture a quantity belongs in, without leading it.
std::optional<Family> family_followed(const Spec& spec, Quantity quantity) {
  for (const Family& family : {loss_family, x_family}) {
    if (!family_of(spec, family.mean)) continue;
    if (quantity == family.error && has(spec, family.mean)) return family;
    if (belongs(family, quantity) && leader(spec, family) != quantity) return family;
  }
  return std::nullopt;
}

/// Is it drawn in the picture of the family that it follows? Over an axis some of them would hide the rest.
bool lies_over_another(const Spec& spec, Quantity quantity) {
  const auto family = family_followed(spec, quantity);
  if (!family) return false;
  const Form form = form_of(spec, leader(spec, *family));
  if (form == Form::steps) return true;
  return form == Form::axis &&
         (quantity == family->error || quantity == family->expected || quantity == family->stationary);
}

/// Has it no picture by default, though it can be drawn? Maps can't lie over each other: there only the error of a mean
/// gives way.
bool gives_way(const Spec& spec, Quantity quantity) {
  for (const Family& family : {loss_family, x_family}) {
    if (quantity == family.error && has(spec, family.mean)) return true;
  }
  const auto family = family_followed(spec, quantity);
  return family && form_of(spec, leader(spec, *family)) != Form::map;
}

/// The same as obstacle() says, for a list.
std::string short_obstacle(const Spec& spec) {
  const std::int64_t cells = cells_of(spec);
  if (cells == 1) return "one value in a single cell";
  return fmt::format("{} cells; at most {}", cells, most_cells_over_steps);
}

}  // namespace

std::optional<LinesOverAxis> lines_over_axis(const Spec& spec) {
  const std::vector<Axis> axes = long_axes(spec);
  if (axes.size() == 1) return LinesOverAxis{axes[0], std::nullopt, LinesOverAxis::Slow::lines};
  if (axes.size() != 2) return std::nullopt;
  if (axes[0].size() <= std::min(most_lines, axes[1].size())) {
    return LinesOverAxis{axes[1], axes[0], LinesOverAxis::Slow::lines};
  }
  if (axes[1].size() <= most_lines) return LinesOverAxis{axes[0], axes[1], LinesOverAxis::Slow::along};
  return std::nullopt;
}

Form form_of(const Spec& spec, Quantity quantity) {
  const std::int64_t cells = cells_of(spec);
  const Inner inner = info_of(quantity).inner;
  if (inner == Inner::step_bin) return cells <= most_cells_over_steps ? Form::histogram : Form::none;
  const bool several_steps = has_steps(quantity) && recorded_steps(spec.ensemble->record).size() > 1;
  if (several_steps && cells <= most_cells_over_steps) return Form::steps;
  if (cells == 1) return Form::none;
  const auto lines = lines_over_axis(spec);
  if (has_members(spec, quantity)) return lines && !lines->lines ? Form::axis : Form::none;
  return lines ? Form::axis : Form::map;
}

std::string obstacle(const Spec& spec, Quantity quantity) {
  const std::string_view name = name_of(quantity);
  if (info_of(quantity).inner == Inner::step_bin) {
    return fmt::format("{} has {} cells, and histograms are drawn for at most {}: draw quantiles, or give shorter axes",
                       name, cells_of(spec), most_cells_over_steps);
  }
  if (cells_of(spec) > 1) {
    return fmt::format(
        "{} has several values in each of {} cells; they are drawn over the steps for at most {} cells, or over one "
        "axis at the last step: give shorter axes",
        name, cells_of(spec), most_cells_over_steps);
  }
  return fmt::format(
      "{} has one value in a single cell, so there is nothing to draw it over: give an axis more values{}, or print it "
      "with `ravine export --to csv`",
      name, has_steps(quantity) ? ", record more steps" : "");
}

std::optional<Family> family_of(const Spec& spec, Quantity quantity) {
  if (spec.kind != Kind::noise) return std::nullopt;
  if (belongs(loss_family, quantity)) return loss_family;
  if (belongs(x_family, quantity) && components_of(spec) == 1) return x_family;
  return std::nullopt;
}

std::vector<Quantity> default_pictures(const Spec& spec) {
  std::vector<Quantity> pictures;
  for (const Quantity quantity : spec.quantities) {
    if (form_of(spec, quantity) != Form::none && !gives_way(spec, quantity)) pictures.push_back(quantity);
  }
  return pictures;
}

std::vector<NotDrawn> left_out(const Spec& spec) {
  std::vector<NotDrawn> all;
  for (const Quantity quantity : spec.quantities) {
    if (lies_over_another(spec, quantity)) continue;
    if (form_of(spec, quantity) == Form::none) {
      all.push_back({quantity, short_obstacle(spec)});
    } else if (gives_way(spec, quantity)) {
      all.push_back({quantity, fmt::format("a picture of its own with --quantity {}", name_of(quantity))});
    }
  }
  return all;
}

}  // namespace ravine::detail
