/// \file
/// How far a run is: a bar on a terminal, now and then a line elsewhere.
#pragma once

#include <chrono>

#include "cli/console.hpp"
#include "ravine/engine.hpp"

namespace ravine::cli {

class ProgressDisplay {
 public:
  explicit ProgressDisplay(Console& console);
  ~ProgressDisplay() { finish(); }
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;
  ProgressDisplay(ProgressDisplay&&) = delete;
  ProgressDisplay& operator=(ProgressDisplay&&) = delete;

  /// Shows `progress` if it is time to.
  void update(const Progress& progress);
  /// Ends the bar's line, so that what follows starts on a new one.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;

  void draw_bar(const Progress& progress, double seconds);
  void print_line(const Progress& progress, double seconds);

  Console& console_;
  Clock::time_point start_;
  Clock::time_point next_;
  bool bar_drawn_ = false;
};

}  // namespace ravine::cli
