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
  Cublas table{SharedLibrary(cublas_names()), {}, nullptr};
  table.library.bind(table.cublasGetProperty, "cublasGetProperty");
  table.version = checked_version(table.library, table.cublasGetProperty, CUBLAS_VER_MAJOR);
  return table;
}

Cusparse load_cusparse() {
  Cusparse table{SharedLibrary(cusparse_names()), {}, nullptr};
  table.library.bind(table.cusparseGetProperty, "cusparseGetProperty");
  table.version = checked_version(table.library, table.cusparseGetProperty, CUSPARSE_VER_MAJOR);
  return table;
}

/// cuSOLVER needs the other two. They come first, so that it takes those that the environment names.
Cusolver load_cusolver() {
  static_cast<void>(cublas());
  static_cast<void>(cusparse());
  Cusolver table{SharedLibrary(cusolver_names()), {}, nullptr};
  table.library.bind(table.cusolverGetProperty, "cusolverGetProperty");
  table.version = checked_version(table.library, table.cusolverGetProperty, CUSOLVER_VER_MAJOR);
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
