// Walks the cells of a box, row by row along the fastest axis.
#pragma once

#include <algorithm>
#include <cstdint>

#include "ravine/grid.hpp"

namespace ravine {

/// A run of cells along the fastest axis.
struct Run {
  const Index& start;   ///< of its first cell, within the box
  std::int64_t offset;  ///< cells of the walk before it
  std::int64_t length;
};

/// Index within a box of shape `shape` of its cell number `position` (grid order).
inline Index index_in(const Index& shape, std::int64_t position) {
  Index index(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    index[axis] = position % shape[axis];
    position /= shape[axis];
  }
  return index;
}

/// Calls visit(Run) for the runs that make up cells [first, first + count) of a box of shape `shape`.
template <class Visit>
void walk_box(const Index& shape, std::int64_t first, std::int64_t count, Visit visit) {
  Index index = index_in(shape, first);
  std::int64_t offset = 0;
  while (offset < count) {
    const std::int64_t length = std::min(shape.back() - index.back(), count - offset);
    visit(Run{index, offset, length});
    offset += length;
    index.back() += length;
    for (std::size_t axis = shape.size(); axis-- > 1 && index[axis] == shape[axis];) {
      index[axis] = 0;
      ++index[axis - 1];
    }
  }
}

/// Offset of the cell at `index` in an array of shape `shape`, C order.
inline std::int64_t offset_in(const Index& shape, const Index& index) {
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) offset = offset * shape[axis] + index[axis];
  return offset;
}

}  // namespace ravine
