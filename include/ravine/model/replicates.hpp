/// \file
/// What is kept of the replicates of a noise study, and the shape in which it is summed. The shape is part of the
/// values: it depends on a replicate's place in the study alone, so threads, batches and backends can't change a bit.
///
///  - A group is 256 replicates. Its sums are taken as a tree: within each 32 neighbours v[i] += v[i + s] for
///    s = 16, 8, 4, 2, 1, then over the eight firsts for s = 4, 2, 1.
///  - A block is 16 groups, added in order in double precision.
///  - A cell's blocks are added in order in pair arithmetic.
///
/// Values are summed about a shift near their mean, the exact expectation, so that variances lose no digits.
#pragma once

#include <cstdint>

#include "ravine/model/arithmetic.hpp"

namespace ravine::model {

constexpr int warp_replicates = 32;
constexpr int group_replicates = 256;
constexpr int groups_per_block = 16;
constexpr std::int64_t block_replicates = std::int64_t{group_replicates} * groups_per_block;

/// Of some replicates: sum and sum of squares of value - shift, and the extreme values.
struct Sums {
  double sum;
  double squares;
  double least;
  double most;
};

/// Of no replicate.
RAVINE_MODEL Sums no_sums() {
  return {0, 0, __builtin_huge_val(), -__builtin_huge_val()};
}

/// Of one replicate; of none where it does not count: it diverged, or is beyond the last.
RAVINE_MODEL Sums sums_of(double value, double shift, bool counts) {
  const double difference = counts ? value - shift : 0.0;
  return {difference, difference * difference, counts ? value : __builtin_huge_val(),
          counts ? value : -__builtin_huge_val()};
}

RAVINE_MODEL Sums operator+(const Sums& a, const Sums& b) {
  return {a.sum + b.sum, a.squares + b.squares, min(a.least, b.least), max(a.most, b.most)};
}

/// Of all replicates of a cell.
struct CellSums {
  Pair<double> sum{0, 0};
  Pair<double> squares{0, 0};
  double least = __builtin_huge_val();
  double most = -__builtin_huge_val();
};

/// Adds the next block.
RAVINE_MODEL CellSums operator+(const CellSums& cell, const Sums& block) {
  return {add(cell.sum, {block.sum, 0}), add(cell.squares, {block.squares, 0}), min(cell.least, block.least),
          max(cell.most, block.most)};
}

/// Number of the bin of a loss: each octave from 2^from to 2^to in 2^bits equal parts, bin 0 below, one more above.
struct Bins {
  std::int32_t from;
  std::int32_t to;
  std::int32_t bits;
};
RAVINE_MODEL std::int64_t bin_count(const Bins& bins) {
  return 2 + (static_cast<std::int64_t>(bins.to - bins.from) << bins.bits);
}
/// Positive doubles are in the order of their bits, so the leading ones are the number of the bin.
RAVINE_MODEL std::int64_t bin_of(const Bins& bins, double loss) {
  const std::int64_t shift = 52 - bins.bits;
  const std::int64_t first = static_cast<std::int64_t>(bins.from + 1023) << bins.bits;
  const std::int64_t inside = static_cast<std::int64_t>(bins.to - bins.from) << bins.bits;
  const std::int64_t place = (__builtin_bit_cast(std::int64_t, loss) >> shift) - first;
  const std::int64_t clamped = place < 0 ? -1 : place < inside ? place : inside;
  return loss > 0 ? 1 + clamped : 0;
}

}  // namespace ravine::model
