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

/// A trajectory that gets this many times as far away as its start diverges, or as good as.
constexpr double beyond_start = 100;

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

}  // namespace

bool has(const Spec& spec, Quantity quantity) {
  return std::find(spec.quantities.begin(), spec.quantities.end(), quantity) != spec.quantities.end();
}

bool has_steps(Quantity quantity) {
  const Inner inner = info_of(quantity).inner;
  return inner != Inner::none && inner != Inner::component;
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
