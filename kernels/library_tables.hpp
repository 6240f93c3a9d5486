// What the program calls of cuBLAS, cuSPARSE and cuSOLVER: CUDA's headers give the signatures, the functions come from
// the library when it is first used. A function joins its table when something calls it.
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
  decltype(&::cublasGetProperty) cublasGetProperty = nullptr;
};

struct Cusparse {
  SharedLibrary library;
  std::string version;
  decltype(&::cusparseGetProperty) cusparseGetProperty = nullptr;
};

struct Cusolver {
  SharedLibrary library;
  std::string version;
  decltype(&::cusolverGetProperty) cusolverGetProperty = nullptr;
};

/// Each loads its library when it is first called. \throws LibraryError if it is not there, lacks a function of the
/// table, or is of another major version than the headers.
[[nodiscard]] const Cublas& cublas();
[[nodiscard]] const Cusparse& cusparse();
[[nodiscard]] const Cusolver& cusolver();

}  // namespace ravine::cuda
