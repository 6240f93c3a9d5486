// The smallest eigenvalues of a large grid's colorization matrix, one vertex distinguished, and what they cost:
// ravine's whole path (order, factor, iterate, count the multiplicities, check) against Spectra's SymEigsShiftSolver
// with Eigen's CHOLMOD solver, as one writes it by hand: 2 nev vectors, the default tolerance, no counting. Each runs
// in a process of its own, in turn, so that its peak memory is its own.
//
//     sparse_spectrum_bench [side = 1000] [eigenvalues = 10] [repetitions = 3] [threads = all]
#include <Spectra/SymEigsShiftSolver.h>
#include <cblas.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <Eigen/CholmodSupport>
#include <Eigen/SparseCore>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "spectra/checks.hpp"
#include "spectra/sparse.hpp"

namespace {

using ravine::Entry;
using ravine::Quadratic;
using ravine::Spectrum;

struct Case {
  std::int64_t side = 1000;
  std::int64_t eigenvalues = 10;
  std::int64_t repetitions = 3;
  std::int64_t threads = 1;
};

Quadratic colorization_of_grid(std::int64_t side) {
  std::vector<Entry> entries;
  entries.reserve(static_cast<std::size_t>(3 * side * side));
  for (std::int64_t row = 0; row < side; ++row) {
    for (std::int64_t column = 0; column < side; ++column) {
      const auto vertex = static_cast<std::int32_t>(row * side + column);
      int degree = 0;
      if (row > 0) ++degree;
      if (column > 0) ++degree;
      if (row + 1 < side) {
        ++degree;
        entries.push_back({vertex, vertex + static_cast<std::int32_t>(side), -1});
      }
      if (column + 1 < side) {
        ++degree;
        entries.push_back({vertex, vertex + 1, -1});
      }
      const bool distinguished = row == side / 2 && column == side / 2;
      entries.push_back({vertex, vertex, degree + (distinguished ? 1.0 : 0.0)});
    }
  }
  Quadratic problem;
  problem.matrix = ravine::sparse_matrix(side * side, entries);
  return problem;
}

using EigenMatrix = Eigen::SparseMatrix<double, Eigen::ColMajor, long>;

/// Spectra's operator for a shift: what its SparseSymShiftSolve is, with CHOLMOD.
class CholmodShiftSolve {
 public:
  using Scalar = double;
  explicit CholmodShiftSolve(const EigenMatrix& matrix) : matrix_(matrix) {}
  [[nodiscard]] Eigen::Index rows() const { return matrix_.rows(); }
  [[nodiscard]] Eigen::Index cols() const { return matrix_.cols(); }
  void set_shift(double sigma) {
    solver_.setShift(-sigma);
    solver_.compute(matrix_);
  }
  void perform_op(const double* x, double* y) const {
    Eigen::Map<Eigen::VectorXd>(y, rows()) = solver_.solve(Eigen::Map<const Eigen::VectorXd>(x, rows()));
  }

