#include "problem/placed_entry.hpp"

#include <algorithm>
#include <tuple>

namespace ravine {
namespace {

bool are_mirrored(const PlacedEntry& a, const PlacedEntry& b) {
  return a.row == b.column && a.column == b.row;
}

}  // namespace

void sort_by_pair(std::vector<PlacedEntry>& entries) {
  const auto key = [](const PlacedEntry& entry) {
    return std::tuple(std::min(entry.row, entry.column), std::max(entry.row, entry.column), entry.row, entry.place);
  };
  std::sort(entries.begin(), entries.end(),
            [key](const PlacedEntry& a, const PlacedEntry& b) { return key(a) < key(b); });
}

std::optional<Conflict> find_duplicate(std::span<const PlacedEntry> sorted) {
  const auto same = [](const PlacedEntry& a, const PlacedEntry& b) { return a.row == b.row && a.column == b.column; };
  const auto found = std::adjacent_find(sorted.begin(), sorted.end(), same);
  if (found == sorted.end()) return std::nullopt;
  return Conflict{*(found + 1), *found};
}

std::optional<Conflict> find_asymmetry(std::span<const PlacedEntry> sorted) {
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    const PlacedEntry& entry = sorted[k];
    if (entry.row == entry.column) continue;
    const bool is_alone = k + 1 == sorted.size() || !are_mirrored(entry, sorted[k + 1]);
    if (is_alone) {
      if (entry.value != 0) return Conflict{entry, std::nullopt};
    } else {
      const PlacedEntry& mirrored = sorted[++k];
      if (entry.value == mirrored.value) continue;
      return entry.place > mirrored.place ? Conflict{entry, mirrored} : Conflict{mirrored, entry};
    }
  }
  return std::nullopt;
}

std::vector<Entry> without_mirrored(std::span<const PlacedEntry> sorted) {
  std::vector<Entry> entries;
  entries.reserve(sorted.size());
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    const bool mirrored = k > 0 && sorted[k].row != sorted[k].column && are_mirrored(sorted[k - 1], sorted[k]);
    if (!mirrored) entries.push_back({sorted[k].row, sorted[k].column, sorted[k].value});
  }
  return entries;
}

}  // namespace ravine
