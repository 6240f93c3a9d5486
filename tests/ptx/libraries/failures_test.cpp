// What is said when cuSOLVER, cuBLAS and cuSPARSE fail: the libraries of this folder do as the environment asks.
#include <cublas_v2.h>
#include <cusolverDn.h>
#include <cusparse.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <initializer_list>
#include <string>
#include <vector>

#include "kernels/dense_spectrum.hpp"
#include "kernels/errors.hpp"
#include "kernels/largest_eigenvalues.hpp"
#include "problems/spectrum_matrices.hpp"

namespace ravine::cuda {
namespace {

/// Makes a function fail until the end of the scope.
class Failing {
 public:
  Failing(const char* variable, const std::string& function, int number) : variable_(variable) {
    ::setenv(variable, (function + ":" + std::to_string(number)).c_str(), 1);
  }
  ~Failing() { ::unsetenv(variable_); }
  Failing(const Failing&) = delete;
  Failing& operator=(const Failing&) = delete;

 private:
  const char* variable_;
};

constexpr const char* status = "RAVINE_LIBRARY_STATUS";
constexpr const char* info = "RAVINE_LIBRARY_INFO";

SpectrumRequest with_vectors(std::optional<Extremes> extremes = {}) {
  SpectrumRequest request;
  request.extremes = extremes;
  request.vectors = Vectors::kept;
  return request;
}

/// The message of the failure, which has to be of a type; empty if there is none.
template <class Expected, class Action>
std::string said_by(Action action) {
  try {
    action();
  } catch (const Expected& error) {
    return error.what();
  }
  return {};
}

void expect_parts(const std::string& text, std::initializer_list<const char*> parts) {
  for (const char* part : parts) EXPECT_NE(text.find(part), std::string::npos) << part << " is not in: " << text;
}

void whole() {
  static_cast<void>(dense_spectrum(grid_laplacian(3, 3), with_vectors()));
}
void ends() {
  static_cast<void>(dense_spectrum(grid_laplacian(3, 3), with_vectors(Extremes{1, 0})));
}
void batch() {
  static_cast<void>(dense_spectra(std::vector<DenseMatrix>{{1, {1.0}}, {1, {2.0}}}, Vectors::none));
}
void largest() {
  static_cast<void>(largest_eigenvalues(grid_laplacian(3, 3), 2, Vectors::none));
}

TEST(LibraryFailures, a_status_is_said_in_the_librarys_word) {
  {
    const Failing failing(status, "cusolverDnXsyevd", CUSOLVER_STATUS_INTERNAL_ERROR);
    expect_parts(said_by<BackendError>(whole),
                 {"cuSOLVER failed while computing eigenvalues (Xsyevd): CUSOLVER_STATUS_INTERNAL_ERROR", "doctor"});
  }
  {
    const Failing failing(status, "cusparseSpMV", CUSPARSE_STATUS_INVALID_VALUE);
    expect_parts(said_by<BackendError>(largest), {"cuSPARSE failed while multiplying (SpMV): invalid value"});
  }
  const Failing failing(status, "cublasDnrm2", CUBLAS_STATUS_INVALID_VALUE);
  expect_parts(said_by<BackendError>(largest), {"cuBLAS failed while measuring a vector (nrm2): an unsupported value"});
}

TEST(LibraryFailures, a_library_without_memory_is_a_device_without_memory) {
  {
    const Failing failing(status, "cusolverDnCreate", CUSOLVER_STATUS_ALLOC_FAILED);
    expect_parts(said_by<OutOfDeviceMemory>(whole), {"cuSOLVER failed while starting: CUSOLVER_STATUS_ALLOC_FAILED"});
  }
  const Failing failing(status, "cublasCreate", CUBLAS_STATUS_ALLOC_FAILED);
  expect_parts(said_by<OutOfDeviceMemory>(largest), {"cuBLAS failed while starting: the resource allocation failed"});
}

TEST(LibraryFailures, an_info_is_never_passed_over) {
  {
    const Failing failing(info, "cusolverDnXsyevd", 4);
    expect_parts(said_by<NumericalError>(whole), {"Xsyevd did not converge: 4 elements", "--backend cpu"});
  }
  {
    const Failing failing(info, "cusolverDnXsyevd", -7);
    expect_parts(said_by<BackendError>(whole), {"argument 7 of Xsyevd is wrong"});
  }
  {
    const Failing failing(info, "cusolverDnXsyevdx", 1);
    expect_parts(said_by<NumericalError>(ends), {"Xsyevdx did not converge"});
  }
  {
    const Failing failing("RAVINE_LIBRARY_FOUND", "cusolverDnXsyevdx", 0);
    expect_parts(said_by<NumericalError>(ends), {"Xsyevdx found 0 eigenvalues from 2 to 2 of 9; wanted 1"});
  }
  const Failing failing(info, "cusolverDnXsyevBatched", 2);
  expect_parts(said_by<NumericalError>(batch), {"XsyevBatched did not converge"});
}

// The machine of these tests has 4 MiB of device memory.

TEST(LibraryFailures, what_does_not_fit_is_refused_with_both_sizes) {
  const Quadratic large = grid_laplacian(1, 800);
  expect_parts(
      said_by<OutOfDeviceMemory>([&] { static_cast<void>(dense_spectrum(large, with_vectors())); }),
      {"a dense matrix of 800 rows needs 0.005 GiB of device memory; free are 0.004 of 0.004 GiB", "--backend cpu"});
  const Quadratic long_path = grid_laplacian(1, 40'000);
  expect_parts(said_by<OutOfDeviceMemory>([&] { static_cast<void>(largest_eigenvalues(long_path, 2, Vectors::none)); }),
               {"Lanczos's method for 2 eigenvalues of 40000 rows needs "});
}

TEST(LibraryFailures, a_kernel_that_is_not_there_is_said) {
  Quadratic problem = grid_laplacian(3, 3);
  std::get<SparseMatrix>(problem.matrix).value.front() += 1;
  expect_parts(said_by<NumericalError>([&] { static_cast<void>(dense_spectrum(problem, with_vectors())); }),
               {"eigenvalue 1 is 0.", "the kernel of the matrix has dimension 1"});
}

}  // namespace
}  // namespace ravine::cuda
