#include "plot/scan.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ravine::detail {
namespace {

/// Cells of a row held at once: bounds the memory of a scan.
constexpr std::int64_t strip_cells = std::int64_t{1} << 19;

/// Boundaries run along cell edges. Where cells are this small, in pixels, their stairs are noise, not information.
constexpr double stairs_end = 6;

/// Which pixels along one axis belong to which cells.
class PixelsOfCells {
 public:
  PixelsOfCells(const PlotAxis& axis, int pixels) : axis_(axis), pixels_(pixels) {
    for (int p = 0; p < pixels; ++p) cells_.push_back(axis.cell_at((p + 0.5) / pixels));
  }
  /// The cell that pixel `p` shows.
  [[nodiscard]] std::int64_t cell(int p) const { return cells_[static_cast<std::size_t>(p)]; }
  /// The first pixel that shows cell `cell` or one after it.
  [[nodiscard]] int first_showing(std::int64_t cell) const {
    return static_cast<int>(std::lower_bound(cells_.begin(), cells_.end(), cell) - cells_.begin());
  }
  /// The pixels that a cell touches: first, and one past the last.
  [[nodiscard]] std::pair<int, int> touched(std::int64_t cell) const {
    constexpr double slack = 1e-6;  // an edge on a pixel's edge, but for rounding, does not touch the next pixel
    const double first = std::floor(axis_.edge(cell) * pixels_ + slack);
    const double last = std::ceil(axis_.edge(cell + 1) * pixels_ - slack);
    const int from = std::clamp(static_cast<int>(first), 0, pixels_ - 1);
    return {from, std::clamp(static_cast<int>(last), from + 1, pixels_)};
  }

 private:
  const PlotAxis& axis_;
  int pixels_;
  std::vector<std::int64_t> cells_;
};

/// The working state of a scan.
class Scanner {
 public:
  Scanner(MapSource& source, const Plane& plane, const Layers& layers, Pixels size)
      : source_(source),
        plane_(plane),
        layers_(layers),
        slow_pixels_(*plane.slow, plane.rows == RowsAre::vertical ? size.width : size.height),
        fast_pixels_(*plane.fast, plane.rows == RowsAre::vertical ? size.height : size.width),
        convergence_(size.width, size.height),
        boundaries_(size.width, size.height) {
    const auto count = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    picture_.size = size;
    blank_.resize(count);
    if (layers.drawn != Quantity::regime) picture_.values.resize(count, std::numeric_limits<double>::quiet_NaN());
    if (layers.regimes) picture_.regimes.resize(count, regime_not_computed);
  }

  Picture run() {
    const std::int64_t row = plane_.fast->size();
    for (std::int64_t first = 0; first < row; first += strip_cells) {
      // One more cell than the strip, shared with the next one, so that lines cross from strip to strip.
      scan_strip(first, std::min(strip_cells, row - first), std::min(strip_cells + 1, row - first));
    }
    finish();
    return std::move(picture_);
  }

 private:
  void scan_strip(std::int64_t first, std::int64_t own, std::int64_t width) {
    std::vector<double> centres;
    std::vector<double> edges;
    for (std::int64_t j = first; j < first + width; ++j) {
      centres.push_back(plane_.fast->centre(j));
      edges.push_back(plane_.fast->edge(j));
    }
    edges.push_back(plane_.fast->edge(first + width));
    SignTracer signs(plane_.rows, centres, convergence_);
    LabelTracer labels(plane_.rows, edges, boundaries_);
    for (std::int64_t i = 0; i < plane_.slow->size(); ++i) {
      read_row(plane_.first_cell + i * plane_.fast->size() + first, static_cast<std::size_t>(width));
      if (layers_.boundary) signs.add_row(plane_.slow->centre(i), signs_);
      if (layers_.regimes) labels.add_row(plane_.slow->edge(i), plane_.slow->edge(i + 1), regimes_);
      take_samples(i, first, own);
      take_statistics(i, first, static_cast<std::size_t>(own));
    }
  }

  void read_row(std::int64_t first, std::size_t width) {
    if (layers_.drawn != Quantity::regime) {
      values_.resize(width);
      source_.read(layers_.drawn, first, values_);
    }
    if (layers_.regimes) {
      regimes_.resize(width);
      source_.read_regimes(first, regimes_);
    }
    if (!layers_.boundary) return;
    rates_.resize(width);
    if (*layers_.boundary == layers_.drawn) {
      rates_ = values_;
    } else {
      source_.read(*layers_.boundary, first, rates_);
    }
    signs_.resize(width);
    const bool is_gap = *layers_.boundary == Quantity::gap;
    for (std::size_t j = 0; j < width; ++j) signs_[j] = is_gap ? -rates_[j] : rates_[j] - 1;
  }

  [[nodiscard]] std::size_t pixel(int slow, int fast) const {
    const int x = plane_.rows == RowsAre::vertical ? slow : fast;
    const int y = plane_.rows == RowsAre::vertical ? fast : slow;
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(picture_.size.width) + static_cast<std::size_t>(x);
  }

