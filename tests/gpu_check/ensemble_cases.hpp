// The studies of ensembles that are computed on both backends.
#pragma once

#include "cases.hpp"

namespace ravine::gpu_check {

/// Every number of components that is computed differently, with and without a look at every step.
[[nodiscard]] CaseGroup trajectory_studies(const Sizes& sizes);
/// Many cells of a few replicates, and few cells of very many.
[[nodiscard]] CaseGroup noise_studies(const Sizes& sizes);

}  // namespace ravine::gpu_check
