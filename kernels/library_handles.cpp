#include "kernels/library_handles.hpp"

#include <fmt/format.h>

#include <string>

namespace ravine::cuda {
namespace {

enum class Cause { memory, other };

[[noreturn]] void refuse(Cause cause, std::string_view library, std::string_view what, const std::string& word) {
  const std::string failure = fmt::format("{} failed while {}: {}", library, what, word);
  if (cause == Cause::memory) {
    throw OutOfDeviceMemory(failure + "; end other programs that hold the device's memory, or use --backend cpu");
  }
  throw BackendError(failure + "; 'ravine doctor' says which library it is, and --backend cpu does without");
}

/// cuSOLVER has no function for it.
std::string word_of(cusolverStatus_t status) {
  switch (status) {
    case CUSOLVER_STATUS_NOT_INITIALIZED:
      return "CUSOLVER_STATUS_NOT_INITIALIZED";
    case CUSOLVER_STATUS_ALLOC_FAILED:
      return "CUSOLVER_STATUS_ALLOC_FAILED";
    case CUSOLVER_STATUS_INVALID_VALUE:
      return "CUSOLVER_STATUS_INVALID_VALUE";
    case CUSOLVER_STATUS_ARCH_MISMATCH:
      return "CUSOLVER_STATUS_ARCH_MISMATCH";
    case CUSOLVER_STATUS_EXECUTION_FAILED:
      return "CUSOLVER_STATUS_EXECUTION_FAILED";
    case CUSOLVER_STATUS_INTERNAL_ERROR:
      return "CUSOLVER_STATUS_INTERNAL_ERROR";
    case CUSOLVER_STATUS_MATRIX_TYPE_NOT_SUPPORTED:
      return "CUSOLVER_STATUS_MATRIX_TYPE_NOT_SUPPORTED";
    case CUSOLVER_STATUS_NOT_SUPPORTED:
      return "CUSOLVER_STATUS_NOT_SUPPORTED";
    case CUSOLVER_STATUS_INVALID_WORKSPACE:
      return "CUSOLVER_STATUS_INVALID_WORKSPACE";
    default:
      return fmt::format("status {}", static_cast<int>(status));
  }
}

}  // namespace

void check(cublasStatus_t status, std::string_view what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  refuse(status == CUBLAS_STATUS_ALLOC_FAILED ? Cause::memory : Cause::other, "cuBLAS", what,
         cublas().status_string(status));
}

void check(cusparseStatus_t status, std::string_view what) {
  if (status == CUSPARSE_STATUS_SUCCESS) return;
  const bool memory = status == CUSPARSE_STATUS_ALLOC_FAILED || status == CUSPARSE_STATUS_INSUFFICIENT_RESOURCES;
  refuse(memory ? Cause::memory : Cause::other, "cuSPARSE", what, cusparse().error_string(status));
}

void check(cusolverStatus_t status, std::string_view what) {
  if (status == CUSOLVER_STATUS_SUCCESS) return;
  refuse(status == CUSOLVER_STATUS_ALLOC_FAILED ? Cause::memory : Cause::other, "cuSOLVER", what, word_of(status));
}

CublasHandle::CublasHandle(const Stream& stream) {
  cublasHandle_t handle = nullptr;
  check(cublas().create(&handle), "starting");
  handle_.reset(handle);
  check(cublas().set_stream(get(), stream.get()), "taking a stream");
}

CusparseHandle::CusparseHandle(const Stream& stream) {
  cusparseHandle_t handle = nullptr;
  check(cusparse().create(&handle), "starting");
  handle_.reset(handle);
  check(cusparse().set_stream(get(), stream.get()), "taking a stream");
}

CusolverHandle::CusolverHandle(const Stream& stream) {
  cusolverDnHandle_t handle = nullptr;
  check(cusolver().create(&handle), "starting");
  handle_.reset(handle);
  check(cusolver().set_stream(get(), stream.get()), "taking a stream");
  check(cusolver().set_deterministic_mode(get(), CUSOLVER_DETERMINISTIC_RESULTS), "being asked for equal results");
  cusolverDnParams_t params = nullptr;
  check(cusolver().create_params(&params), "starting");
  params_.reset(params);
}

}  // namespace ravine::cuda
