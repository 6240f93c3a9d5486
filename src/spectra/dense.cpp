#include "spectra/dense.hpp"

#include <fmt/format.h>
#include <lapacke.h>

#include <new>
#include <numeric>

#include "ravine/error.hpp"
#include "spectra/blas_threads.hpp"
#include "spectra/checks.hpp"
#include "spectra/finish.hpp"

namespace ravine::spectra {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

void require_size(std::int64_t size, Vectors vectors) {
  if (size == 0) throw UsageError("the matrix has no rows, and so no eigenvalues: it needs at least one");
  const std::int64_t largest = vectors == Vectors::kept ? largest_dense_size_with_vectors : largest_dense_size;
  if (size <= largest) return;
  throw UsageError(
      fmt::format("the matrix has {} rows: the dense solver takes at most {}{}, since LAPACK counts in 32 "
                  "bits. Ask for the ends of the spectrum (extremes) from the sparse solver",
                  size, largest, vectors == Vectors::kept ? " with vectors" : ""));
}

void require_success(lapack_int info, const char* routine, std::int64_t size) {
  if (info == 0) return;
  if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR) throw std::bad_alloc();
  throw NumericalError(fmt::format(
      "LAPACK's {} gave no eigenvalues of the matrix of {} rows: info = {}, and has to be 0", routine, size, info));
}

Spectrum whole_spectrum(DenseMatrix matrix, Vectors vectors) {
  const auto n = static_cast<lapack_int>(matrix.size);
  Spectrum spectrum;
  spectrum.size = matrix.size;
  spectrum.solver = "LAPACK dsyevd";
  spectrum.index.resize(at(matrix.size));
  std::iota(spectrum.index.begin(), spectrum.index.end(), std::int64_t{1});
  spectrum.eigenvalues.resize(at(matrix.size));
  const char job = vectors == Vectors::kept ? 'V' : 'N';
  require_success(LAPACKE_dsyevd(LAPACK_COL_MAJOR, job, 'L', n, matrix.value.data(), n, spectrum.eigenvalues.data()),
                  "dsyevd", matrix.size);
  // Its columns, which are now the vectors, are our rows.
  if (vectors == Vectors::kept) spectrum.vectors = std::move(matrix.value);
  return spectrum;
}

/// Leaves out `count` eigenvalues from number `first` on, counted from 0.
void leave_out(Spectrum& spectrum, std::int64_t first, std::int64_t count) {
  const auto cut = [](auto& values, std::int64_t begin, std::int64_t length) {
    values.erase(values.begin() + begin, values.begin() + begin + length);
    values.shrink_to_fit();
  };
  cut(spectrum.index, first, count);
  cut(spectrum.eigenvalues, first, count);
  if (!spectrum.vectors.empty()) cut(spectrum.vectors, first * spectrum.size, count * spectrum.size);
}

}  // namespace

Spectrum dense_spectrum(const Quadratic& problem, const SpectrumRequest& request, int threads) {
  const std::int64_t size = size_of(problem.matrix);
  require_size(size, request.vectors);
  const BlasThreads blas_threads(threads);
  Spectrum spectrum = whole_spectrum(to_dense(problem.matrix), request.vectors);
  finish(problem, spectrum);
  if (!request.extremes) return spectrum;

  const auto [smallest, largest] = *request.extremes;
  if (smallest + largest == 0) throw UsageError("no eigenvalue of either end is asked for: ask for at least one");
  const std::int64_t between = size - problem.kernel.dimension - smallest - largest;
  if (between <= 0) return spectrum;
  check(problem.matrix, spectrum);
  leave_out(spectrum, problem.kernel.dimension + smallest, between);
  leave_out(spectrum, 0, problem.kernel.dimension);
  return spectrum;
}

}  // namespace ravine::spectra
