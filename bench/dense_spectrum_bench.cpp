// Whole dense spectra as a run computes them, with their checks, beside LAPACK's dsyevd alone on the same matrix. One
// thread; CPU time.
//
// Names are dense/size/values or vectors. A repetition is a pair, one after the other, each time the other one first:
// `ravine` and `dsyevd` are their seconds and `ratio` is of this pair.
#include <benchmark/benchmark.h>
#include <lapacke.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <utility>

#include "proof.hpp"
#include "ravine/model/random.hpp"
#include "spectra/blas_threads.hpp"
#include "spectra/checks.hpp"
#include "spectra/dense.hpp"

namespace ravine::bench {
namespace {

/// Normal numbers in both triangles.
Quadratic random_problem(std::int64_t size) {
  DenseMatrix matrix{size, std::vector<double>(static_cast<std::size_t>(size * size))};
  for (std::int64_t row = 0; row < size; ++row) {
    for (std::int64_t column = 0; column <= row; ++column) {
      const model::DrawPlace place{1, static_cast<std::uint64_t>(row), 0, 0};
      const double value = model::normal_at<double>(place, static_cast<std::uint64_t>(column));
      matrix.value[static_cast<std::size_t>(row * size + column)] = value;
      matrix.value[static_cast<std::size_t>(column * size + row)] = value;
    }
  }
  Quadratic problem;
  problem.matrix = std::move(matrix);
  problem.b.resize(static_cast<std::size_t>(size));
  return problem;
}

struct Timed {
  double seconds;
  std::vector<double> eigenvalues;
};

template <class Compute>
Timed time(Compute compute) {
  const std::clock_t start = std::clock();
  std::vector<double> eigenvalues = compute();
  return {static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, std::move(eigenvalues)};
}

Timed time_ravine(const Quadratic& problem, Vectors vectors) {
  return time([&] {
    Spectrum spectrum = spectra::dense_spectrum(problem, {Solver::dense, std::nullopt, vectors}, 1);
    spectra::check(problem.matrix, spectrum);
    return spectrum.eigenvalues;
  });
}

/// The copy that it overwrites is not timed.
Timed time_dsyevd(const Quadratic& problem, Vectors vectors) {
  DenseMatrix matrix = to_dense(problem.matrix);
  const auto n = static_cast<lapack_int>(matrix.size);
  std::vector<double> eigenvalues(static_cast<std::size_t>(matrix.size));
  return time([&] {
    LAPACKE_dsyevd(LAPACK_COL_MAJOR, vectors == Vectors::kept ? 'V' : 'N', 'L', n, matrix.value.data(), n,
                   eigenvalues.data());
    return eigenvalues;
  });
}

void compare(benchmark::State& state, std::int64_t size, Vectors vectors) {
  const spectra::BlasThreads one_thread(1);
  const Quadratic problem = random_problem(size);
  static bool ravine_first = false;
  for (auto _ : state) {
    ravine_first = !ravine_first;
    Timed ravine{};
    if (ravine_first) ravine = time_ravine(problem, vectors);
    const Timed dsyevd = time_dsyevd(problem, vectors);
    if (!ravine_first) ravine = time_ravine(problem, vectors);
    require_same_bytes("dense_spectrum", ravine.eigenvalues, dsyevd.eigenvalues);
    state.counters["ravine"] = ravine.seconds;
    state.counters["dsyevd"] = dsyevd.seconds;
    state.counters["ratio"] = ravine.seconds / dsyevd.seconds;
  }
}

void register_all() {
  for (const std::int64_t size : {500, 1000, 2000}) {
    for (const auto& [vectors, name] : {std::pair{Vectors::none, "values"}, std::pair{Vectors::kept, "vectors"}}) {
      benchmark::RegisterBenchmark(("dense/" + std::to_string(size) + "/" + name).c_str(), compare, size, vectors)
          ->Iterations(1)
          ->Unit(benchmark::kMillisecond);
    }
  }
}

}  // namespace
}  // namespace ravine::bench

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
  ravine::bench::register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
