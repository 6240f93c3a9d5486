#include "plot/ensemble_figure.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "plot/words.hpp"
#include "ravine/ensemble.hpp"
#include "ravine/field.hpp"

namespace ravine::detail {
namespace {

/// Lines drawn over one axis, one for each value of another.
constexpr std::int64_t most_lines = 6;

/// A trajectory that gets this many times as far away as its start diverges, or as good as.
constexpr double beyond_start = 100;

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

double largest_size(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

double largest_of(const Spec& spec, std::string_view axis) {
  const Axis& found = axis_of(spec, axis);
  double largest = 0;
  if (const auto* listed = std::get_if<ListedValues>(&found.values())) return largest_size(listed->values);
  for (const std::int64_t end : {std::int64_t{0}, found.size() - 1}) {
    largest = std::max(largest, std::abs(found.value(end)));
  }
  return largest;
}

/// About how far x is pushed: by its start and the noise of a few steps.
double size_of_x(const Spec& spec) {
  const double start = largest_size(spec.ensemble->start.x);
  if (!spec.ensemble->noise) return start;
  return start + largest_of(spec, "alpha") * std::sqrt(largest_size(spec.ensemble->noise->variance));
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

/// Has every cell noise at the last recorded step?
bool is_random_everywhere(const Spec& spec) {
  const std::vector<double>& variance = spec.ensemble->noise->variance;
  const Axis& alpha = axis_of(spec, "alpha");
  for (std::int64_t k = 0; k < alpha.size(); ++k) {
    if (alpha.value(k) == 0) return false;
  }
  return recorded_steps(spec.ensemble->record).back() > 0 &&
         std::all_of(variance.begin(), variance.end(), [](double value) { return value > 0; });
}

}  // namespace

bool has(const Spec& spec, Quantity quantity) {
  return std::find(spec.quantities.begin(), spec.quantities.end(), quantity) != spec.quantities.end();
}

bool has_steps(Quantity quantity) {
  const Inner inner = info_of(quantity).inner;
  return inner != Inner::none && inner != Inner::component;
}

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

Members members_of(const Spec& spec, Quantity quantity) {
  Members members = {{0}, {""}};
  for (const Dimension& dimension : field_of(spec, quantity).inner) {
    const Axis& axis = dimension.axis;
    std::vector<double> values(static_cast<std::size_t>(axis.size()));
    axis.fill(0, values);
    if (axis.name() == "step") {
      members.steps = values;
      continue;
    }
    members.names.clear();
    for (const double value : values) {
      members.names.push_back(axis.name() == "quantile"
                                  ? fmt::format("{} % quantile", number(100 * value))
                                  : fmt::format("{} = {}", symbol_of(axis.name()), number(value)));
    }
  }
  return members;
}

std::vector<MemberLine> member_lines(const Members& members) {
  std::vector<MemberLine> lines;
  for (const std::int64_t member : chosen(static_cast<std::int64_t>(members.names.size()), most_member_lines)) {
    lines.push_back({static_cast<std::size_t>(member), ""});
  }
  for (const std::int64_t named : chosen(static_cast<std::int64_t>(lines.size()), most_named_lines)) {
    MemberLine& line = lines[static_cast<std::size_t>(named)];
    line.name = members.names[line.member];
  }
  return lines;
}

std::vector<std::string> member_remarks(const Members& members) {
  const auto count = static_cast<std::int64_t>(members.names.size());
  std::vector<std::string> remarks;
  if (count > most_member_lines) {
    remarks.push_back(fmt::format("{} of {} lines drawn, evenly chosen", most_member_lines, count));
  }
  if (count > most_named_lines) remarks.push_back(fmt::format("{} of the lines named", most_named_lines));
  return remarks;
}

std::string cell_words(const Spec& spec, std::int64_t cell) {
  std::vector<std::string> parts;
  const std::vector<Axis> axes = long_axes(spec);
  for (std::size_t k = axes.size(); k-- > 0;) {
    const Axis& axis = axes[k];
    parts.insert(parts.begin(),
                 fmt::format("{} = {}", symbol_of(axis.name()), number(axis.value(cell % axis.size()), 4)));
    cell /= axis.size();
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

double natural_size(const Spec& spec, Quantity quantity) {
  const double x = beyond_start * size_of_x(spec);
  switch (quantity) {
    case Quantity::x:
    case Quantity::mean_x:
    case Quantity::min_x:
    case Quantity::max_x:
    case Quantity::sample_x:
    case Quantity::expected_x:
    case Quantity::standard_error_x:
      return x;
    case Quantity::variance_x:
    case Quantity::expected_variance_x:
    case Quantity::stationary_x2:
      return x * x;
    default:
      break;
  }
  const double loss = 0.5 * largest_of(spec, "lambda") * x * x * static_cast<double>(components_of(spec));
  switch (quantity) {
    case Quantity::variance_loss:
    case Quantity::expected_variance_loss:
      return loss * loss;
    case Quantity::loss:
    case Quantity::loss_parts:
    case Quantity::peak_loss:
    case Quantity::mean_loss:
    case Quantity::standard_error_loss:
    case Quantity::min_loss:
    case Quantity::max_loss:
    case Quantity::quantiles:
    case Quantity::sample_loss:
    case Quantity::expected_loss:
    case Quantity::expected_loss_deterministic:
    case Quantity::expected_loss_stochastic:
    case Quantity::stationary_loss:
      return loss;
    default:
      return std::numeric_limits<double>::infinity();
  }
}

Extent without_divergence(const Extent& extent, double size) {
  if (!(size > 0) || extent.empty()) return extent;
  return {std::max(extent.lowest, -size), std::min(extent.highest, size), std::min(extent.least_positive, size)};
}

double least_shown(const Spec& spec, Quantity quantity, const Extent& shown) {
  const double start = natural_size(spec, quantity) / (beyond_start * beyond_start);
  const double part = spec.kind == Kind::noise ? 1e-8 : 1e-12;
  return part * (start > 0 ? std::min(start, shown.highest) : shown.highest);
}

std::vector<std::string> study_remarks(const Spec& spec) {
  constexpr std::size_t most_listed = 4;
  const auto start = [](std::string_view name, const std::vector<double>& values) {
    const bool equal = std::equal(values.begin() + 1, values.end(), values.begin());
    if (equal) return fmt::format("{} = {}", name, number(values[0]));
    if (values.size() > most_listed) return fmt::format("{} listed in the spec", name);
    std::vector<std::string> list;
    for (const double value : values) list.push_back(number(value, 4));
    return fmt::format("{} = {}", name, fmt::join(list, ", "));
  };
  std::vector<std::string> remarks = {start("x₀", spec.ensemble->start.x)};
  if (largest_size(spec.ensemble->start.y) > 0) remarks.push_back(start("y₀", spec.ensemble->start.y));
  if (const auto& noise = spec.ensemble->noise) {
    remarks.push_back(start("noise variance", noise->variance));
    remarks.push_back(fmt::format("{} replicates, seed {}", noise->replicates, noise->seed));
  }
  return remarks;
}

std::vector<std::string> value_remarks(const Spec& spec, Quantity quantity) {
  const Record& record = spec.ensemble->record;
  if (has_steps(quantity)) return {fmt::format("at step {}", recorded_steps(record).back())};
  if (spec.kind != Kind::trajectory) return {};
  std::vector<std::string> remarks;
  if (quantity != Quantity::peak_loss && quantity != Quantity::peak_step) {
    remarks.push_back(fmt::format("tolerance {}", number(record.tolerance)));
  }
  remarks.push_back(fmt::format("{} steps", record.steps));
  return remarks;
}

std::string none_words(const Spec& spec, Quantity quantity) {
  switch (quantity) {
    case Quantity::steps_to_tolerance:
      return fmt::format("not within {} steps", spec.ensemble->record.steps);
    case Quantity::first_above:
    case Quantity::last_above:
      return "never above the tolerance";
    case Quantity::stationary_loss:
    case Quantity::stationary_x2:
    case Quantity::stationary_y2:
    case Quantity::stationary_xy:
      return "no stationary state";
    default:
      break;
  }
  if (!is_score(quantity) || spec.ensemble->noise->replicates == 1) return "not defined";
  // The loss may still be finite where its variance is not: it need not count as diverged yet.
  return is_random_everywhere(spec) ? "no value: diverges" : "no value: diverges, or no noise";
}

std::string cells_in_brackets(std::int64_t cells) {
  return cells == 1 ? "(1 cell)" : fmt::format("({} cells)", cells);
}

bool is_score(Quantity quantity) {
  return quantity >= Quantity::z_mean_loss && quantity <= Quantity::z_variance_x;
}

bool is_estimate(Quantity quantity) {
  return (quantity >= Quantity::mean_loss && quantity <= Quantity::sample_x) || is_score(quantity);
}

Figure ensemble_figure(StoreSource& source, Quantity quantity) {
  switch (form_of(source.spec(), quantity)) {
    case Form::steps:
      return steps_figure(source, quantity);
    case Form::axis:
      return axis_figure(source, quantity);
    case Form::histogram:
      return histogram_figure(source, quantity);
    case Form::map:
    case Form::none:
      break;
  }
  return value_map_figure(source, quantity);
}

}  // namespace ravine::detail
