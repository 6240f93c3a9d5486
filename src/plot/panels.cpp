#include "plot/panels.hpp"

#include <cmath>

#include "plot/figure.hpp"

namespace ravine::detail {
namespace {

/// Between panels side by side, and above each for its title, in pixels.
constexpr double panel_gap = 20;
constexpr double panel_header = 28;

}  // namespace

Pixels panel_grid(int count) {
  Pixels best = {1, count};
  double best_score = 1e9;
  for (int columns = 1; columns <= count; ++columns) {
    const int rows = (count + columns - 1) / columns;
    const double width = (map_box.width() - panel_gap * (columns - 1)) / columns;
    const double height = map_box.height() / rows - panel_header;
    const double shape = std::abs(std::log(width / height / 1.1));
    const double score = shape + 0.5 * (columns * rows - count) / count;
    if (score < best_score) {
      best_score = score;
      best = {columns, rows};
    }
  }
  return best;
}

std::vector<PanelPlace> panel_places(int count) {
  return panel_places(count, panel_grid(count));
}

std::vector<PanelPlace> panel_places(int count, Pixels grid) {
  const double gap = count > 1 ? panel_gap : 0;
  const double header = count > 1 ? panel_header : 0;
  const double width = (map_box.width() - gap * (grid.width - 1)) / grid.width;
  const double height = map_box.height() / grid.height - header;
  std::vector<PanelPlace> places;
  for (int k = 0; k < count; ++k) {
    const int column = k % grid.width;
    const int row = k / grid.width;
    const double left = std::round(map_box.left + column * (width + gap));
    const double top = std::round(map_box.top - header - row * (height + header));
    places.push_back({{left, std::round(top - height), std::round(left + width), top},
                      column == 0 ? PanelPlace::Outer::yes : PanelPlace::Outer::no,
                      k + grid.width >= count ? PanelPlace::Outer::yes : PanelPlace::Outer::no});
  }
  return places;
}

void hide_inner_labels(const PanelPlace& place, Frame& frame) {
  const auto hide = [](std::vector<Tick>& ticks) {
    for (Tick& tick : ticks) tick.label.clear();
  };
  if (place.bottom_edge == PanelPlace::Outer::no) hide(frame.x_ticks);
  if (place.left_edge == PanelPlace::Outer::no) hide(frame.y_ticks);
}

RowsAre rows_are(const Axis& slow, const Axis& fast) {
  if (fast.name() == "alpha" || slow.name() == "beta") return RowsAre::horizontal;
  return RowsAre::vertical;
}

}  // namespace ravine::detail
