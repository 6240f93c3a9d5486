#include <cusolverDn.h>
#include <lapacke.h>

#include <algorithm>
#include <vector>

#include "device_arrays.hpp"

struct cusolverDnContext {
  cudaStream_t stream = nullptr;
  cusolverDeterministicMode_t mode = CUSOLVER_ALLOW_NON_DETERMINISTIC_RESULTS;
};
struct cusolverDnParams {};

namespace {

using ravine::ptx::DeviceArrays;
using ravine::ptx::number_for;
using ravine::ptx::queue_on;

/// A symmetric matrix in its arguments, beside where its eigenvalues go.
struct Matrix {
  cublasFillMode_t triangle;
  std::int64_t size;
  double* a;
  std::int64_t stride;
  double* eigenvalues;

  [[nodiscard]] bool is_right() const { return size >= 1 && stride >= size; }
};

struct Work {
  void* device;
  std::size_t device_bytes;
  void* host;
  std::size_t host_bytes;
  int* info;
};

// Sizes that nothing divides: what is not asked for is too small.
std::size_t device_bytes_for(std::int64_t size) {
  return static_cast<std::size_t>(size) * 24 + 1016;
}
constexpr std::size_t host_bytes = 333;

void say_sizes(std::int64_t size, std::size_t* device, std::size_t* host) {
  *device = device_bytes_for(size);
  *host = host_bytes;
}

bool is_enough(const Work& work, std::int64_t size) {
  return work.device != nullptr && work.host != nullptr && work.info != nullptr &&
         work.device_bytes >= device_bytes_for(size) && work.host_bytes >= host_bytes;
}

void write_over(const Work& work, const DeviceArrays& arrays) {
  arrays.destroy(static_cast<char*>(work.device), static_cast<std::int64_t>(work.device_bytes));
  std::memset(work.host, 0xff, work.host_bytes);
}

bool all_float64(std::initializer_list<cudaDataType> types) {
  return std::all_of(types.begin(), types.end(), [](cudaDataType type) { return type == CUDA_R_64F; });
}

/// The triangle that is said, column after column; the other one is not looked at.
std::vector<double> triangle_of(const Matrix& matrix, const DeviceArrays& arrays) {
  const auto n = static_cast<std::size_t>(matrix.size);
  std::vector<double> values(n * n, std::numeric_limits<double>::quiet_NaN());
  for (std::int64_t column = 0; column < matrix.size; ++column) {
    const bool lower = matrix.triangle == CUBLAS_FILL_MODE_LOWER;
    const std::int64_t first = lower ? column : 0;
    const std::int64_t count = lower ? matrix.size - column : column + 1;
    const double* from = arrays.read(matrix.a + column * matrix.stride + first, count);
    std::copy_n(from, count, values.begin() + column * matrix.size + first);
  }
  return values;
}

/// Puts pairs of the range [first, last], from 0, where cuSOLVER puts them; nothing else of the matrix survives.
int eigen(const Matrix& matrix, cusolverEigMode_t mode, std::int64_t first, std::int64_t last,
          const DeviceArrays& arrays) {
  std::vector<double> vectors = triangle_of(matrix, arrays);
  std::vector<double> values(static_cast<std::size_t>(matrix.size));
  const char triangle = matrix.triangle == CUBLAS_FILL_MODE_LOWER ? 'L' : 'U';
  const auto n = static_cast<lapack_int>(matrix.size);
  const std::int64_t found = last - first + 1;
  const int info = LAPACKE_dsyevd(LAPACK_COL_MAJOR, mode == CUSOLVER_EIG_MODE_VECTOR ? 'V' : 'N', triangle, n,
                                  vectors.data(), n, values.data());
  for (std::int64_t column = 0; column < matrix.size; ++column) {
    arrays.destroy(matrix.a + column * matrix.stride, matrix.size);
  }
  arrays.destroy(matrix.eigenvalues, matrix.size);
  if (info != 0) return info;
  std::copy_n(values.begin() + first, found, arrays.write(matrix.eigenvalues, found));
  for (std::int64_t column = 0; mode == CUSOLVER_EIG_MODE_VECTOR && column < found; ++column) {
    std::copy_n(vectors.begin() + (first + column) * matrix.size, matrix.size,
                arrays.write(matrix.a + column * matrix.stride, matrix.size));
  }
  return 0;
}

/// A function that looks at its arguments, then queues its work. Results are the same in every run only if asked for.
cusolverStatus_t call(cusolverDnHandle_t handle, const std::string& name, bool right,
                      std::function<void(const DeviceArrays&)> work) {
  if (const auto status = number_for("RAVINE_LIBRARY_STATUS", name)) return static_cast<cusolverStatus_t>(*status);
  if (handle == nullptr || handle->stream == nullptr) return CUSOLVER_STATUS_NOT_INITIALIZED;
  if (!right || handle->mode != CUSOLVER_DETERMINISTIC_RESULTS) return CUSOLVER_STATUS_INVALID_VALUE;
  queue_on(handle->stream, name, std::move(work));
  return CUSOLVER_STATUS_SUCCESS;
}

int info_of(const std::string& name, int info) {
  return number_for("RAVINE_LIBRARY_INFO", name).value_or(info);
}

}  // namespace

