/// \file
/// The sets of a partition, joined one by one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace ravine {

/// At first every number from 0 to count - 1 is a set of its own.
class DisjointSets {
 public:
  explicit DisjointSets(std::int64_t count) : parent_(static_cast<std::size_t>(count)), sets_(count) {
    std::iota(parent_.begin(), parent_.end(), std::int32_t{0});
  }
  void join(std::int32_t a, std::int32_t b) {
    const auto [first, other] = std::minmax({first_of(a), first_of(b)});
    if (first == other) return;
    parent(other) = first;
    --sets_;
  }
  /// The smallest number in the same set.
  [[nodiscard]] std::int32_t first_of(std::int32_t v) {
    while (parent(v) != v) v = parent(v) = parent(parent(v));
    return v;
  }
  [[nodiscard]] std::int64_t sets() const { return sets_; }

 private:
  std::int32_t& parent(std::int32_t v) { return parent_[static_cast<std::size_t>(v)]; }

  std::vector<std::int32_t> parent_;  ///< a smaller number in the same set, or the number itself
  std::int64_t sets_;
};

}  // namespace ravine
