// A measurement beside what it is measured against.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "spread.hpp"

namespace ravine::gpu_check {

struct Goal {
  enum class Direction { at_least, at_most };
  Direction direction;
  double value;
};

struct Figure {
  std::string name;
  double value;
  std::optional<Goal> goal = std::nullopt;
};
/// Whether it has a goal and misses it.
[[nodiscard]] bool misses_goal(const Figure& figure);

struct Benchmark {
  std::string name;
  std::string clock;     ///< "device events" or "wall time"
  std::string includes;  ///< what the time is the time of
  std::string unit;      ///< of the work: "bytes", "cells", "operations"
  double work;           ///< of one repetition
  Spread seconds;
  std::vector<Figure> figures = {};
};

}  // namespace ravine::gpu_check
