/// \file
/// Pages of charts of an ensemble: their scales, title and legend.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plot/ensemble_figure.hpp"

namespace ravine::detail {

/// Points of a line.
inline constexpr std::int64_t most_points = 2000;

struct ChartPage {
  /// What the heights are: numbers, over their logarithm where they want it; parts that add up, so that only a linear
  /// scale is right; codes.
  enum class Heights { numbers, parts, codes };

  Quantity quantity;
  std::vector<Chart> charts;
  Scale x;
  std::string x_label;
  std::string y_label;
  Heights heights = Heights::numbers;
  std::vector<std::string> remarks = {};  ///< beside those of the study
  std::int64_t cells = 0;                 ///< drawn
  std::int64_t not_computed = 0;          ///< of them
  std::int64_t without_value = 0;         ///< of them, where the legend is to say so
  PointsAre points = PointsAre::course;
};

/// The page, with the y scale that its values want.
[[nodiscard]] Figure draw_page(const Spec& spec, const ChartPage& page);

}  // namespace ravine::detail
