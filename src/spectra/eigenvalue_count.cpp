#include "spectra/eigenvalue_count.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "ravine/error.hpp"
#include "spectra/inertia.hpp"

namespace ravine::spectra {
namespace {

constexpr double widest_cluster = 0x1p-20;

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

Inertia inertia_at(const CountedMatrix& matrix, double shift) {
  ShiftedMatrix shifted;
  shifted.sign = matrix.sign;
  shifted.shift = shift;
  Inertia inertia = inertia_of(matrix.matrix, shifted, matrix.nodes);
  inertia.negative -= matrix.kernel_dimension;
  return inertia;
}

/// In the first gap after those that are wanted, as far as the next one found, or estimated, lets it be seen: far from
/// all eigenvalues rounding errors are small. As many below as were found below are those that were found. Nothing
/// where there is no such gap, or more are below: they need not be missing, but may be copies of the last one.
std::optional<Counted> count_in_gap(const CountedMatrix& matrix, const FoundEigenvalues& found, std::int64_t count) {
  const auto size = static_cast<std::int64_t>(found.values.size());
  const auto distance_after = [&](std::int64_t k) {
    const double next = k < size ? found.values[at(k)] : found.next;
    return (next - found.values[at(k - 1)]) / 16;  // the next one may be closer than it seems
  };
  const double least = 4 * found.least_width;
  std::int64_t below = count;
  while (below < size && distance_after(below) <= least) ++below;
  const double distance = distance_after(below);
  if (!(distance > least)) return std::nullopt;
  const double shift = found.values[at(below - 1)] + distance;
  const Inertia inertia = inertia_at(matrix, shift);
  if (!(inertia.uncertainty < distance) || inertia.negative != below) return std::nullopt;
  return Counted{0, below, shift - inertia.uncertainty, false};
}

[[noreturn]] void throw_uncertain(const CountedMatrix& matrix, double spread, double last) {
  throw NumericalError(
      fmt::format("the multiplicities of the {} eigenvalues can't be made certain: within {:.3g} of the last, {:.17g}, "
                  "they can't be told apart; {}",
                  matrix.sign > 0 ? "smallest" : "largest", spread, matrix.sign * last, way_out));
}

/// Below the cluster of the last one that is wanted. As many as were found below are those that were found; those in
/// the cluster are at least where the count was, at most what was found.
Counted count_below_cluster(const CountedMatrix& matrix, const FoundEigenvalues& found, std::int64_t count) {
  const std::span<const double> value = found.values;
  for (double width = found.least_width;;) {
    std::int64_t first = count - 1;
    while (first > 0 && value[at(first)] - value[at(first - 1)] <= 2 * width) --first;
    const double shift = value[at(first)] - width;
    const double spread = value[at(count - 1)] - shift;
    const bool is_wide = spread > 2 * found.least_width;
    if (spread > widest_cluster * matrix.norm) throw_uncertain(matrix, spread, value[at(count - 1)]);
    // Off the kernel there is nothing below 0, where the kernel itself can't be told apart from the cluster.
    if (matrix.kernel_dimension > 0 && shift <= 0) return {0, first, 0, is_wide};
    const Inertia inertia = inertia_at(matrix, shift);
    const std::int64_t missing = inertia.negative - first;
    if (inertia.uncertainty < width && missing >= 0) return {missing, first, shift - inertia.uncertainty, is_wide};
    // A little further away the rounding errors may be as large, or much smaller.
    width = std::clamp(1.5 * inertia.uncertainty, 2 * width, 16 * width);
  }
}

}  // namespace

Counted count_eigenvalues(const CountedMatrix& matrix, const FoundEigenvalues& found, std::int64_t count) {
  const std::optional<Counted> in_gap = count_in_gap(matrix, found, count);
  return in_gap ? *in_gap : count_below_cluster(matrix, found, count);
}

}  // namespace ravine::spectra
