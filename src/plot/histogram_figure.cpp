// Histograms of the loss at the last recorded step.

#include <algorithm>
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
    for (std::size_t bin = 1; bin + 1 < cell.size(); ++bin) {
      if (!(cell[bin] > 0)) continue;
      range.first = std::min(range.first, bin);
      range.end = std::max(range.end, bin + 1);
    }
  }
  return range;
}

/// As far as the bins go: beyond them are the first and the last, which have no width.
std::vector<Series> beyond_bins(const std::vector<double>& counts, const std::string& cell) {
  std::vector<Series> all;
  const auto add = [&](double count, std::string_view where) {
    if (!(count > 0)) return;
    const std::string whose = cell.empty() ? "" : cell + ": ";
    all.push_back({fmt::format("{}{} {}", whose, number(count, 15), where), Look::none, {}, {}, {}});
  };
  add(counts.front(), "below the bins");
  add(counts.back(), "above the bins");
  return all;
}

}  // namespace

Figure histogram_figure(StoreSource& source, Quantity quantity) {
  const Spec& spec = source.spec();
  const Histogram& histogram = spec.ensemble->noise->histogram;
  const std::vector<double> edges = histogram.edges();
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
                    fmt::format("loss f − f* {}", value_remarks(spec, quantity).front()),
                    "replicates per octave of loss"};
  page.heights = ChartPage::Heights::parts;
  page.cells = source.cells();
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    Series stairs = {"replicates by their loss", Look::line, series_color(0, 1), {}, {}};
    for (std::size_t bin = range.first; bin < range.end; ++bin) {
      // Bins of an octave are equally wide, so on this axis their counts alone would be a saw.
      const double height = counts[cell][bin] / std::log2(edges[bin + 1] / edges[bin]);
      stairs.points.push_back({edges[bin], height});
      stairs.points.push_back({edges[bin + 1], height});
    }
    const std::string words = cell_words(spec, static_cast<std::int64_t>(cell));
    Chart chart = {words, {std::move(stairs)}};
    for (Series& beyond : beyond_bins(counts[cell], words)) chart.series.push_back(std::move(beyond));
    if (std::isnan(counts[cell].front())) ++page.not_computed;
    page.charts.push_back(std::move(chart));
  }
  page.remarks.push_back(fmt::format("{} bins an octave", 1 << histogram.bits_per_octave));
  return draw_page(spec, page);
}

}  // namespace ravine::detail
