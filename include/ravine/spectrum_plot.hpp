/// \file
/// Pictures of frozen spectra, drawn by gnuplot: one PNG and one SVG each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/plot.hpp"
#include "ravine/spectrum_store.hpp"

namespace ravine {

enum class SpectrumPicture {
  spectrum,       ///< the eigenvalues, ascending
  eigenvectors,   ///< over the graph, or component by component
  eigenfeatures,  ///< of a regression: the polynomials that belong to the eigenvectors
  fits,           ///< of a regression: least squares, and gradient descent on the way to it
  filters         ///< of a regression: what early stopping and a ridge penalty keep of each eigenvalue
};
[[nodiscard]] std::string_view name_of(SpectrumPicture picture);  ///< that of its files too

struct SpectrumPlotOptions {
  /// By default all that the stores have.
  std::optional<SpectrumPicture> picture;
  /// The eigenvector to draw, by its position in the ascending spectrum, from 1. By default the first above zero;
  /// of a store that is drawn alone, the first six.
  std::optional<std::int64_t> mode;
  /// The folder to write to, created if missing. By default that of the first store.
  std::filesystem::path output;
  /// The program that draws, looked up in PATH.
  std::string gnuplot = "gnuplot";
};

/// What can be drawn of these stores together: pictures of regressions are of one store alone.
[[nodiscard]] std::vector<SpectrumPicture> pictures_of(const std::vector<SpectrumStore>& stores);

/// Draws the stores, several of them in common pictures. Equal stores give equal files.
///
/// A spectrum of several stores is over position/n; where the largest eigenvalues differ by more than a factor of ten,
/// each is divided by its own. A graph of two sides is an image with a pixel for each vertex, other graphs of at most
/// 2000 vertices are drawn with their edges, and everything else is component against index.
/// Memory: the arrays that are drawn, of eigenvectors all that are stored.
/// \throws UsageError for more than 12 stores, for a picture or a mode that they do not have; BackendError if gnuplot
/// can't be started or fails; DataError for a damaged array; IoError.
PlotFiles plot_spectra(const std::vector<SpectrumStore>& stores, const SpectrumPlotOptions& options);

}  // namespace ravine
