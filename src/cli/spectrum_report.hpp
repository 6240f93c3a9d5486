/// \file
/// What a frozen spectrum amounts to, as text and as JSON.
#pragma once

#include <string>

#include "cli/report.hpp"
#include "ravine/conditioning.hpp"
#include "ravine/freeze.hpp"

namespace ravine::cli {

struct SpectrumReport {
  std::string spec;
  Frozen frozen;
  Conditioning conditioning;
};

[[nodiscard]] std::string spectrum_text(const SpectrumReport& report);

/// Keys: command, version, spec, store, identity, computed, title, kind, n, nonzeros, components, kernel, eigenvalues,
/// lambda_1, lambda_2, lambda_n, smallest_nonzero, bound, zeros, negatives, zero_tolerance, kappa, kappa_nonzero,
/// residual, checks, solver, optimal, heavy_ball_from_rest, best_of_map, notes, next. What is not known is null.
[[nodiscard]] Json spectrum_json(const SpectrumReport& report);

}  // namespace ravine::cli
