/// \file
/// The cells of a row with complex eigenvalues: one run of columns, found by a few exact signs instead of one a cell.
///
/// A **row** is a line of cells along an axis: one of alpha, beta, lambda varies and the other two are fixed. Let x be
/// what varies: h = alpha lambda, or beta. The discriminant Delta = (1 + beta - h)^2 - 4 beta is a parabola in either,
/// open upwards:
///
///     in h     for fixed beta > 0:  negative strictly between (1 -+ sqrt(beta))^2, smallest at h = 1 + beta
///     in beta  for fixed h > 0:     negative strictly between (1 -+ sqrt(h))^2,    smallest at beta = 1 + h
///
/// and nowhere negative for beta <= 0 or h <= 0. So the eigenvalues are complex for the x of one open interval. Along a
/// row whose values rise or fall throughout (ties allowed) x does so too: h is *exactly* the product of a fixed and a
/// varying number. Hence the columns in the interval are consecutive: the **band**. Nothing here rounds: the argument
/// is about exact products, and each sign is exact. How an axis came by its values does not matter.
///
/// Within the band beta alone decides: rate = sqrt(beta), gap = (1 - beta)/(1 + sqrt(beta)), regime = ripples, marginal
/// or divergent by |beta| (docs/formulas.md M21, M24, N4). Since all three are correctly rounded, whichever cell of the
/// same beta with complex eigenvalues is evaluated gives the same bits: see band_cell(). Eigenvalues depend on h too.
///
/// docs/decisions/0004-row-structure.md has the proof in full.
#pragma once

#include <cstdint>

#include "ravine/model/heavy_ball_settle.hpp"

