#include "plot/placement.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ravine::detail {
namespace {

/// Counts of one regime's pixels in any rectangle, by a table of sums.
class PixelCounts {
 public:
  PixelCounts(const Picture& picture, std::uint8_t regime) : stride_(picture.size.width + 1) {
    sums_.resize(static_cast<std::size_t>(stride_) * static_cast<std::size_t>(picture.size.height + 1));
    std::size_t pixel = 0;
    for (int y = 0; y < picture.size.height; ++y) {
      std::int32_t row = 0;
      for (int x = 0; x < picture.size.width; ++x) {
        row += picture.regimes[pixel++] == regime ? 1 : 0;
        sums_[at(x + 1, y + 1)] = sums_[at(x + 1, y)] + row;
      }
    }
  }
  [[nodiscard]] bool fill(int x, int y, int width, int height) const {
    const std::int32_t count =
        sums_[at(x + width, y + height)] - sums_[at(x, y + height)] - sums_[at(x + width, y)] + sums_[at(x, y)];
    return count == width * height;
  }

 private:
  [[nodiscard]] std::size_t at(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(stride_) + static_cast<std::size_t>(x);
  }
  int stride_;
  std::vector<std::int32_t> sums_;
};

/// Steps between the places tried, in pixels: finer is not seen.
constexpr int search_step = 4;

bool clear_of(const LabelBox& box, std::span<const LabelBox> taken) {
  return std::none_of(taken.begin(), taken.end(), [&](const LabelBox& other) { return box.overlaps(other); });
}

/// The middles of all places, on the search grid, where a box `scale` times as large as `size` fits.
std::vector<Point> places(const PixelCounts& counts, Pixels image, const LabelBox& size, double scale) {
  const int width = std::max(1, static_cast<int>(std::ceil(size.width * scale * image.width)));
  const int height = std::max(1, static_cast<int>(std::ceil(size.height * scale * image.height)));
  std::vector<Point> result;
  for (int y = 0; y + height <= image.height; y += search_step) {
    for (int x = 0; x + width <= image.width; x += search_step) {
      if (!counts.fill(x, y, width, height)) continue;
      result.push_back({(x + width / 2.0) / image.width, (y + height / 2.0) / image.height});
    }
  }
  return result;
}

double distance(Point a, Point b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}

Point nearest_to_mean(const std::vector<Point>& points) {
  Point mean = {0, 0};
  for (const Point& point : points) mean = {mean.x + point.x, mean.y + point.y};
  mean = {mean.x / static_cast<double>(points.size()), mean.y / static_cast<double>(points.size())};
  return *std::min_element(points.begin(), points.end(),
                           [&](Point a, Point b) { return distance(a, mean) < distance(b, mean); });
}

}  // namespace

bool LabelBox::overlaps(const LabelBox& other) const {
  return std::abs(centre.x - other.centre.x) * 2 < width + other.width &&
         std::abs(centre.y - other.centre.y) * 2 < height + other.height;
}

Point LabelBox::edge_towards(Point target) const {
  const double dx = target.x - centre.x;
  const double dy = target.y - centre.y;
  const double t = std::min(dx == 0 ? 1 : width / 2 / std::abs(dx), dy == 0 ? 1 : height / 2 / std::abs(dy));
  return {centre.x + std::min(t, 1.0) * dx, centre.y + std::min(t, 1.0) * dy};
}

bool LabelBox::fits() const {
  return centre.x - width / 2 >= 0 && centre.x + width / 2 <= 1 && centre.y - height / 2 >= 0 &&
         centre.y + height / 2 <= 1;
}

std::optional<Point> place_inside(const Picture& picture, std::uint8_t regime, const LabelBox& size,
                                  std::span<const LabelBox> taken) {
  const PixelCounts counts(picture, regime);
  for (const double scale : {8.0, 6.0, 4.0, 3.0, 2.0, 1.5, 1.2, 1.0}) {
    std::vector<Point> found = places(counts, picture.size, size, scale);
    std::erase_if(found, [&](Point point) { return !clear_of({point, size.width, size.height}, taken); });
    if (!found.empty()) return nearest_to_mean(found);
  }
  return std::nullopt;
}

Point place_near(Point target, const LabelBox& size, std::span<const LabelBox> taken) {
  const double towards = std::atan2(0.5 - target.y, 0.5 - target.x);
  constexpr std::array turns = {0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5, 2.2, -2.2, 3.1};
  for (double reach = 1.5; reach < 8; reach += 0.5) {
    for (const double turn : turns) {
      const LabelBox box = {{target.x + reach * size.width * std::cos(towards + turn),
                             target.y + reach * 2 * size.height * std::sin(towards + turn)},
                            size.width,
                            size.height};
      if (box.fits() && clear_of(box, taken)) return box.centre;
    }
  }
  return {std::clamp(target.x, size.width / 2, 1 - size.width / 2),
          std::clamp(target.y, size.height / 2, 1 - size.height / 2)};
}

std::optional<Point> middle_pixel(const Picture& picture, std::uint8_t regime) {
  const auto total = std::count(picture.regimes.begin(), picture.regimes.end(), regime);
  std::ptrdiff_t seen = 0;
  for (std::size_t k = 0; k < picture.regimes.size(); ++k) {
    if (picture.regimes[k] != regime || seen++ < total / 2) continue;
    const auto width = static_cast<std::size_t>(picture.size.width);
    const std::size_t row = k / width;
    return Point{(static_cast<double>(k % width) + 0.5) / picture.size.width,
                 (static_cast<double>(row) + 0.5) / picture.size.height};
  }
  return std::nullopt;
}

}  // namespace ravine::detail
