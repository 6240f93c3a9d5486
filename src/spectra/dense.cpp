#include "spectra/dense.hpp"

#include <fmt/format.h>
#include <lapacke.h>

#include <new>
#include <numeric>

#include "ravine/error.hpp"
#include "spectra/blas_threads.hpp"
#include "spectra/checks.hpp"
#include "spectra/finish.hpp"
#include "spectra/ranges.hpp"

namespace ravine::spectra {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

void require_size(std::int64_t size, Vectors vectors) {
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

}  // namespace

Spectrum dense_spectrum(const Quadratic& problem, const SpectrumRequest& request, int threads) {
  const std::vector<IndexRange> ranges = wanted_ranges(problem, request);
  require_size(size_of(problem.matrix), request.vectors);
  const BlasThreads blas_threads(threads);
  Spectrum spectrum = whole_spectrum(to_dense(problem.matrix), request.vectors);
  finish(problem, spectrum);
  if (ranges.front().count() == spectrum.size) return spectrum;
  check(problem.matrix, spectrum);
  keep_ranges(ranges, spectrum);
  return spectrum;
}

}  // namespace ravine::spectra