namespace ravine::model {

/// Columns [first, last); none: first == last.
struct Band {
  std::int64_t first;
  std::int64_t last;
};

/// The parameter that varies along a row.
enum class Along { alpha, beta, lambda };

/// `columns` cells: `fixed`, but for the parameter that varies, which takes `values`. These are finite and never change
/// direction: v[i] <= v[i+1] throughout, or v[i] >= v[i+1] throughout.
template <class F>
struct Row {
  Cell<F> fixed;
  Along along;
  const F* values;
  std::int64_t columns;
};

/// The cell at a column; in double precision, which holds every float and the product of any two exactly.
template <class F>
RAVINE_MODEL Cell<double> cell_of(const Row<F>& row, std::int64_t column) {
  const F value = row.values[column];
  return {static_cast<double>(row.along == Along::alpha ? value : row.fixed.alpha),
          static_cast<double>(row.along == Along::beta ? value : row.fixed.beta),
          static_cast<double>(row.along == Along::lambda ? value : row.fixed.lambda)};
}

/// Where a cell's x (beta, or else h) stands to the interval of complex eigenvalues within the core. It rises with x.
enum class Side { below, within, above };

/// The core's own limits come first: 2^-300 <= h <= 2^300 and 2^-450 <= beta <= 2^300 are intervals of x too, and hold
/// all products of two floats, and all floats, that are positive. Beyond them nothing is said to be complex: the cells
/// there are left to the model. Within, the signs of T and of S = 1 - beta + h are exact (heavy_ball_attempt.hpp), and
/// so is that of Delta: by the margin of pair arithmetic, or else by its exact sum.
RAVINE_MODEL Side side_of(Cell<double> cell, Along along) {
  using M = Margins<double>;
  const double beta = cell.beta;
  const Pair<double> h = two_product(cell.alpha, cell.lambda);
  if (h.hi < M::least_h || beta < M::least_beta) return Side::below;
  if (h.hi > M::largest || beta > M::largest) return Side::above;

  const Pair<double> trace = trace_of(beta, h);
  const double size = trace.hi * trace.hi + 4 * beta;
  double discriminant = discriminant_of(trace, Pair<double>{beta, 0}).hi;
  if (!both(abs(discriminant) > M::tie * size, size >= M::least_square)) {
    discriminant = exact_discriminant({h, beta}).hi;
  }
  if (discriminant < 0) return Side::within;
  // Not complex, so not at the vertex: x is on one side of it.
  const double before_vertex = along == Along::beta ? add(two_sum(1.0, -beta), h).hi : trace.hi;
  return before_vertex > 0 ? Side::below : Side::above;
}

/// Whether x rises along the row (it may stay) rather than falls.
template <class F>
RAVINE_MODEL bool rises(const Row<F>& row) {
  const bool values_rise = row.values[0] <= row.values[row.columns - 1];
  if (row.along == Along::beta) return values_rise;
  return values_rise == ((row.along == Along::alpha ? row.fixed.lambda : row.fixed.alpha) > 0);
}

/// What is known of a band: least.first <= first <= most.first, and so for last.
struct BandBounds {
  Band least;
  Band most;
};

/// Narrows the bounds by the side that one column is on, which may tell of both ends.
///
/// The band starts at the first column that is not `before` it and ends at the first that is neither before nor within.
template <class F>
RAVINE_MODEL void narrow(BandBounds& bounds, const Row<F>& row, std::int64_t column) {
  const Side before = rises(row) ? Side::below : Side::above;
  const Side side = side_of(cell_of(row, column), row.along);
  if (side == before) {
    bounds.least.first = max(bounds.least.first, column + 1);
  } else {
    bounds.most.first = min(bounds.most.first, column);
  }
  if (side == before || side == Side::within) {
    bounds.least.last = max(bounds.least.last, column + 1);
  } else {
    bounds.most.last = min(bounds.most.last, column);
  }
}

/// The cells of a row within the core whose eigenvalues are complex, by about 2 log2(columns) exact signs. In single
/// precision every cell counts as within the core.
///
/// Two bisections, which share their probes while they can, and the code of the exact sum, which is large on a device.
template <class F>
RAVINE_MODEL Band ripple_band(const Row<F>& row) {
  BandBounds bounds = {{0, 0}, {row.columns, row.columns}};
  const Band& least = bounds.least;
  const Band& most = bounds.most;
  while (least.first < most.first || least.last < most.last) {
    const bool seeks_first = least.first < most.first;
    narrow(bounds, row, seeks_first ? (least.first + most.first) / 2 : (least.last + most.last) / 2);
  }
  return bounds.most;
}

/// Which of columns [least, most) to look at next if the end sought is expected at `guess`: first there, then ever
/// further from it, though never beyond the middle.
RAVINE_MODEL std::int64_t column_towards(std::int64_t guess, std::int64_t least, std::int64_t most,
                                         std::int64_t reach) {
  const std::int64_t middle = (least + most) / 2;
  if (guess < least) return min(middle, least + reach - 1);
  if (guess >= most) return max(middle, most - reach);
  return guess;
}

/// The same band: by four exact signs where `guess` is right, by more where it is not. Any guess will do.
template <class F>
RAVINE_MODEL Band ripple_band(const Row<F>& row, Band guess) {
  BandBounds bounds = {{0, 0}, {row.columns, row.columns}};
  const Band& least = bounds.least;
  const Band& most = bounds.most;
  for (std::int64_t reach = 1; least.first < most.first; reach = min(2 * reach, row.columns)) {
    narrow(bounds, row, column_towards(guess.first, least.first, most.first, reach));
  }
  for (std::int64_t reach = 1; least.last < most.last; reach = min(2 * reach, row.columns)) {
    narrow(bounds, row, column_towards(guess.last, least.last, most.last, reach));
  }
  return bounds.most;
}

/// A cell with this beta whose eigenvalues are complex, for beta > 0. Rate, gap and regime of any cell of a band are
/// those of band_cell(its beta), bit for bit.
///
/// h = 1 + beta, rounded. T is what the rounding cut off: at most 1 and at most beta, for both 1 and beta are values
/// that h could have been rounded to. So T^2 <= beta^2 < 4 beta for beta <= 1, T^2 <= 1 < 4 beta for others.
template <class F>
RAVINE_MODEL Cell<F> band_cell(F beta) {
  return {F(1) + beta, beta, F(1)};
}

}  // namespace ravine::model
