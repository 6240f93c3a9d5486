// cuSOLVER's function alone: what a spectrum costs that nobody moves, checks or allocates for.
#pragma once

#include <cstdint>

#include "ravine/matrix.hpp"
#include "spread.hpp"

namespace ravine::gpu_check {

/// Seconds of wall time of Xsyevd with vectors, the matrix on the device and everything else ready, after one that is
/// not counted.
[[nodiscard]] Spread time_bare_syevd(const DenseMatrix& matrix, int repetitions, int device);

}  // namespace ravine::gpu_check
