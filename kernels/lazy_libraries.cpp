#include "kernels/lazy_libraries.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "kernels/library_tables.hpp"

namespace ravine::cuda {
namespace {

/// The package of NVIDIA's repository that has a library for the CUDA of the headers.
std::string package(std::string_view library) {
  return fmt::format("{}-{}-{}", library, CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10);
}

// The major version of the headers is part of the soname.

LibraryNames cublas_names() {
  return {"cuBLAS", fmt::format("libcublas.so.{}", CUBLAS_VER_MAJOR), "RAVINE_CUBLAS", package("libcublas")};
}
LibraryNames cusparse_names() {
  return {"cuSPARSE", fmt::format("libcusparse.so.{}", CUSPARSE_VER_MAJOR), "RAVINE_CUSPARSE", package("libcusparse")};
}
LibraryNames cusolver_names() {
  return {"cuSOLVER", fmt::format("libcusolver.so.{}", CUSOLVER_VER_MAJOR), "RAVINE_CUSOLVER", package("libcusolver")};
}

/// The version that a library says itself. Another major version than the headers' is refused: a file that the
/// environment names may be any, and its functions may take other arguments.
template <class GetProperty>
std::string checked_version(const SharedLibrary& library, GetProperty get, int wanted_major) {
  std::array<int, 3> numbers{};
  constexpr std::array properties = {MAJOR_VERSION, MINOR_VERSION, PATCH_LEVEL};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (static_cast<int>(get(properties[i], &numbers[i])) != 0)
      library.refuse(library.path() + " does not say its version");
  }
  std::string version = fmt::format("{}.{}.{}", numbers[0], numbers[1], numbers[2]);
  if (numbers[0] != wanted_major) {
    library.refuse(fmt::format("{} is version {}; wanted {}, which this program is built for", library.path(), version,
                               wanted_major));
  }
  return version;
}

Cublas load_cublas() {
  Cublas table{.library = SharedLibrary(cublas_names()), .version = {}};
  const SharedLibrary& library = table.library;
  library.bind(table.get_property, "cublasGetProperty");
  table.version = checked_version(library, table.get_property, CUBLAS_VER_MAJOR);
  library.bind(table.status_string, "cublasGetStatusString");
  library.bind(table.create, "cublasCreate_v2");
  library.bind(table.destroy, "cublasDestroy_v2");
  library.bind(table.set_stream, "cublasSetStream_v2");
  library.bind(table.axpy, "cublasDaxpy_v2_64");
  library.bind(table.gemm, "cublasDgemm_v2_64");
  library.bind(table.gemv, "cublasDgemv_v2_64");
  library.bind(table.nrm2, "cublasDnrm2_v2_64");
  library.bind(table.scal, "cublasDscal_v2_64");
  return table;
}

Cusparse load_cusparse() {
  Cusparse table{.library = SharedLibrary(cusparse_names()), .version = {}};
  const SharedLibrary& library = table.library;
  library.bind(table.get_property, "cusparseGetProperty");
  table.version = checked_version(library, table.get_property, CUSPARSE_VER_MAJOR);
  library.bind(table.error_string, "cusparseGetErrorString");
  library.bind(table.create, "cusparseCreate");
  library.bind(table.destroy, "cusparseDestroy");
  library.bind(table.set_stream, "cusparseSetStream");
  library.bind(table.create_csr, "cusparseCreateCsr");
  library.bind(table.destroy_matrix, "cusparseDestroySpMat");
  library.bind(table.create_vector, "cusparseCreateDnVec");
  library.bind(table.destroy_vector, "cusparseDestroyDnVec");
  library.bind(table.set_values, "cusparseDnVecSetValues");
  library.bind(table.spmv_buffer_size, "cusparseSpMV_bufferSize");
  library.bind(table.spmv_preprocess, "cusparseSpMV_preprocess");
  library.bind(table.spmv, "cusparseSpMV");
  return table;
}

/// cuSOLVER needs the other two. They come first, so that it takes those that the environment names.
Cusolver load_cusolver() {
  static_cast<void>(cublas());
  static_cast<void>(cusparse());
  Cusolver table{.library = SharedLibrary(cusolver_names()), .version = {}};
  const SharedLibrary& library = table.library;
  library.bind(table.get_property, "cusolverGetProperty");
  table.version = checked_version(library, table.get_property, CUSOLVER_VER_MAJOR);
  library.bind(table.create, "cusolverDnCreate");
  library.bind(table.destroy, "cusolverDnDestroy");
  library.bind(table.set_stream, "cusolverDnSetStream");
  library.bind(table.set_deterministic_mode, "cusolverDnSetDeterministicMode");
  library.bind(table.create_params, "cusolverDnCreateParams");
  library.bind(table.destroy_params, "cusolverDnDestroyParams");
  library.bind(table.syevd_buffer_size, "cusolverDnXsyevd_bufferSize");
  library.bind(table.syevd, "cusolverDnXsyevd");
  library.bind(table.syevdx_buffer_size, "cusolverDnXsyevdx_bufferSize");
  library.bind(table.syevdx, "cusolverDnXsyevdx");
  library.bind(table.syev_batched_buffer_size, "cusolverDnXsyevBatched_bufferSize");
  library.bind(table.syev_batched, "cusolverDnXsyevBatched");
  library.bind(table.potrf_buffer_size, "cusolverDnXpotrf_bufferSize");
  library.bind(table.potrf, "cusolverDnXpotrf");
  library.bind(table.potrs, "cusolverDnXpotrs");
  return table;
}

template <class Table>
LibraryStatus status_of(const LibraryNames& names, const Table& (*table)()) {
  LibraryStatus status;
  status.name = names.name;
  status.soname = names.soname;
  status.variable = names.variable;
  try {
    status.path = table().library.path();
    status.version = table().version;
  } catch (const LibraryError& error) {
    status.reason = error.reason();
    status.fix = error.fix();
  }
  return status;
}

}  // namespace

const Cublas& cublas() {
  static const Cublas table = load_cublas();
  return table;
}

const Cusparse& cusparse() {
  static const Cusparse table = load_cusparse();
  return table;
}

const Cusolver& cusolver() {
  static const Cusolver table = load_cusolver();
  return table;
}

std::vector<LibraryStatus> library_status() {
  return {status_of(cublas_names(), cublas), status_of(cusparse_names(), cusparse),
          status_of(cusolver_names(), cusolver)};
}

}  // namespace ravine::cuda
