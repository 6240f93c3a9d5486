#include "plot/contour.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace ravine::detail {
namespace {

constexpr std::uint8_t inside = 0;
constexpr std::uint8_t outside = 1;
constexpr std::uint8_t no_data = 2;

/// Of the finest lattice, per pixel.
constexpr double finest_steps = 8;
constexpr int coarsest_shift = 10;

std::uint64_t segment(std::uint32_t a, std::uint32_t b) {
  return (std::uint64_t{std::min(a, b)} << 32) | std::max(a, b);
}

/// One end of a segment: the way from `node` to `next`.
struct Way {
  std::uint32_t node;
  std::uint32_t next;
  bool operator==(const Way&) const = default;
  auto operator<=>(const Way&) const = default;  // NOLINT(modernize-use-nullptr): a false alarm of clang-tidy 14
};

/// Joins segments to lines by walking from node to node, each way once.
class Joiner {
 public:
  explicit Joiner(std::span<const std::uint64_t> segments) {
    for (const std::uint64_t both : segments) {
      const auto a = static_cast<std::uint32_t>(both >> 32);
      const auto b = static_cast<std::uint32_t>(both);
      ways_.push_back({a, b});
      if (a != b) ways_.push_back({b, a});
    }
    std::sort(ways_.begin(), ways_.end());
    used_.resize(ways_.size());
  }

  std::vector<std::vector<std::uint32_t>> lines() {
    std::vector<std::vector<std::uint32_t>> result;
    // From ends and crossings first; what is left then are closed loops.
    for (const bool loops : {false, true}) {
      for (std::size_t way = 0; way < ways_.size(); ++way) {
        if (used_[way] || (!loops && degree(ways_[way].node) == 2)) continue;
        if (ways_[way].node == ways_[way].next) {
          used_[way] = true;
          if (degree(ways_[way].node) == 0) result.push_back({ways_[way].node});
        } else {
          result.push_back(walk(way));
        }
      }
    }
    return result;
  }

 private:
  [[nodiscard]] std::size_t first_of(std::uint32_t node) const {
    return static_cast<std::size_t>(std::lower_bound(ways_.begin(), ways_.end(), Way{node, 0}) - ways_.begin());
  }

  /// Segments that meet at `node`, dots not counted.
  [[nodiscard]] int degree(std::uint32_t node) const {
    int count = 0;
    for (std::size_t way = first_of(node); way < ways_.size() && ways_[way].node == node; ++way) {
      count += ways_[way].next != node ? 1 : 0;
    }
    return count;
  }

  std::vector<std::uint32_t> walk(std::size_t way) {
    std::vector<std::uint32_t> line = {ways_[way].node};
    while (way < ways_.size()) {
      const Way here = ways_[way];
      used_[way] = true;
      const Way back{here.next, here.node};
      used_[static_cast<std::size_t>(std::lower_bound(ways_.begin(), ways_.end(), back) - ways_.begin())] = true;
      line.push_back(here.next);
      way = degree(here.next) == 2 ? unused_way_from(here.next) : ways_.size();
    }
    return line;
  }

  [[nodiscard]] std::size_t unused_way_from(std::uint32_t node) const {
    for (std::size_t way = first_of(node); way < ways_.size() && ways_[way].node == node; ++way) {
      if (!used_[way] && ways_[way].next != node) return way;
    }
    return ways_.size();
  }

  std::vector<Way> ways_;
  std::vector<bool> used_;
};

double distance_to_chord(Point p, Point a, Point b) {
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  if (length == 0) return std::hypot(p.x - a.x, p.y - a.y);
  return std::abs((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)) / length;
}

/// Douglas and Peucker's simplification: the ends stay, and every point left out is within `tolerance` of the line.
Polyline simplified(const Polyline& line, double tolerance) {
  std::vector<bool> keep(line.size());
  keep.front() = keep.back() = true;
  std::vector<std::pair<std::size_t, std::size_t>> parts = {{0, line.size() - 1}};
  while (!parts.empty()) {
    const std::size_t first = parts.back().first;
    const std::size_t last = parts.back().second;
    parts.pop_back();
    std::size_t farthest = first;
    double distance = tolerance;
    for (std::size_t i = first + 1; i < last; ++i) {
      const double here = distance_to_chord(line[i], line[first], line[last]);
      if (here > distance) {
        distance = here;
        farthest = i;
      }
    }
    if (farthest == first) continue;
    keep[farthest] = true;
    parts.emplace_back(first, farthest);
    parts.emplace_back(farthest, last);
  }
  Polyline result;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (keep[i]) result.push_back(line[i]);
  }
  return result;
}

