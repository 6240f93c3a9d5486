// Histograms of the loss at the last recorded step.

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "plot/chart_page.hpp"
#include "plot/words.hpp"
#include "ravine/ensemble.hpp"

namespace ravine::detail {
namespace {

/// The bins that have replicates in any cell: first, and one past the last.
struct BinRange {
  std::size_t first;
  std::size_t end;
};

BinRange used_bins(const std::vector<std::vector<double>>& counts) {
  BinRange range = {counts.front().size(), 0};
  for (const std::vector<double>& cell : counts) {
    for (std::size_t bin = 0; bin < cell.size(); ++bin) {
      if (!(cell[bin] > 0)) continue;
      range.first = std::min(range.first, bin);
      range.end = std::max(range.end, bin + 1);
    }
  }
  return range;
}

/// The sides of each bin as drawn: the first and the last, which have no end, are as wide as an octave.
std::vector<double> drawn_edges(const Histogram& histogram) {
  std::vector<double> edges = histogram.edges();
  edges.front() = edges[1] / 2;
  edges.push_back(edges.back() * 2);
  return edges;
}

}  // namespace

Figure histogram_figure(StoreSource& source, Quantity quantity) {
  const Spec& spec = source.spec();
  const Histogram& histogram = spec.ensemble->noise->histogram;
  const std::vector<double> edges = drawn_edges(histogram);
  const auto bins = static_cast<std::size_t>(histogram.bins());
  const auto steps = static_cast<std::int64_t>(recorded_steps(spec.ensemble->record).size());
  std::vector<std::vector<double>> counts(static_cast<std::size_t>(source.cells()), std::vector<double>(bins));
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    for (std::size_t bin = 0; bin < bins; ++bin) {
      const std::int64_t number = (steps - 1) * histogram.bins() + static_cast<std::int64_t>(bin);
      source.read_member({quantity, number}, static_cast<std::int64_t>(cell), {&counts[cell][bin], 1});
    }
  }
  BinRange range = used_bins(counts);
  if (range.first >= range.end) range = {1, bins - 1};

  ChartPage page = {quantity,
                    {},
                    Scale(Scale::Kind::logarithmic, edges[range.first], edges[range.end]),
                    fmt::format("loss f − f* {}", last_step_words(spec, quantity)),
                    "replicates in a bin",
                    {}};
  page.cells = source.cells();
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    Series stairs = {"replicates by their loss", Look::line, series_color(0, 1), {}, {}};
    for (std::size_t bin = range.first; bin < range.end; ++bin) {
      stairs.points.push_back({edges[bin], counts[cell][bin]});
      stairs.points.push_back({edges[bin + 1], counts[cell][bin]});
    }
    if (std::isnan(counts[cell].front())) ++page.not_computed;
    page.charts.push_back({cell_words(spec, static_cast<std::int64_t>(cell)), {std::move(stairs)}});
  }
  page.remarks.push_back(fmt::format("{} bins an octave", 1 << histogram.bits_per_octave));
  return draw_page(spec, page);
}

}  // namespace ravine::detail
