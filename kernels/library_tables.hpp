// What the program calls of cuBLAS, cuSPARSE and cuSOLVER: CUDA's headers give the signatures, the functions come from
// the library when it is first used. A function joins its table when something calls it; the members of cuBLAS without
// its _v2 are what its header calls the functions of that name.
#pragma once

#include <cublas_v2.h>
#include <cusolverDn.h>
#include <cusparse.h>

#include <string>

#include "kernels/shared_library.hpp"

namespace ravine::cuda {

struct Cublas {
  SharedLibrary library;
  std::string version;  ///< as the library says: 13.1.0
  decltype(&::cublasGetProperty) get_property = nullptr;
  decltype(&::cublasGetStatusString) status_string = nullptr;
  decltype(&::cublasCreate_v2) create = nullptr;
  decltype(&::cublasDestroy_v2) destroy = nullptr;
  decltype(&::cublasSetStream_v2) set_stream = nullptr;
  decltype(&::cublasDaxpy_v2_64) axpy = nullptr;
  decltype(&::cublasDgemm_v2_64) gemm = nullptr;
  decltype(&::cublasDgemv_v2_64) gemv = nullptr;
  decltype(&::cublasDnrm2_v2_64) nrm2 = nullptr;
  decltype(&::cublasDscal_v2_64) scal = nullptr;
};

struct Cusparse {
  SharedLibrary library;
  std::string version;
  decltype(&::cusparseGetProperty) get_property = nullptr;
  decltype(&::cusparseGetErrorString) error_string = nullptr;
  decltype(&::cusparseCreate) create = nullptr;
  decltype(&::cusparseDestroy) destroy = nullptr;
  decltype(&::cusparseSetStream) set_stream = nullptr;
  decltype(&::cusparseCreateCsr) create_csr = nullptr;
  decltype(&::cusparseDestroySpMat) destroy_matrix = nullptr;
  decltype(&::cusparseCreateDnVec) create_vector = nullptr;
  decltype(&::cusparseDestroyDnVec) destroy_vector = nullptr;
  decltype(&::cusparseDnVecSetValues) set_values = nullptr;
  decltype(&::cusparseSpMV_bufferSize) spmv_buffer_size = nullptr;
  decltype(&::cusparseSpMV_preprocess) spmv_preprocess = nullptr;
  decltype(&::cusparseSpMV) spmv = nullptr;
};

struct Cusolver {
  SharedLibrary library;
  std::string version;
  decltype(&::cusolverGetProperty) get_property = nullptr;
  decltype(&::cusolverDnCreate) create = nullptr;
  decltype(&::cusolverDnDestroy) destroy = nullptr;
  decltype(&::cusolverDnSetStream) set_stream = nullptr;
  decltype(&::cusolverDnSetDeterministicMode) set_deterministic_mode = nullptr;
  decltype(&::cusolverDnCreateParams) create_params = nullptr;
  decltype(&::cusolverDnDestroyParams) destroy_params = nullptr;
  decltype(&::cusolverDnXsyevd_bufferSize) syevd_buffer_size = nullptr;
  decltype(&::cusolverDnXsyevd) syevd = nullptr;
  decltype(&::cusolverDnXsyevdx_bufferSize) syevdx_buffer_size = nullptr;
  decltype(&::cusolverDnXsyevdx) syevdx = nullptr;
  decltype(&::cusolverDnXsyevBatched_bufferSize) syev_batched_buffer_size = nullptr;
  decltype(&::cusolverDnXsyevBatched) syev_batched = nullptr;
  decltype(&::cusolverDnXpotrf_bufferSize) potrf_buffer_size = nullptr;
  decltype(&::cusolverDnXpotrf) potrf = nullptr;
  decltype(&::cusolverDnXpotrs) potrs = nullptr;
};

/// Each loads its library when it is first called. \throws LibraryError if it is not there, lacks a function of the
/// table, or is of another major version than the headers.
[[nodiscard]] const Cublas& cublas();
[[nodiscard]] const Cusparse& cusparse();
[[nodiscard]] const Cusolver& cusolver();

}  // namespace ravine::cuda
