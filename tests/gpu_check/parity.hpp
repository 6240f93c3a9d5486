// Whether maps have the same bytes on CUDA devices and on the CPU. Plain C++ over the two backends: the same source
// checks the kernels on whatever runs them.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "cases.hpp"
#include "check.hpp"

namespace ravine::gpu_check {

/// Compares each map of the group; failed if any differs or can't be evaluated.
[[nodiscard]] Check check_maps(const CaseGroup& group, const Backends& backends);
/// The same with studies.
[[nodiscard]] Check check_studies(const CaseGroup& group, const Backends& backends);

struct ParityPlan {
  Sizes sizes;
  std::filesystem::path oracle;  ///< the folder of the oracle's tables; empty: none
};
/// Every group, calling tell(check) as each is done.
void check_parity(const ParityPlan& plan, const Backends& backends, const std::function<void(Check)>& tell);

}  // namespace ravine::gpu_check