extern "C" {

cusolverStatus_t cusolverGetProperty(libraryPropertyType which, int* value) {
  *value = which == MAJOR_VERSION   ? CUSOLVER_VER_MAJOR
           : which == MINOR_VERSION ? CUSOLVER_VER_MINOR
                                    : CUSOLVER_VER_PATCH;
  return CUSOLVER_STATUS_SUCCESS;
}
cusolverStatus_t cusolverDnCreate(cusolverDnHandle_t* handle) {
  if (const auto status = number_for("RAVINE_LIBRARY_STATUS", "cusolverDnCreate")) {
    return static_cast<cusolverStatus_t>(*status);
  }
  *handle = new cusolverDnContext;
  return CUSOLVER_STATUS_SUCCESS;
}
cusolverStatus_t cusolverDnDestroy(cusolverDnHandle_t handle) {
  delete handle;
  return CUSOLVER_STATUS_SUCCESS;
}
cusolverStatus_t cusolverDnSetStream(cusolverDnHandle_t handle, cudaStream_t stream) {
  handle->stream = stream;
  return CUSOLVER_STATUS_SUCCESS;
}
cusolverStatus_t cusolverDnSetDeterministicMode(cusolverDnHandle_t handle, cusolverDeterministicMode_t mode) {
  handle->mode = mode;
  return CUSOLVER_STATUS_SUCCESS;
}
cusolverStatus_t cusolverDnCreateParams(cusolverDnParams_t* params) {
  *params = new cusolverDnParams;
  return CUSOLVER_STATUS_SUCCESS;
}
cusolverStatus_t cusolverDnDestroyParams(cusolverDnParams_t params) {
  delete params;
  return CUSOLVER_STATUS_SUCCESS;
}

cusolverStatus_t cusolverDnXsyevd_bufferSize(cusolverDnHandle_t /*handle*/, cusolverDnParams_t /*params*/,
                                             cusolverEigMode_t /*mode*/, cublasFillMode_t /*triangle*/, int64_t n,
                                             cudaDataType /*type_a*/, const void* /*a*/, int64_t /*lda*/,
                                             cudaDataType /*type_w*/, const void* /*w*/, cudaDataType /*computed*/,
                                             size_t* on_device, size_t* on_host) {
  say_sizes(n, on_device, on_host);
  return CUSOLVER_STATUS_SUCCESS;
}
cusolverStatus_t cusolverDnXsyevd(cusolverDnHandle_t handle, cusolverDnParams_t params, cusolverEigMode_t mode,
                                  cublasFillMode_t triangle, int64_t n, cudaDataType type_a, void* a, int64_t lda,
                                  cudaDataType type_w, void* w, cudaDataType computed, void* device,
                                  size_t device_bytes, void* host, size_t host_bytes_, int* info) {
  const Matrix matrix{triangle, n, static_cast<double*>(a), lda, static_cast<double*>(w)};
  const Work work{device, device_bytes, host, host_bytes_, info};
  const bool right =
      params != nullptr && matrix.is_right() && is_enough(work, n) && all_float64({type_a, type_w, computed});
  return call(handle, "cusolverDnXsyevd", right, [=](const DeviceArrays& arrays) {
    write_over(work, arrays);
    *arrays.write(info, 1) = info_of("cusolverDnXsyevd", eigen(matrix, mode, 0, n - 1, arrays));
  });
}

cusolverStatus_t cusolverDnXsyevdx_bufferSize(cusolverDnHandle_t /*handle*/, cusolverDnParams_t /*params*/,
                                              cusolverEigMode_t /*mode*/, cusolverEigRange_t /*range*/,
                                              cublasFillMode_t /*triangle*/, int64_t n, cudaDataType /*type_a*/,
                                              const void* /*a*/, int64_t /*lda*/, void* /*vl*/, void* /*vu*/,
                                              int64_t /*il*/, int64_t /*iu*/, int64_t* /*found*/,
                                              cudaDataType /*type_w*/, const void* /*w*/, cudaDataType /*computed*/,
                                              size_t* on_device, size_t* on_host) {
  say_sizes(n, on_device, on_host);
  return CUSOLVER_STATUS_SUCCESS;
}
cusolverStatus_t cusolverDnXsyevdx(cusolverDnHandle_t handle, cusolverDnParams_t params, cusolverEigMode_t mode,
                                   cusolverEigRange_t range, cublasFillMode_t triangle, int64_t n, cudaDataType type_a,
                                   void* a, int64_t lda, void* /*vl*/, void* /*vu*/, int64_t il, int64_t iu,
                                   int64_t* found, cudaDataType type_w, void* w, cudaDataType computed, void* device,
                                   size_t device_bytes, void* host, size_t host_bytes_, int* info) {
  const Matrix matrix{triangle, n, static_cast<double*>(a), lda, static_cast<double*>(w)};
  const Work work{device, device_bytes, host, host_bytes_, info};
  const bool right = params != nullptr && matrix.is_right() && is_enough(work, n) &&
                     all_float64({type_a, type_w, computed}) && range == CUSOLVER_EIG_RANGE_I && 1 <= il && il <= iu &&
                     iu <= n;
  return call(handle, "cusolverDnXsyevdx", right, [=](const DeviceArrays& arrays) {
    write_over(work, arrays);
    *arrays.write(info, 1) = info_of("cusolverDnXsyevdx", eigen(matrix, mode, il - 1, iu - 1, arrays));
    *found = number_for("RAVINE_LIBRARY_FOUND", "cusolverDnXsyevdx").value_or(static_cast<int>(iu - il + 1));
  });
}

cusolverStatus_t cusolverDnXsyevBatched_bufferSize(cusolverDnHandle_t /*handle*/, cusolverDnParams_t /*params*/,
                                                   cusolverEigMode_t /*mode*/, cublasFillMode_t /*triangle*/, int64_t n,
                                                   cudaDataType /*type_a*/, const void* /*a*/, int64_t /*lda*/,
                                                   cudaDataType /*type_w*/, const void* /*w*/,
                                                   cudaDataType /*computed*/, size_t* on_device, size_t* on_host,
                                                   int64_t count) {
  say_sizes(n * count, on_device, on_host);
  return CUSOLVER_STATUS_SUCCESS;
}
cusolverStatus_t cusolverDnXsyevBatched(cusolverDnHandle_t handle, cusolverDnParams_t params, cusolverEigMode_t mode,
                                        cublasFillMode_t triangle, int64_t n, cudaDataType type_a, void* a, int64_t lda,
                                        cudaDataType type_w, void* w, cudaDataType computed, void* device,
                                        size_t device_bytes, void* host, size_t host_bytes_, int* info, int64_t count) {
  const Matrix first{triangle, n, static_cast<double*>(a), lda, static_cast<double*>(w)};
  const Work work{device, device_bytes, host, host_bytes_, info};
  const bool right = params != nullptr && count >= 1 && first.is_right() && is_enough(work, n * count) &&
                     all_float64({type_a, type_w, computed});
  return call(handle, "cusolverDnXsyevBatched", right, [=](const DeviceArrays& arrays) {
    write_over(work, arrays);
    for (int64_t k = 0; k < count; ++k) {
      const Matrix matrix{triangle, n, first.a + k * lda * n, lda, first.eigenvalues + k * n};
      *arrays.write(info + k, 1) = info_of("cusolverDnXsyevBatched", eigen(matrix, mode, 0, n - 1, arrays));
    }
  });
}

cusolverStatus_t cusolverDnXpotrf_bufferSize(cusolverDnHandle_t /*handle*/, cusolverDnParams_t /*params*/,
                                             cublasFillMode_t /*triangle*/, int64_t n, cudaDataType /*type*/,
                                             const void* /*a*/, int64_t /*lda*/, cudaDataType /*computed*/,
                                             size_t* on_device, size_t* on_host) {
  say_sizes(n, on_device, on_host);
  return CUSOLVER_STATUS_SUCCESS;
}
cusolverStatus_t cusolverDnXpotrf(cusolverDnHandle_t handle, cusolverDnParams_t params, cublasFillMode_t triangle,
                                  int64_t n, cudaDataType type, void* a, int64_t lda, cudaDataType computed,
                                  void* device, size_t device_bytes, void* host, size_t host_bytes_, int* info) {
  const Matrix matrix{triangle, n, static_cast<double*>(a), lda, nullptr};
  const Work work{device, device_bytes, host, host_bytes_, info};
  const bool right = params != nullptr && matrix.is_right() && is_enough(work, n) && all_float64({type, computed}) &&
                     triangle == CUBLAS_FILL_MODE_LOWER;
  return call(handle, "cusolverDnXpotrf", right, [=](const DeviceArrays& arrays) {
    write_over(work, arrays);
    std::vector<double> factor = triangle_of(matrix, arrays);
    const auto rows = static_cast<lapack_int>(n);
    *arrays.write(info, 1) = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', rows, factor.data(), rows);
    for (int64_t column = 0; column < n; ++column) {
      std::copy_n(factor.begin() + column * n + column, n - column,
                  arrays.write(matrix.a + column * lda + column, n - column));
    }
  });
}
cusolverStatus_t cusolverDnXpotrs(cusolverDnHandle_t handle, cusolverDnParams_t params, cublasFillMode_t triangle,
                                  int64_t n, int64_t columns, cudaDataType type_a, const void* a, int64_t lda,
                                  cudaDataType type_b, void* b, int64_t ldb, int* info) {
  const Matrix matrix{triangle, n, const_cast<double*>(static_cast<const double*>(a)), lda, nullptr};
  const bool right = params != nullptr && matrix.is_right() && columns == 1 && ldb >= n &&
                     all_float64({type_a, type_b}) && triangle == CUBLAS_FILL_MODE_LOWER;
  return call(handle, "cusolverDnXpotrs", right, [=](const DeviceArrays& arrays) {
    const std::vector<double> factor = triangle_of(matrix, arrays);
    auto* const x = static_cast<double*>(b);
    arrays.read(x, n);
    const auto rows = static_cast<lapack_int>(n);
    *arrays.write(info, 1) =
        LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'L', rows, 1, factor.data(), rows, x, static_cast<lapack_int>(ldb));
  });
}

}  // extern "C"