Point between(Point a, Point b, double t) {
  return {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

bool closed(const Polyline& line) {
  return line.size() > 2 && line.front().x == line.back().x && line.front().y == line.back().y;
}

/// The line through the middles of its parts, from the same end to the same end.
Polyline through_middles(const Polyline& line) {
  if (line.size() < 3) return line;
  Polyline result = {line.front()};
  for (std::size_t i = 0; i + 1 < line.size(); ++i) result.push_back(between(line[i], line[i + 1], 0.5));
  if (closed(line)) result.front() = result.back();
  if (!closed(line)) result.push_back(line.back());
  return result;
}

/// How far a line may lie from where it was found, in pixels.
constexpr double line_tolerance = 0.3;

/// `point`, but not farther than `most` from `home`.
Point held(Point point, Point home, double most) {
  const double distance = std::hypot(point.x - home.x, point.y - home.y);
  return distance <= most ? point : between(home, point, most / distance);
}

/// Of a line in steps of `stairs` pixels, the middle course, less than a step from it everywhere. Ends stay.
Polyline without_stairs(const Polyline& line, double stairs) {
  constexpr int passes = 40;  // averages over about 9 points: a gentle slope's stairs are as long
  const Polyline home = through_middles(line);
  const bool loop = closed(home);
  const std::size_t last = home.size() - 1;
  Polyline course = home;
  for (int pass = 0; pass < passes; ++pass) {
    Polyline next = course;
    for (std::size_t i = loop ? 0 : 1; i < last; ++i) {
      const Point neighbours = between(course[i == 0 ? last - 1 : i - 1], course[i + 1], 0.5);
      next[i] = held(between(course[i], neighbours, 0.5), home[i], 0.75 * stairs);
    }
    if (loop) next[last] = next[0];
    course = std::move(next);
  }
  return course;
}

}  // namespace

SegmentSet::SegmentSet(int width, int height, std::size_t limit)
    : width_(width), height_(height), limit_(limit), compact_at_(2 * limit) {
  assert(width <= 4000 && height <= 4000);
}

std::uint32_t SegmentSet::node(Point point) const {
  // Rounded on the finest lattice first, so that a later coarsening moves old and new points alike.
  const auto x = static_cast<std::uint32_t>(std::lround(std::clamp(point.x, 0.0, 1.0) * width_ * finest_steps));
  const auto y = static_cast<std::uint32_t>(std::lround(std::clamp(point.y, 0.0, 1.0) * height_ * finest_steps));
  return ((x >> shift_) << 16) | (y >> shift_);
}

void SegmentSet::add(Point a, Point b) {
  const std::uint64_t both = segment(node(a), node(b));
  if (!segments_.empty() && segments_.back() == both) return;
  segments_.push_back(both);
  if (segments_.size() < compact_at_) return;
  compact();
  while (segments_.size() > limit_ && shift_ < coarsest_shift) coarsen();
}

void SegmentSet::compact() {
  std::sort(segments_.begin(), segments_.end());
  segments_.erase(std::unique(segments_.begin(), segments_.end()), segments_.end());
}

void SegmentSet::coarsen() {
  ++shift_;
  const auto halved = [](std::uint32_t node) { return (((node >> 16) / 2) << 16) | ((node & 0xffffU) / 2); };
  for (std::uint64_t& both : segments_) {
    both = segment(halved(static_cast<std::uint32_t>(both >> 32)), halved(static_cast<std::uint32_t>(both)));
  }
  compact();
}

std::vector<Polyline> SegmentSet::polylines(double stairs) {
  compact();
  const double step = std::ldexp(1 / finest_steps, shift_);
  const double middle = step / 2 - 0.5 / finest_steps;  // of the fine nodes that fell on one coarse node
  std::vector<Polyline> result;
  for (const auto& line : Joiner(segments_).lines()) {
    Polyline pixels;
    for (const std::uint32_t node : line) {
      pixels.push_back({(node >> 16) * step + middle, (node & 0xffffU) * step + middle});
    }
    if (stairs > 0) pixels = without_stairs(pixels, stairs);
    pixels = simplified(pixels, line_tolerance);
    if (pixels.size() == 1) pixels.push_back(pixels.front());
    if (pixels.size() == 2 && pixels[0].x == pixels[1].x && pixels[0].y == pixels[1].y) {
      pixels[1].x += 1;  // a dot, or a loop too small to see: one pixel long, so that it is drawn
    }
    for (Point& point : pixels) point = {point.x / width_, point.y / height_};
    result.push_back(std::move(pixels));
  }
  return result;
}

SignTracer::SignTracer(RowsAre rows, std::span<const double> centres, SegmentSet& out)
    : rows_(rows), centres_(centres), out_(out) {}

void SignTracer::add_row(double centre, std::span<const double> values) {
  std::swap(values_[0], values_[1]);
  std::swap(sides_[0], sides_[1]);
  slow_[0] = std::exchange(slow_[1], centre);
  values_[1].assign(values.begin(), values.end());
  sides_[1].resize(values.size());
  for (std::size_t j = 0; j < values.size(); ++j) {
    sides_[1][j] = std::isnan(values[j]) ? no_data : values[j] < 0 ? inside : outside;
  }
  if (std::exchange(first_, false)) return;
  const auto& low = sides_[0];
  const auto& high = sides_[1];
  for (std::size_t j = 0; j + 1 < values.size(); ++j) {
    const int all = low[j] | low[j + 1] | high[j] | high[j + 1];
    const int sum = low[j] + low[j + 1] + high[j] + high[j + 1];
    if (all == outside && sum < 4 * outside) add_square(j);
  }
}

/// Joins the places where the sign changes along the sides of the square of cells j, j + 1 of the last two rows.
void SignTracer::add_square(std::size_t j) {
  // The corners in turn round the square: slow and fast row numbers.
  constexpr std::size_t slow[] = {0, 0, 1, 1};
  constexpr std::size_t fast[] = {0, 1, 1, 0};
  Point crossings[4];
  bool starts_inside[4];
  int count = 0;
  double mean = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    const std::size_t next = (k + 1) % 4;
    const double a = values_[slow[k]][j + fast[k]];
    const double b = values_[slow[next]][j + fast[next]];
    mean += a;
    if ((a < 0) == (b < 0)) continue;
    // From the inner end, which is finite, so that an infinite outer one gives 0.
    const double t = a < 0 ? a / (a - b) : 1 - b / (b - a);
    const double along_slow = slow_[slow[k]] + t * (slow_[slow[next]] - slow_[slow[k]]);
    const double along_fast = centres_[j + fast[k]] + t * (centres_[j + fast[next]] - centres_[j + fast[k]]);
    starts_inside[count] = a < 0;
    crossings[count++] = place(rows_, along_slow, along_fast);
  }
  if (count == 2) {
    out_.add(crossings[0], crossings[1]);
  } else if (count == 4) {
    // A saddle: the middle, taken as the corners' mean, says which corners hang together.
    const bool cut_off_first = (mean < 0) != starts_inside[0];
    out_.add(crossings[0], crossings[cut_off_first ? 3 : 1]);
    out_.add(crossings[2], crossings[cut_off_first ? 1 : 3]);
  }
}

LabelTracer::LabelTracer(RowsAre rows, std::span<const double> edges, SegmentSet& out)
    : rows_(rows), edges_(edges), out_(out) {}

void LabelTracer::add_row(double low, double high, std::span<const std::uint8_t> labels) {
  const auto differ = [](std::uint8_t a, std::uint8_t b) { return a != b && a != 0 && b != 0; };
  for (std::size_t j = 0; j + 1 < labels.size(); ++j) {
    if (differ(labels[j], labels[j + 1])) {
      out_.add(place(rows_, low, edges_[j + 1]), place(rows_, high, edges_[j + 1]));
    }
  }
  for (std::size_t j = 0; j < previous_.size(); ++j) {
    if (differ(labels[j], previous_[j])) out_.add(place(rows_, low, edges_[j]), place(rows_, low, edges_[j + 1]));
  }
  previous_.assign(labels.begin(), labels.end());
}

}  // namespace ravine::detail
