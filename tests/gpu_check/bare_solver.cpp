#include "bare_solver.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "kernels/library_handles.hpp"
#include "ravine/error.hpp"

namespace ravine::gpu_check {

Spread time_bare_syevd(const DenseMatrix& matrix, int repetitions, int device) {
  const cuda::CurrentDevice current(device);
  const std::int64_t n = matrix.size;
  const cuda::DeviceBuffer<double> original(matrix.value.size());
  const cuda::DeviceBuffer<double> a(matrix.value.size());
  const cuda::DeviceBuffer<double> eigenvalues(static_cast<std::size_t>(n));
  const cuda::DeviceBuffer<int> info(1);
  const cuda::Stream stream;
  const cuda::CusolverHandle handle(stream);
  cuda::copy_to_device_async(matrix.value, original.span(), stream);
  std::size_t device_bytes = 0;
  std::size_t host_bytes = 0;
  const cuda::Cusolver& library = cuda::cusolver();
  cuda::check(library.syevd_buffer_size(handle.get(), handle.params(), CUSOLVER_EIG_MODE_VECTOR, CUBLAS_FILL_MODE_LOWER,
                                        n, CUDA_R_64F, a.data(), n, CUDA_R_64F, eigenvalues.data(), CUDA_R_64F,
                                        &device_bytes, &host_bytes),
              "asking for the workspace of Xsyevd");
  const cuda::DeviceBuffer<std::byte> work(std::max<std::size_t>(device_bytes, 1));
  std::vector<std::byte> host_work(std::max<std::size_t>(host_bytes, 1));
  std::vector<double> seconds;
  for (int repetition = -1; repetition < repetitions; ++repetition) {
    copy_on_device_async(original.span(), a.span(), stream);
    stream.synchronize();
    const auto start = std::chrono::steady_clock::now();
    cuda::check(library.syevd(handle.get(), handle.params(), CUSOLVER_EIG_MODE_VECTOR, CUBLAS_FILL_MODE_LOWER, n,
                              CUDA_R_64F, a.data(), n, CUDA_R_64F, eigenvalues.data(), CUDA_R_64F, work.data(),
                              device_bytes, host_work.data(), host_bytes, info.data()),
                "computing eigenvalues (Xsyevd)");
    stream.synchronize();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    if (repetition >= 0) seconds.push_back(time.count());
  }
  int said = 0;
  copy_to_host_async(info.span(), std::span(&said, 1), stream);
  stream.synchronize();
  if (said != 0) throw Error("Xsyevd says that it failed: info " + std::to_string(said));
  return Spread(std::move(seconds));
}

}  // namespace ravine::gpu_check
