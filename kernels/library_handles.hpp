// RAII over the handles of cuBLAS, cuSPARSE and cuSOLVER, and what their failures are called. A handle belongs to the
// device that was current where it was made, and its work goes to one stream, which has to outlive it.
#pragma once

#include <memory>
#include <string_view>

#include "kernels/library_tables.hpp"
#include "kernels/runtime.hpp"

namespace ravine::cuda {

/// \throws OutOfDeviceMemory or BackendError with the library's word for it if status is a failure; `what` was being
/// done.
void check(cublasStatus_t status, std::string_view what);
void check(cusparseStatus_t status, std::string_view what);
void check(cusolverStatus_t status, std::string_view what);

/// Calls a library's function to end what a pointer stands for.
template <class Handle, auto table, auto destroy>
struct DestroyWith {
  void operator()(Handle* handle) const noexcept { static_cast<void>((table().*destroy)(handle)); }
};

/// \throws LibraryError, OutOfDeviceMemory or BackendError from each constructor.
class CublasHandle {
 public:
  explicit CublasHandle(const Stream& stream);
  [[nodiscard]] cublasHandle_t get() const { return handle_.get(); }

 private:
  std::unique_ptr<cublasContext, DestroyWith<cublasContext, cublas, &Cublas::destroy>> handle_;
};

class CusparseHandle {
 public:
  explicit CusparseHandle(const Stream& stream);
  [[nodiscard]] cusparseHandle_t get() const { return handle_.get(); }

 private:
  std::unique_ptr<cusparseContext, DestroyWith<cusparseContext, cusparse, &Cusparse::destroy>> handle_;
};

/// Asks for results that are the same bits in every run.
class CusolverHandle {
 public:
  explicit CusolverHandle(const Stream& stream);
  [[nodiscard]] cusolverDnHandle_t get() const { return handle_.get(); }
  [[nodiscard]] cusolverDnParams_t params() const { return params_.get(); }

 private:
  std::unique_ptr<cusolverDnContext, DestroyWith<cusolverDnContext, cusolver, &Cusolver::destroy>> handle_;
  std::unique_ptr<cusolverDnParams, DestroyWith<cusolverDnParams, cusolver, &Cusolver::destroy_params>> params_;
};

using SparseDescriptor =
    std::unique_ptr<cusparseSpMatDescr, DestroyWith<cusparseSpMatDescr, cusparse, &Cusparse::destroy_matrix>>;
using VectorDescriptor =
    std::unique_ptr<cusparseDnVecDescr, DestroyWith<cusparseDnVecDescr, cusparse, &Cusparse::destroy_vector>>;

}  // namespace ravine::cuda
