/// \file
/// Freezing a spectrum for a command.
#pragma once

#include <filesystem>

#include "cli/console.hpp"
#include "ravine/freeze.hpp"

namespace ravine::cli {

/// freeze_spectrum with notes on the standard error. Eigenvalue solvers can't be interrupted: a signal ends the
/// process.
[[nodiscard]] Frozen freeze_with_notes(const SpectrumSpec& spec, const std::filesystem::path& path,
                                       FreezeOptions options, Console& console);

}  // namespace ravine::cli