  void take_samples(std::int64_t i, std::int64_t first, std::int64_t own) {
    const int slow_end = slow_pixels_.first_showing(i + 1);
    const int fast_end = fast_pixels_.first_showing(first + own);
    for (int p = slow_pixels_.first_showing(i); p < slow_end; ++p) {
      for (int q = fast_pixels_.first_showing(first); q < fast_end; ++q) {
        const auto j = static_cast<std::size_t>(fast_pixels_.cell(q) - first);
        if (!picture_.values.empty()) picture_.values[pixel(p, q)] = values_[j];
        if (!picture_.regimes.empty()) picture_.regimes[pixel(p, q)] = regimes_[j];
      }
    }
  }

  void take_statistics(std::int64_t i, std::int64_t first, std::size_t own) {
    const bool by_regime = layers_.drawn == Quantity::regime;
    for (std::size_t j = 0; j < own; ++j) {
      const std::int64_t fast = first + static_cast<std::int64_t>(j);
      if (by_regime ? regimes_[j] == regime_not_computed : std::isnan(values_[j])) {
        mark_not_computed(i, fast);
        continue;
      }
      if (!by_regime && std::isfinite(values_[j])) {
        picture_.lowest = std::min(picture_.lowest, values_[j]);
        picture_.highest = std::max(picture_.highest, values_[j]);
      }
      if (!by_regime && values_[j] == no_value) ++picture_.without_value;
      if (!by_regime && std::isinf(values_[j])) (values_[j] > 0 ? rises_ : falls_) = true;
      if (layers_.regimes) count_regime(i, fast, regimes_[j]);
      if (layers_.boundary) consider_best(i, fast, rates_[j]);
    }
  }

  void mark_not_computed(std::int64_t i, std::int64_t j) {
    ++picture_.not_computed;
    const auto slow = slow_pixels_.touched(i);
    const auto fast = fast_pixels_.touched(j);
    for (int p = slow.first; p < slow.second; ++p) {
      for (int q = fast.first; q < fast.second; ++q) blank_[pixel(p, q)] = true;
    }
  }

  void count_regime(std::int64_t i, std::int64_t j, std::uint8_t regime) {
    if (regime >= regime_count) return;
    RegimeCells& cells = picture_.by_regime[regime];
    if (cells.cells++ == 0) cells.example = place(plane_.rows, plane_.slow->centre(i), plane_.fast->centre(j));
  }

  /// Strips are not in grid order, so a tie goes to the smaller cell explicitly.
  void consider_best(std::int64_t i, std::int64_t j, double value) {
    auto& best = picture_.best;
    if (best) {
      const bool better = *layers_.boundary == Quantity::gap ? value > best->value : value < best->value;
      const bool earlier = value == best->value && std::pair(i, j) < std::pair(best->slow, best->fast);
      if (!better && !earlier) return;
    }
    best = Best{value, i, j};
  }

  void finish() {
    for (std::size_t k = 0; k < blank_.size(); ++k) {
      if (!blank_[k]) continue;
      if (!picture_.values.empty()) picture_.values[k] = std::numeric_limits<double>::quiet_NaN();
      if (!picture_.regimes.empty()) picture_.regimes[k] = regime_not_computed;
    }
    if (rises_) picture_.highest = std::numeric_limits<double>::infinity();
    if (falls_) picture_.lowest = -std::numeric_limits<double>::infinity();
    picture_.convergence = convergence_.polylines();
    const double cell = std::max(picture_.size.width / static_cast<double>(plane_.horizontal().size()),
                                 picture_.size.height / static_cast<double>(plane_.vertical().size()));
    picture_.boundaries = boundaries_.polylines(cell < stairs_end ? cell : 0);
  }

  MapSource& source_;
  const Plane& plane_;
  const Layers& layers_;
  PixelsOfCells slow_pixels_;
  PixelsOfCells fast_pixels_;
  SegmentSet convergence_;
  SegmentSet boundaries_;
  Picture picture_;
  std::vector<bool> blank_;
  std::vector<double> values_;  ///< of the drawn quantity in the row at hand
  std::vector<double> rates_;   ///< of the boundary's quantity
  std::vector<double> signs_;   ///< negative where it converges
  std::vector<std::uint8_t> regimes_;
  bool rises_ = false;  ///< there is an infinite value
  bool falls_ = false;
};

}  // namespace

Layers layers_of(const Spec& spec, Quantity drawn) {
  const auto has = [&](Quantity quantity) {
    return std::find(spec.quantities.begin(), spec.quantities.end(), quantity) != spec.quantities.end();
  };
  Layers layers{drawn, std::nullopt, has(Quantity::regime)};
  if (drawn == Quantity::rate || drawn == Quantity::gap) {
    layers.boundary = drawn;
  } else if (has(Quantity::rate) || has(Quantity::gap)) {
    layers.boundary = has(Quantity::gap) ? Quantity::gap : Quantity::rate;
  }
  return layers;
}

int samples_for(const PlotAxis& axis, int at_most) {
  if (!axis.uniform() || axis.size() >= at_most) return at_most;
  return static_cast<int>(at_most / axis.size() * axis.size());
}

Picture scan(MapSource& source, const Plane& plane, const Layers& layers, Pixels at_most) {
  const Pixels size = {samples_for(plane.horizontal(), at_most.width), samples_for(plane.vertical(), at_most.height)};
  return Scanner(source, plane, layers, size).run();
}

}  // namespace ravine::detail
