/// \file
/// Entries as a file has them, before it is known that they are those of a symmetric matrix.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ravine/matrix.hpp"

namespace ravine {

/// An entry and where the file has it. Rows and columns from 0.
struct PlacedEntry {
  std::int32_t row;
  std::int32_t column;
  double value;
  std::int64_t place;  ///< in the file, ascending
};

/// Sorts so that (i, j) and (j, i) are neighbours, and what stands at the same place of the matrix even more so.
void sort_by_pair(std::vector<PlacedEntry>& entries);

/// Two entries that can't be in one symmetric matrix.
struct Conflict {
  PlacedEntry entry;  ///< the later one in the file
  /// At the same row and column, or at the mirrored ones with another value; nothing if the file has none at the
  /// mirrored ones.
  std::optional<PlacedEntry> other;

  [[nodiscard]] bool is_duplicate() const { return other && other->row == entry.row; }
};

/// The first entry, in the sorted order, that is there twice. Precondition: sorted by pair.
[[nodiscard]] std::optional<Conflict> find_duplicate(std::span<const PlacedEntry> sorted);

/// The first entry off the diagonal whose mirrored one has another value, where one that is not there counts as 0.
/// Precondition: sorted by pair, no duplicate.
[[nodiscard]] std::optional<Conflict> find_asymmetry(std::span<const PlacedEntry> sorted);

/// Each pair once. Precondition: sorted by pair, no duplicate and no asymmetry.
[[nodiscard]] std::vector<Entry> without_mirrored(std::span<const PlacedEntry> sorted);

}  // namespace ravine
