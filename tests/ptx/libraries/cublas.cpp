#include <cblas.h>
#include <cublas_v2.h>

#include "device_arrays.hpp"

struct cublasContext {
  cudaStream_t stream = nullptr;
};

namespace {

using ravine::ptx::DeviceArrays;
using ravine::ptx::number_for;
using ravine::ptx::queue_on;

/// A call with arguments that are right or not; the work is queued.
cublasStatus_t call(cublasHandle_t handle, const char* name, bool right,
                    std::function<void(const DeviceArrays&)> work) {
  if (const auto status = number_for("RAVINE_LIBRARY_STATUS", name)) return static_cast<cublasStatus_t>(*status);
  if (handle == nullptr || handle->stream == nullptr) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (!right) return CUBLAS_STATUS_INVALID_VALUE;
  queue_on(handle->stream, name, std::move(work));
  return CUBLAS_STATUS_SUCCESS;
}

int narrow(std::int64_t value) {
  return static_cast<int>(value);
}

CBLAS_TRANSPOSE of(cublasOperation_t operation) {
  return operation == CUBLAS_OP_N ? CblasNoTrans : CblasTrans;
}

}  // namespace

extern "C" {

cublasStatus_t cublasGetProperty(libraryPropertyType which, int* value) {
  *value = which == MAJOR_VERSION ? CUBLAS_VER_MAJOR : which == MINOR_VERSION ? CUBLAS_VER_MINOR : CUBLAS_VER_PATCH;
  return CUBLAS_STATUS_SUCCESS;
}
const char* cublasGetStatusString(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_ALLOC_FAILED:
      return "the resource allocation failed";
    case CUBLAS_STATUS_INVALID_VALUE:
      return "an unsupported value or parameter was passed to the function";
    default:
      return "another status";
  }
}
cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  if (const auto status = number_for("RAVINE_LIBRARY_STATUS", "cublasCreate")) {
    return static_cast<cublasStatus_t>(*status);
  }
  *handle = new cublasContext;
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  delete handle;
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
  handle->stream = stream;
  return CUBLAS_STATUS_SUCCESS;
}

// Scalars are the host's (CUBLAS_POINTER_MODE_HOST, which handles begin with): they are read before a call returns.

cublasStatus_t cublasDaxpy_v2_64(cublasHandle_t handle, int64_t n, const double* alpha, const double* x, int64_t incx,
                                 double* y, int64_t incy) {
  return call(handle, "cublasDaxpy", n >= 0 && incx == 1 && incy == 1,
              [n, factor = *alpha, x, y](const DeviceArrays& arrays) {
                arrays.read(x, n);
                arrays.read(y, n);
                cblas_daxpy(narrow(n), factor, x, 1, y, 1);
              });
}
cublasStatus_t cublasDscal_v2_64(cublasHandle_t handle, int64_t n, const double* alpha, double* x, int64_t incx) {
  return call(handle, "cublasDscal", n >= 0 && incx == 1, [n, factor = *alpha, x](const DeviceArrays& arrays) {
    arrays.read(x, n);
    cblas_dscal(narrow(n), factor, x, 1);
  });
}
/// A result on the host is there when the call returns.
cublasStatus_t cublasDnrm2_v2_64(cublasHandle_t handle, int64_t n, const double* x, int64_t incx, double* result) {
  const cublasStatus_t status =
      call(handle, "cublasDnrm2", n >= 0 && incx == 1,
           [n, x, result](const DeviceArrays& arrays) { *result = cblas_dnrm2(narrow(n), arrays.read(x, n), 1); });
  if (status == CUBLAS_STATUS_SUCCESS) ravine::ptx::Machine::the().synchronize(*handle->stream);
  return status;
}
cublasStatus_t cublasDgemv_v2_64(cublasHandle_t handle, cublasOperation_t trans, int64_t m, int64_t n,
                                 const double* alpha, const double* A, int64_t lda, const double* x, int64_t incx,
                                 const double* beta, double* y, int64_t incy) {
  const bool right = m >= 0 && n >= 0 && lda >= std::max<int64_t>(m, 1) && incx == 1 && incy == 1;
  return call(handle, "cublasDgemv", right, [=, a = *alpha, b = *beta](const DeviceArrays& arrays) {
    const int64_t from = trans == CUBLAS_OP_N ? n : m;
    const int64_t to = trans == CUBLAS_OP_N ? m : n;
    for (int64_t column = 0; column < n; ++column) arrays.read(A + column * lda, m);
    arrays.read(x, from);
    if (b != 0) arrays.read(y, to);
    arrays.write(y, to);
    cblas_dgemv(CblasColMajor, of(trans), narrow(m), narrow(n), a, A, narrow(lda), x, 1, b, y, 1);
  });
}
cublasStatus_t cublasDgemm_v2_64(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int64_t m,
                                 int64_t n, int64_t k, const double* alpha, const double* A, int64_t lda,
                                 const double* B, int64_t ldb, const double* beta, double* C, int64_t ldc) {
  const bool plain = transa == CUBLAS_OP_N && transb == CUBLAS_OP_N;  // all that is called
  return call(handle, "cublasDgemm", plain && lda >= m && ldb >= k && ldc >= m,
              [=, a = *alpha, b = *beta](const DeviceArrays& arrays) {
                for (int64_t column = 0; column < k; ++column) arrays.read(A + column * lda, m);
                for (int64_t column = 0; column < n; ++column) {
                  arrays.read(B + column * ldb, k);
                  if (b != 0) arrays.read(C + column * ldc, m);
                  arrays.write(C + column * ldc, m);
                }
                cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, narrow(m), narrow(n), narrow(k), a, A,
                            narrow(lda), B, narrow(ldb), b, C, narrow(ldc));
              });
}

}  // extern "C"
