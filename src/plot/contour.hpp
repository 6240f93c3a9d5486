/// \file
/// Lines of a map, found row by row from every cell and kept at the resolution of the picture.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ravine::detail {

/// A place in the plot: 0 to 1 from left to right and from bottom to top.
struct Point {
  double x;
  double y;
};
using Polyline = std::vector<Point>;

/// A set of line segments, snapped to a lattice finer than the picture's pixels, each kept once. When there are too
/// many, the lattice gets coarser: memory is bounded whatever the map. Snapping moves a point the same way in every
/// segment, so lines stay connected, and what shrinks to a point stays as a dot: nothing is lost.
class SegmentSet {
 public:
  /// For a picture of width x height pixels. Precondition: both at most 4000.
  SegmentSet(int width, int height, std::size_t limit = std::size_t{1} << 20);

  void add(Point a, Point b);
  /// The segments joined to lines, without points that are off their line by less than anyone sees. `stairs`: lines
  /// run along cell edges in steps of at most so many pixels, which are smoothed away within about a step; 0 for none.
  [[nodiscard]] std::vector<Polyline> polylines(double stairs = 0);
  /// Segments kept now, at most about twice the limit.
  [[nodiscard]] std::size_t size() const { return segments_.size(); }

 private:
  [[nodiscard]] std::uint32_t node(Point point) const;
  void compact();
  void coarsen();

  double width_;
  double height_;
  int shift_ = 0;  ///< the lattice has 8 / 2^shift_ steps per pixel
  std::size_t limit_;
  std::size_t compact_at_;
  std::vector<std::uint64_t> segments_;  ///< two nodes, the smaller first; x and y of a node have 16 bits each
};

/// How the rows of a map lie in the picture.
enum class RowsAre { vertical, horizontal };

/// The place of a cell's value or corner from its positions along the slow axis (one per row) and the fast one.
[[nodiscard]] inline Point place(RowsAre rows, double slow, double fast) {
  return rows == RowsAre::vertical ? Point{slow, fast} : Point{fast, slow};
}

/// Traces where a function of the cells changes sign, by marching squares with linear interpolation between cells.
class SignTracer {
 public:
  /// `centres`: the positions of a row's cells along the fast axis; must outlive the tracer.
  SignTracer(RowsAre rows, std::span<const double> centres, SegmentSet& out);
  /// The next row: values < 0 are inside, NaN is no data.
  void add_row(double centre, std::span<const double> values);

 private:
  void add_square(std::size_t j);

  RowsAre rows_;
  std::span<const double> centres_;
  SegmentSet& out_;
  bool first_ = true;
  double slow_[2] = {0, 0};
  std::vector<double> values_[2];
  std::vector<std::uint8_t> sides_[2];
};

/// Traces the edges between cells of different labels; 0 is no data and has no edges.
class LabelTracer {
 public:
  /// `edges`: a row's cell edges along the fast axis, one more than cells; must outlive the tracer.
  LabelTracer(RowsAre rows, std::span<const double> edges, SegmentSet& out);
  /// The next row, between the edges `low` and `high` along the slow axis.
  void add_row(double low, double high, std::span<const std::uint8_t> labels);

 private:
  RowsAre rows_;
  std::span<const double> edges_;
  SegmentSet& out_;
  std::vector<std::uint8_t> previous_;
};

}  // namespace ravine::detail
