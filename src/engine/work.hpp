// The tiles that a run has to compute.
#pragma once

#include <cstdint>
#include <vector>

#include "ravine/store.hpp"

namespace ravine {

/// Kept as runs of consecutive tiles of the shard: a map may have very many, and they mostly stand together.
class Work {
 public:
  explicit Work(Shard shard) : shard_(shard) {}

  /// Tiles are added in ascending order.
  void add(std::int64_t id, std::int64_t cells) {
    if (!runs_.empty() && runs_.back().first + runs_.back().count * shard_.count == id) {
      ++runs_.back().count;
    } else {
      runs_.push_back({id, 1});
    }
    ++tiles_;
    cells_ += cells;
  }

  [[nodiscard]] std::int64_t tiles() const { return tiles_; }
  [[nodiscard]] std::int64_t cells() const { return cells_; }

  /// Calls visit(id) for each tile until it says Visit::leave.
  enum class Visit { on, leave };
  template <class Visitor>
  void for_each(Visitor visit) const {
    for (const Consecutive& run : runs_) {
      for (std::int64_t i = 0; i < run.count; ++i) {
        if (visit(run.first + i * shard_.count) == Visit::leave) return;
      }
    }
  }

 private:
  struct Consecutive {
    std::int64_t first;
    std::int64_t count;
  };
  Shard shard_;
  std::vector<Consecutive> runs_;
  std::int64_t tiles_ = 0;
  std::int64_t cells_ = 0;
};

}  // namespace ravine
