/// \file
/// The tables [problem] and [spectrum] of a spec, and the frozen spectra that axes name.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "io/spec_toml.hpp"
#include "ravine/spectrum_spec.hpp"
#include "ravine/spectrum_store.hpp"

namespace ravine::detail {

/// \throws UsageError with the place; IoError.
[[nodiscard]] SpectrumSpec read_problem(const SpecFile& file);

/// Eigenvalues of a frozen spectrum, as an axis takes them.
struct FrozenValues {
  std::vector<double> eigenvalues;
  std::vector<std::size_t> kept;       ///< their positions in the store's arrays
  std::optional<SpectrumStore> store;  ///< none of a stand-in
  InputFile input;
};

/// Reads `{ store = "..." }` or `{ problem = true }`, either with `nonzero = true`, which leaves the eigenvalues of the
/// kernel out; of a file read with OwnSpectrum::stand_in `{ problem = true }` gives one eigenvalue 1. \throws
/// UsageError with the place if the problem's spectrum is not frozen, or is of another problem; DataError, IoError for
/// the store.
[[nodiscard]] FrozenValues read_frozen(const SpecFile& file, const toml::table& axis);

}  // namespace ravine::detail
