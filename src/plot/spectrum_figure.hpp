/// \file
/// Pictures of frozen spectra.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "plot/drawn_spectrum.hpp"
#include "plot/figure.hpp"

namespace ravine::detail {

/// Letters in a line beside the plot.
inline constexpr std::size_t legend_letters = 30;
/// Letters in the line above the plot.
inline constexpr std::size_t title_letters = 88;

/// `text` in as many rows as it needs.
void add_paragraph(Legend& legend, std::string_view text);

/// The eigenvalues, ascending.
[[nodiscard]] Figure eigenvalue_figure(const std::vector<DrawnSpectrum>& spectra);

/// One eigenvector of each of several, or of one the first six above zero; `mode` is a position in the spectrum.
/// \throws UsageError if a store does not have it.
[[nodiscard]] Figure eigenvector_figure(std::vector<DrawnSpectrum>& spectra, std::optional<std::int64_t> mode);

/// \name Of a regression
/// \{
[[nodiscard]] Figure eigenfeature_figure(const DrawnSpectrum& spectrum);
[[nodiscard]] Figure fit_figure(const DrawnSpectrum& spectrum);
[[nodiscard]] Figure filter_figure(const DrawnSpectrum& spectrum);
/// \}

}  // namespace ravine::detail