 private:
  const EigenMatrix& matrix_;
  Eigen::CholmodSupernodalLLT<EigenMatrix, Eigen::Lower> solver_;
};

EigenMatrix lower_triangle(const ravine::SparseMatrix& matrix) {
  std::vector<Eigen::Triplet<double, long>> entries;
  for (std::int64_t row = 0; row < matrix.size; ++row) {
    const auto at = [](std::int64_t index) { return static_cast<std::size_t>(index); };
    for (std::int64_t k = matrix.row_begin[at(row)]; k < matrix.row_begin[at(row + 1)]; ++k) {
      if (matrix.column[at(k)] <= row) entries.emplace_back(row, matrix.column[at(k)], matrix.value[at(k)]);
    }
  }
  EigenMatrix lower(matrix.size, matrix.size);
  lower.setFromTriplets(entries.begin(), entries.end());
  return lower;
}

struct Outcome {
  double seconds = 0;
  std::vector<double> eigenvalues;
};

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Outcome by_hand(const Case& what) {
  const EigenMatrix matrix = lower_triangle(std::get<ravine::SparseMatrix>(colorization_of_grid(what.side).matrix));
  openblas_set_num_threads(static_cast<int>(what.threads));
  const double begin = now();
  CholmodShiftSolve inverse(matrix);
  Spectra::SymEigsShiftSolver<CholmodShiftSolve> solver(inverse, what.eigenvalues, 2 * what.eigenvalues, 0.0);
  solver.init();
  solver.compute(Spectra::SortRule::LargestMagn, 1000, 1e-10, Spectra::SortRule::SmallestAlge);
  const Eigen::MatrixXd vectors = solver.eigenvectors();
  const double seconds = now() - begin;
  if (solver.info() != Spectra::CompInfo::Successful) throw std::runtime_error("Spectra does not converge");
  const Eigen::VectorXd values = solver.eigenvalues();
  return {seconds, {values.begin(), values.end()}};
}

Outcome by_ravine(const Case& what) {
  const Quadratic problem = colorization_of_grid(what.side);
  const double begin = now();
  ravine::SpectrumRequest request;
  request.extremes = {what.eigenvalues, 0};
  request.vectors = ravine::Vectors::kept;
  Spectrum spectrum = ravine::spectra::sparse_spectrum(problem, request, static_cast<int>(what.threads));
  ravine::spectra::check(problem.matrix, spectrum);
  return {now() - begin, std::move(spectrum.eigenvalues)};
}

struct Measured {
  Outcome outcome;
  double cpu_seconds = 0;
  double peak_mib = 0;
};

/// In a process of its own, which gives its outcome through a pipe.
Measured measure(Outcome (*solve)(const Case&), const Case& what) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    try {
      const Outcome outcome = solve(what);
      std::FILE* const out = fdopen(ends[1], "w");
      fmt::print(out, "{:.17g}", outcome.seconds);
      for (const double value : outcome.eigenvalues) fmt::print(out, " {:.17g}", value);
      std::fclose(out);
      _exit(0);
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
      _exit(1);
    }
  }
  close(ends[1]);
  std::FILE* const in = fdopen(ends[0], "r");
  Measured measured;
  bool complete = std::fscanf(in, "%lf", &measured.outcome.seconds) == 1;
  for (double value = 0; std::fscanf(in, "%lf", &value) == 1;) measured.outcome.eigenvalues.push_back(value);
  std::fclose(in);
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  complete = complete && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!complete) throw std::runtime_error("a solver has failed");
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  measured.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  measured.peak_mib = static_cast<double>(usage.ru_maxrss) / 1024;
  return measured;
}

int compare(const Case& what) {
  fmt::print("{} smallest eigenvalues of a {} x {} grid's colorization matrix, {} threads\n", what.eigenvalues,
             what.side, what.side, what.threads);
  fmt::print("{:>12} {:>10} {:>10} {:>10} {:>10} {:>8} {:>10} {:>12}\n", "ravine s", "CPU s", "peak MiB", "by hand s",
             "CPU s", "peak MiB", "ratio", "CPU ratio");
  std::vector<double> ratios;
  for (std::int64_t k = 0; k < what.repetitions; ++k) {
    const Measured ours = measure(by_ravine, what);
    const Measured theirs = measure(by_hand, what);
    double difference = ours.outcome.eigenvalues.size() == theirs.outcome.eigenvalues.size() ? 0 : 1;
    for (std::size_t i = 0; difference < 1 && i < ours.outcome.eigenvalues.size(); ++i) {
      const double value = ours.outcome.eigenvalues[i];
      difference = std::max(difference, std::fabs(theirs.outcome.eigenvalues[i] - value) / value);
    }
    if (!(difference < 1e-6)) throw std::runtime_error(fmt::format("they differ by {:.3g}", difference));
    ratios.push_back(ours.outcome.seconds / theirs.outcome.seconds);
    fmt::print("{:12.2f} {:10.2f} {:10.0f} {:10.2f} {:10.2f} {:8.0f} {:10.3f} {:12.3f}\n", ours.outcome.seconds,
               ours.cpu_seconds, ours.peak_mib, theirs.outcome.seconds, theirs.cpu_seconds, theirs.peak_mib,
               ratios.back(), ours.cpu_seconds / theirs.cpu_seconds);
    std::fflush(stdout);
  }
  std::sort(ratios.begin(), ratios.end());
  fmt::print("ravine / by hand: median {:.3f}, from {:.3f} to {:.3f}\n", ratios[ratios.size() / 2], ratios.front(),
             ratios.back());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  Case what;
  what.threads = std::thread::hardware_concurrency();
  std::int64_t* const members[] = {&what.side, &what.eigenvalues, &what.repetitions, &what.threads};
  for (int i = 1; i < std::min(count, 5); ++i) *members[i - 1] = std::max(std::atoll(arguments[i]), 1LL);
  try {
    return compare(what);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
