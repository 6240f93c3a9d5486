/// \file
/// The tables of a spec that trajectories and noise studies have: [start], [record], [noise], [histogram].
#pragma once

#include <optional>

#include "io/spec_problem.hpp"
#include "io/spec_toml.hpp"
#include "ravine/spec.hpp"

namespace ravine::detail {

/// Reads them for a spec whose kind, quantities, axes and reduction are read; `frozen` is the spectrum that its lambda
/// axis comes from, if any. \throws UsageError with the place.
[[nodiscard]] Ensemble read_ensemble(const SpecFile& file, const Spec& spec, const std::optional<FrozenValues>& frozen);

}  // namespace ravine::detail
