/// \file
/// Pictures of a store, drawn by gnuplot: one PNG and one SVG per quantity.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ravine/spec.hpp"
#include "ravine/store.hpp"

namespace ravine {

struct PlotOptions {
  /// What to draw. By default every quantity of the store except regime, which is laid over the others as boundaries
  /// and labels; regime alone is drawn as a categorical map. Of an ensemble, every quantity that can be drawn; those
  /// that belong in one picture (the mean of a loss, its standard error, what is expected of it, ...) share one.
  std::optional<Quantity> quantity;
  /// The folder to write to, created if missing. By default the store's.
  std::filesystem::path output;
  /// The program that draws, looked up in PATH.
  std::string gnuplot = "gnuplot";
};

/// A quantity that is in none of the pictures, and why: "36 cells; at most 12".
struct NotDrawn {
  Quantity quantity;
  std::string reason;
};

/// What was written, in the order drawn: <quantity>.png and <quantity>.svg.
struct PlotFiles {
  std::vector<std::filesystem::path> png;
  std::vector<std::filesystem::path> svg;
  std::vector<NotDrawn> not_drawn;  ///< of an ensemble, where no quantity was asked for
};

/// Draws the store. Axes of one value go into the title; one axis left gives a line plot, two a heat map, three a panel
/// per value of the slowest (12 at most, evenly chosen). alpha is drawn horizontally and beta vertically; of two other
/// axes the faster is vertical. Large maps are sampled for the image (1200 x 900 at most), but the rate = 1 contour,
/// the regime boundaries and the cells not computed come from every cell. Each drawn tile is read once per quantity
/// shown, and memory does not grow with the map.
///
/// Of ensembles, quantities with steps are drawn over the recorded steps if there are at most 12 cells, else at the
/// last recorded step as the others are: over one axis, also with a line for each of at most 6 values of a second, or
/// as maps.
///
/// Equal stores give equal files. \throws UsageError if the store has no
/// such quantity, it can't be drawn (a rate of a single cell, several values in each of many cells, ...), or a drawn
/// axis does not increase; BackendError if gnuplot can't be started or fails; DataError for a corrupt tile; IoError.
PlotFiles plot(const Store& store, const PlotOptions& options);

}  // namespace ravine
