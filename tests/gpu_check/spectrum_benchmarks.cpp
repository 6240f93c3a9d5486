#include "spectrum_benchmarks.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include "bare_solver.hpp"
#include "kernels/dense_spectrum.hpp"
#include "kernels/largest_eigenvalues.hpp"
#include "pair_errors.hpp"
#include "problems/spectrum_matrices.hpp"
#include "timing.hpp"

namespace ravine::gpu_check {
namespace {

/// Ours beside cuSOLVER's function alone, where that is long beside what is once for all: opening a handle.
constexpr double goal_beside_bare = 1.05;
constexpr std::int64_t rows_of_goal = 8192;

/// Seconds of an action, after one that is not counted.
Spread time_action(int repetitions, const std::function<void()>& action) {
  std::vector<double> seconds;
  for (int repetition = -1; repetition < repetitions; ++repetition) {
    const auto start = std::chrono::steady_clock::now();
    action();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    if (repetition >= 0) seconds.push_back(time.count());
  }
  return Spread(std::move(seconds));
}

/// \throws Error where an eigenvalue is further from the known one than is allowed, relative to a norm of A.
void require_known(const Spectrum& spectrum, const std::vector<double>& all, double allowed) {
  for (std::size_t k = 0; k < spectrum.index.size(); ++k) {
    const double known = all.at(static_cast<std::size_t>(spectrum.index[k] - 1));
    if (std::fabs(spectrum.eigenvalues[k] - known) <= allowed) continue;
    throw Error(fmt::format("eigenvalue {} of {} is {:.17g}; wanted {:.17g} within {:.2g}", spectrum.index[k],
                            spectrum.size, spectrum.eigenvalues[k], known, allowed));
  }
}

struct DenseCase {
  std::string name;
  Quadratic problem;               ///< its matrix is dense
  std::vector<double> known = {};  ///< its eigenvalues, where they are
};

DenseCase random_case(std::int64_t rows) {
  DenseCase made{fmt::format("spectrum of a random matrix, {} rows", rows), {}};
  made.problem.matrix = random_symmetric(rows, 1);
  return made;
}

/// Of about as many rows as columns: `size` is a power of two.
DenseCase grid_case(std::int64_t size) {
  std::int64_t rows = 1;
  while (rows * rows * 4 <= size) rows *= 2;
  DenseCase made{fmt::format("spectrum of a grid, {} rows", size), grid_laplacian(rows, size / rows),
                 grid_eigenvalues(rows, size / rows)};
  made.problem.matrix = to_dense(made.problem.matrix);
  return made;
}

Benchmark benchmark_dense(const DenseCase& study, int repetitions, int device) {
  SpectrumRequest request;
  request.vectors = Vectors::kept;
  const auto& matrix = std::get<DenseMatrix>(study.problem.matrix);
  const double allowed = allowed_error(matrix.size);
  const Spectrum spectrum = cuda::dense_spectrum(study.problem, request, device);
  const PairErrors errors = pair_errors(matrix, spectrum);
  require_pairs(errors, allowed);
  if (!study.known.empty()) require_known(spectrum, study.known, allowed * row_sum_norm_of(matrix));
  Benchmark benchmark{
      study.name,
      wall_time,
      "everything: a handle of cuSOLVER, the matrix to the device, Xsyevd with vectors, eigenvalues and "
      "vectors to the host, kernel and signs",
      "eigenvalues",
      static_cast<double>(matrix.size),
      time_action(repetitions, [&] {
        const Spectrum again = cuda::dense_spectrum(study.problem, request, device);
        if (again.eigenvalues != spectrum.eigenvalues || again.vectors != spectrum.vectors)
          throw Error("a repetition has other bits");
      })};
  const double bare = time_bare_syevd(matrix, repetitions, device).median();
  Figure beside{"times the seconds of Xsyevd alone", benchmark.seconds.median() / bare};
  if (matrix.size >= rows_of_goal) beside.goal = Goal{Goal::Direction::at_most, goal_beside_bare};
  benchmark.figures = {{"seconds of Xsyevd alone", bare},
                       beside,
                       {"residual / norm", errors.residual, Goal{Goal::Direction::at_most, allowed}},
                       {"orthogonality", errors.orthogonality, Goal{Goal::Direction::at_most, allowed}}};
  return benchmark;
}

Benchmark benchmark_batch(const std::string& name, const SpectrumSizes& sizes, int device) {
  std::vector<DenseMatrix> matrices;
  for (std::int64_t i = 0; i < sizes.batch_matrices; ++i) {
    matrices.push_back(random_symmetric(sizes.batch_rows, static_cast<unsigned>(i + 1)));
  }
  const std::vector<Spectrum> spectra = cuda::dense_spectra(matrices, Vectors::kept, device);
  for (std::size_t i = 0; i < matrices.size(); ++i) {
    require_pairs(pair_errors(matrices[i], spectra[i]), allowed_error(sizes.batch_rows));
  }
  return {
      name,
      wall_time,
      "everything: a handle of cuSOLVER, the matrices to the device, XsyevBatched with vectors, the spectra to the "
      "host",
      "matrices",
      static_cast<double>(sizes.batch_matrices),
      time_action(sizes.repetitions, [&] { static_cast<void>(cuda::dense_spectra(matrices, Vectors::kept, device)); })};
}

Benchmark benchmark_solution(const std::string& name, const SpectrumSizes& sizes, int device) {
  DenseMatrix matrix = random_symmetric(sizes.solution_rows, 1);
  const auto n = static_cast<std::size_t>(matrix.size);
  // Larger than what its row has beside it: positive definite.
  for (std::size_t i = 0; i < n; ++i) matrix.value[i * (n + 1)] += static_cast<double>(n);
  const std::vector<double> b(n, 1);
  const std::vector<double> x = cuda::dense_solution(matrix, b, device);
  std::vector<double> product(n);
  multiply(matrix, x, product);
  double residual = 0;
  for (const double value : product) residual = std::max(residual, std::fabs(value - 1));
  if (!(residual <= allowed_error(matrix.size))) throw Error(fmt::format("the residual is {:.2g}", residual));
  return {name,
          wall_time,
          "everything: a handle of cuSOLVER, the matrix to the device, Xpotrf and Xpotrs, the solution to the host",
          "equations",
          static_cast<double>(n),
          time_action(sizes.repetitions, [&] { static_cast<void>(cuda::dense_solution(matrix, b, device)); }),
          {{"largest residual", residual}}};
}

Benchmark benchmark_lanczos(const std::string& name, const SpectrumSizes& sizes, int device) {
  const Quadratic grid = grid_laplacian(sizes.lanczos_side, sizes.lanczos_side);
  const std::vector<double> known = grid_eigenvalues(sizes.lanczos_side, sizes.lanczos_side);
  // Of each pair the residual is 1e-12 of the norm: the eigenvalue is not further off.
  constexpr double allowed = 1e-11;
  const auto find = [&] {
    const Spectrum found = cuda::largest_eigenvalues(grid, sizes.lanczos_count, Vectors::none, device);
    require_known(found, known, allowed);
  };
  return {name,
          wall_time,
          "everything: handles of cuSPARSE and cuBLAS, the matrix to the device, restarts, a last run for copies",
          "eigenvalues",
          static_cast<double>(sizes.lanczos_count),
          time_action(1, find)};
}

}  // namespace

int run_spectrum_benchmarks(const SpectrumSizes& sizes, int device, const BenchmarkTeller& tell) {
  int measured = 0;
  const BenchmarkTeller counted{[&](Benchmark benchmark) {
                                  ++measured;
                                  tell.measured(std::move(benchmark));
                                },
                                tell.failed};
  for (const std::int64_t rows : sizes.rows) {
    for (const DenseCase& study : {random_case(rows), grid_case(rows)}) {
      attempt(study.name, counted, [&] { return benchmark_dense(study, sizes.repetitions, device); });
    }
  }
  const std::string batch = fmt::format("spectra of {} matrices of {} rows", sizes.batch_matrices, sizes.batch_rows);
  attempt(batch, counted, [&] { return benchmark_batch(batch, sizes, device); });
  const std::string solution = fmt::format("solution of {} equations", sizes.solution_rows);
  attempt(solution, counted, [&] { return benchmark_solution(solution, sizes, device); });
  const std::string lanczos = fmt::format("the {} largest eigenvalues of a grid of {} x {}", sizes.lanczos_count,
                                          sizes.lanczos_side, sizes.lanczos_side);
  attempt(lanczos, counted, [&] { return benchmark_lanczos(lanczos, sizes, device); });
  return measured;
}

}  // namespace ravine::gpu_check
