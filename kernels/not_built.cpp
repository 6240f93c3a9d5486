// The CUDA backend of a program that is built without CUDA: every function says so.
#include "kernels/dense_spectrum.hpp"
#include "kernels/devices.hpp"
#include "kernels/largest_eigenvalues.hpp"
#include "kernels/lazy_libraries.hpp"
#include "kernels/map_sweep.hpp"
#include "kernels/replicate_sweep.hpp"
#include "kernels/trajectory_sweep.hpp"
#include "ravine/error.hpp"

namespace ravine::cuda {
namespace {

[[noreturn]] void refuse() {
  const CudaStatus status = cuda_status();
  throw BackendError(status.reason + "; " + status.fix);
}

}  // namespace

CudaStatus cuda_status() {
  CudaStatus status;
  status.reason = "this program is built without CUDA (" RAVINE_CUDA_REASON ")";
  status.fix = "install CUDA 13 or newer, then build it anew: cmake --preset release && cmake --build build/release";
  return status;
}

std::unique_ptr<MapSweep> make_map_sweep(const Spec& /*spec*/, const Grid& /*grid*/, const SweepOptions& /*options*/) {
  refuse();
}
std::unique_ptr<TileSweep> make_trajectory_sweep(const Spec& /*spec*/, const Grid& /*grid*/,
                                                 const SweepOptions& /*options*/) {
  refuse();
}
std::unique_ptr<ReplicateSweep> make_replicate_sweep(const Spec& /*spec*/, std::int64_t /*tile_cells*/,
                                                     Binning /*binning*/, const SweepOptions& /*options*/) {
  refuse();
}

Spectrum dense_spectrum(const Quadratic& /*problem*/, const SpectrumRequest& /*request*/, int /*device*/) {
  refuse();
}
std::vector<Spectrum> dense_spectra(std::span<const DenseMatrix> /*matrices*/, Vectors /*vectors*/, int /*device*/) {
  refuse();
}
std::vector<double> dense_solution(const DenseMatrix& /*matrix*/, std::span<const double> /*b*/, int /*device*/) {
  refuse();
}
std::vector<double> project(std::span<const double> /*vectors*/, std::span<const double> /*x*/, int /*device*/) {
  refuse();
}
Spectrum largest_eigenvalues(const Quadratic& /*problem*/, std::int64_t /*count*/, Vectors /*vectors*/,
                             int /*device*/) {
  refuse();
}

std::vector<LibraryStatus> library_status() {
  return {};
}

}  // namespace ravine::cuda
