#include "ravine/spectrum_plot.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "plot/gnuplot.hpp"
#include "plot/spectrum_figure.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

constexpr std::size_t most_stores = 12;

bool is_regression(const SpectrumStore& store) {
  return store.has("gradient_descent_filter");
}

bool have_vectors(const std::vector<SpectrumStore>& stores) {
  return std::all_of(stores.begin(), stores.end(), [](const SpectrumStore& store) { return store.has("eigenvector"); });
}

/// \throws UsageError for a picture that the stores do not have.
std::vector<SpectrumPicture> pictures_to_draw(const std::vector<SpectrumStore>& stores,
                                              const std::optional<SpectrumPicture>& asked) {
  std::vector<SpectrumPicture> has = pictures_of(stores);
  if (!asked) return has;
  if (std::find(has.begin(), has.end(), *asked) != has.end()) return {*asked};
  std::vector<std::string_view> names;
  for (const SpectrumPicture picture : has) names.push_back(name_of(picture));
  std::string why = "; pictures of a regression are of one store of a regression alone";
  if (*asked == SpectrumPicture::eigenvectors) why = "; eigenvectors are stored with `vectors = true` in [spectrum]";
  throw UsageError(fmt::format("no picture of {}{}; there is {}", name_of(*asked), why, fmt::join(names, ", ")));
}

detail::Figure figure_of(std::vector<detail::DrawnSpectrum>& spectra, SpectrumPicture picture,
                         const std::optional<std::int64_t>& mode) {
  switch (picture) {
    case SpectrumPicture::spectrum:
      return detail::eigenvalue_figure(spectra);
    case SpectrumPicture::eigenvectors:
      return detail::eigenvector_figure(spectra, mode);
    case SpectrumPicture::eigenfeatures:
      return detail::eigenfeature_figure(spectra.front());
    case SpectrumPicture::fits:
      return detail::fit_figure(spectra.front());
    case SpectrumPicture::filters:
      break;
  }
  return detail::filter_figure(spectra.front());
}

}  // namespace

std::string_view name_of(SpectrumPicture picture) {
  switch (picture) {
    case SpectrumPicture::spectrum:
      return "spectrum";
    case SpectrumPicture::eigenvectors:
      return "eigenvectors";
    case SpectrumPicture::eigenfeatures:
      return "eigenfeatures";
    case SpectrumPicture::fits:
      return "fits";
    case SpectrumPicture::filters:
      break;
  }
  return "filters";
}

std::vector<SpectrumPicture> pictures_of(const std::vector<SpectrumStore>& stores) {
  std::vector<SpectrumPicture> pictures = {SpectrumPicture::spectrum};
  if (have_vectors(stores)) pictures.push_back(SpectrumPicture::eigenvectors);
  if (stores.size() == 1 && is_regression(stores.front())) {
    pictures.insert(pictures.end(), {SpectrumPicture::eigenfeatures, SpectrumPicture::fits, SpectrumPicture::filters});
  }
  return pictures;
}

PlotFiles plot_spectra(const std::vector<SpectrumStore>& stores, const SpectrumPlotOptions& options) {
  if (stores.empty() || stores.size() > most_stores) {
    throw UsageError(fmt::format("{} spectra for one picture; 1 to {} can be drawn", stores.size(), most_stores));
  }
  const std::vector<SpectrumPicture> pictures = pictures_to_draw(stores, options.picture);
  const bool draws_vectors =
      std::find(pictures.begin(), pictures.end(), SpectrumPicture::eigenvectors) != pictures.end();
  if (options.mode && !draws_vectors) {
    throw UsageError("--mode chooses an eigenvector, and no picture of eigenvectors is drawn");
  }
  const std::filesystem::path folder = options.output.empty() ? stores.front().path() : options.output;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw IoError(fmt::format("can't create the folder {}: {}", folder.string(), error.message()));
  std::vector<detail::DrawnSpectrum> spectra(stores.begin(), stores.end());
  PlotFiles files;
  for (const SpectrumPicture picture : pictures) {
    const detail::Figure figure = figure_of(spectra, picture, options.mode);
    const std::string name(name_of(picture));
    files.png.push_back(folder / (name + ".png"));
    files.svg.push_back(folder / (name + ".svg"));
    detail::draw(figure, options.gnuplot, files.png.back(), files.svg.back());
  }
  return files;
}

}  // namespace ravine
