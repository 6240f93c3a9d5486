#include "engine/spectrum_solver.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/backend.hpp"
#include "engine/thread_pool.hpp"
#include "kernels/dense_spectrum.hpp"
#include "kernels/errors.hpp"
#include "kernels/largest_eigenvalues.hpp"
#include "ravine/error.hpp"
#include "spectra/blas_threads.hpp"
#include "spectra/checks.hpp"
#include "spectra/cholesky.hpp"
#include "spectra/dense.hpp"
#include "spectra/solution.hpp"
#include "spectra/sparse.hpp"

namespace ravine {
namespace {

/// Up to here the dense solver gives the ends of a spectrum in seconds, and more surely than an iteration.
constexpr std::int64_t small_enough_for_dense = 2000;
/// From here on a device is faster than it takes to start it.
constexpr std::int64_t large_enough_for_device = 1000;

/// What every step of solving looks at.
struct Task {
  const SpectrumSpec& spec;
  const Quadratic& problem;
  SpectrumRequest request;
  Backend backend;
  int threads;
  std::vector<std::string>& notes;
};

Solver chosen_solver(const Quadratic& problem, const SpectrumRequest& request) {
  if (request.solver != Solver::automatic) return request.solver;
  if (problem.eigenvalues && request.vectors == Vectors::none) return Solver::closed_form;
  const bool is_small = size_of(problem.matrix) <= small_enough_for_dense;
  return !is_small && spectra::is_sparse_request(problem, request) ? Solver::sparse : Solver::dense;
}

void check_request(const Quadratic& problem, const SpectrumRequest& request) {
  if (request.solver == Solver::closed_form && !problem.eigenvalues) {
    throw UsageError(
        "spectrum.solver: found \"closed-form\" for a problem whose eigenvalues no formula gives; wanted "
        "\"auto\", \"dense\" or \"sparse\"");
  }
  if (request.solver == Solver::closed_form && request.vectors == Vectors::kept) {
    throw UsageError(
        "spectrum.vectors: found true with the solver \"closed-form\", which gives eigenvalues only; wanted "
        "\"dense\" or \"sparse\"");
  }
  if (request.solver == Solver::sparse && !request.extremes) {
    throw UsageError(
        "spectrum.values: found \"all\" with the solver \"sparse\", which gives the ends of a spectrum; "
        "wanted values = { smallest = 10, largest = 1 }, or the solver \"dense\"");
  }
  if (request.solver == Solver::sparse && !std::holds_alternative<SparseMatrix>(problem.matrix)) {
    throw UsageError("spectrum.solver: found \"sparse\" for a dense matrix; wanted \"dense\"");
  }
}

/// A dense spectrum that the machine can't hold is refused before it is begun.
void require_memory(const Task& task) {
  const auto n = static_cast<double>(size_of(task.problem.matrix));
  const double needed = n * n * (task.request.vectors == Vectors::kept ? 32 : 16);
  const double installed =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  if (needed <= installed) return;
  throw UsageError(fmt::format(
      "spectrum.values: found {} eigenvalues of a dense solver, which takes {:.1f} GiB of memory where there "
      "are {:.1f}; wanted the ends of the spectrum: values = {{ smallest = 10, largest = 1 }}",
      size_of(task.problem.matrix), needed / 0x1p30, installed / 0x1p30));
}

/// The positions of the smallest above the kernel and of the largest; all where they meet.
std::vector<std::int64_t> wanted_positions(const Quadratic& problem, const std::optional<Extremes>& extremes) {
  const std::int64_t n = size_of(problem.matrix);
  std::vector<std::int64_t> positions(static_cast<std::size_t>(n));
  std::iota(positions.begin(), positions.end(), std::int64_t{1});
  if (!extremes || problem.kernel.dimension + extremes->smallest + extremes->largest >= n) return positions;
  std::erase_if(positions, [&](std::int64_t position) {
    const bool is_small =
        position > problem.kernel.dimension && position <= problem.kernel.dimension + extremes->smallest;
    return !is_small && position <= n - extremes->largest;
  });
  return positions;
}

Spectrum closed_form_spectrum(const Quadratic& problem, const SpectrumRequest& request) {
  Spectrum spectrum;
  spectrum.size = size_of(problem.matrix);
  spectrum.index = wanted_positions(problem, request.extremes);
  for (const std::int64_t position : spectrum.index) {
    const double value = (*problem.eigenvalues)[static_cast<std::size_t>(position - 1)];
    spectrum.eigenvalues.push_back(value);
    spectrum.bounds.push_back(std::fabs(value) * 0x1p-48);  // sines and sums of a few
  }
  spectrum.solver = "closed form: " + problem.closed_form;
  return spectrum;
}

/// Whether a device is to be used, and which: none where the cpu is wanted or fits better.
std::optional<int> device_for(const Task& task) {
  if (task.backend == Backend::cpu) return std::nullopt;
  if (task.backend == Backend::automatic && size_of(task.problem.matrix) < large_enough_for_device) return std::nullopt;
  const BackendChoice choice = choose_backend(task.backend);
  if (choice.backend == Backend::cpu) return std::nullopt;
  return choice.devices.front();
}

/// `on_device(ordinal)` where a device is used, else on_cpu(). What a device can't do, the cpu does where nobody
/// insists on cuda; a note says why.
template <class OnDevice, class OnCpu>
auto on_backend(const Task& task, OnDevice on_device, OnCpu on_cpu) {
  if (const std::optional<int> device = device_for(task)) {
    try {
      return on_device(*device);
    } catch (const Error& error) {
      if (task.backend == Backend::cuda) throw;
      task.notes.push_back(fmt::format("computed on the cpu after all: {}", error.what()));
    }
  }
  return on_cpu();
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// The two ends of one spectrum.
Spectrum joined(Spectrum small, const Spectrum& large) {
  append(small.index, large.index);
  append(small.eigenvalues, large.eigenvalues);
  append(small.vectors, large.vectors);
  small.bounds.clear();
  small.solver += " and " + large.solver;
  return small;
}

/// The ends of a sparse matrix's spectrum: the small end takes a Cholesky factor and is the cpu's; the large end is a
/// device's where one is used, with vectors, so that both ends can be checked together.
Spectrum sparse_spectrum(const Task& task) {
  spectra::require_sparse_request(task.problem, task.request);
  const Extremes ends = *task.request.extremes;
  const auto by_cpu = [&task] { return spectra::sparse_spectrum(task.problem, task.request, task.threads); };
  if (ends.largest == 0) return by_cpu();
  return on_backend(
      task,
      [&](int device) {
        Spectrum large = cuda::largest_eigenvalues(task.problem, ends.largest, Vectors::kept, device);
        if (ends.smallest == 0) return large;
        const SpectrumRequest small{Solver::sparse, Extremes{ends.smallest, 0}, Vectors::kept};
        return joined(spectra::sparse_spectrum(task.problem, small, task.threads), large);
      },
      by_cpu);
}

Spectrum raw_spectrum(const Task& task, Solver solver) {
  if (solver == Solver::closed_form) return closed_form_spectrum(task.problem, task.request);
  if (solver == Solver::sparse) return sparse_spectrum(task);
  require_memory(task);
  return on_backend(
      task, [&task](int device) { return cuda::dense_spectrum(task.problem, task.request, device); },
      [&task] { return spectra::dense_spectrum(task.problem, task.request, task.threads); });
}

/// What rounding alone does to an eigenvalue of a matrix of that norm.
double rounding_bound(const Quadratic& problem) {
  constexpr double least = 64;  // a dozen operations round as well in the smallest matrices
  return std::max(least, static_cast<double>(size_of(problem.matrix))) * 0x1p-53 * row_sum_norm_of(problem.matrix);
}

/// Each eigenvalue is one of a matrix so near: as near as rounding lets it be, and as the residual that was found.
void fill_bounds(const Quadratic& problem, double tolerance, Spectrum& spectrum) {
  if (!spectrum.bounds.empty()) return;
  const double found = spectrum.checks.residual.value_or(0) * row_sum_norm_of(problem.matrix);
  for (const std::int64_t position : spectrum.index) {
    spectrum.bounds.push_back(position <= problem.kernel.dimension ? 0.0 : std::max(tolerance, found));
  }
}

bool is_zero(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return value == 0; });
}

/// The shortest w* of a singular or indefinite A, from its whole spectrum; nothing where there is none.
std::vector<double> solution_by_modes(const Task& task, SolvedProblem& solved, const std::string& why) {
  const bool is_whole = solved.spectrum.eigenvalues.size() == static_cast<std::size_t>(solved.spectrum.size);
  if (!is_whole || solved.spectrum.vectors.empty()) {
    task.notes.push_back(why + ": w* is not computed (all eigenvalues with vectors would give it)");
    return {};
  }
  if (solved.spectrum.eigenvalues.front() < -solved.zero_tolerance) {
    task.notes.push_back("A is indefinite: f has no minimum, and w* is where its gradient is zero");
  }
  spectra::SpectralSolution solution = spectra::solution_from_spectrum(solved.spectrum, task.problem.b);
  if (solution.outside > spectra::tolerance_of_checks(solved.spectrum.size)) {
    task.notes.push_back(
        fmt::format("A is singular and b is not in its range ({:.1e} of it is outside): f has no "
                    "minimum",
                    solution.outside));
    return {};
  }
  return std::move(solution.w);
}

/// That A w = b but for rounding. \throws NumericalError.
std::vector<double> checked_solution(const Task& task, std::vector<double> w) {
  const Quadratic& problem = task.problem;
  std::vector<double> product(w.size());
  multiply(problem.matrix, w, product);
  double residual = 0;
  double scale = 0;
  const double norm = row_sum_norm_of(problem.matrix);
  for (std::size_t k = 0; k < w.size(); ++k) {
    residual = std::max(residual, std::fabs(product[k] - problem.b[k]));
    scale = std::max(scale, norm * std::fabs(w[k]) + std::fabs(problem.b[k]));
  }
  if (residual <= spectra::tolerance_of_checks(size_of(problem.matrix)) * scale) return w;
  throw NumericalError(fmt::format("the residual of w* is {:.1e} of what it may be", residual / scale));
}

/// By Cholesky's factors. \throws NumericalError with the reason where A has none.
std::vector<double> solution_by_cholesky(const Task& task) {
  const Quadratic& problem = task.problem;
  const auto* const sparse = std::get_if<SparseMatrix>(&problem.matrix);
  if (sparse != nullptr && sparse->size > small_enough_for_dense) return spectra::sparse_solution(*sparse, problem.b);
  const DenseMatrix dense = to_dense(problem.matrix);
  return on_backend(
      task, [&](int device) { return cuda::dense_solution(dense, problem.b, device); },
      [&]() -> std::vector<double> {
        auto result = spectra::dense_solution(dense, problem.b, task.threads);
        if (auto* const solution = std::get_if<spectra::Solution>(&result)) return std::move(solution->w);
        throw NumericalError("A is not positive definite");
      });
}

/// Whether an eigenvalue is known to be zero, or may be, or is below zero.
bool may_be_singular(const Task& task, const Spectrum& spectrum) {
  if (task.problem.kernel.dimension > 0) return true;
  return !spectrum.index.empty() && spectrum.index.front() == 1 &&
         spectrum.eigenvalues.front() <= spectrum.bounds.front();
}

/// w* where it is known: in closed form, by Cholesky's factors, or from the whole spectrum.
std::vector<double> solution_of(const Task& task, SolvedProblem& solved) {
  const Quadratic& problem = task.problem;
  if (problem.solution) return *problem.solution;
  if (is_zero(problem.b)) return problem.b;
  if (problem.regression) return solved.study->least_squares.weights;
  // Rounding can make factors of a singular matrix, and a w* of any size.
  if (may_be_singular(task, solved.spectrum)) return solution_by_modes(task, solved, "A is singular or indefinite");
  try {
    return checked_solution(task, solution_by_cholesky(task));
  } catch (const NumericalError& error) {
    return solution_by_modes(task, solved, error.what());
  }
}

std::vector<double> projected(const Task& task, const SolvedProblem& solved) {
  std::vector<double> difference = solved.start;
  for (std::size_t k = 0; k < difference.size(); ++k) difference[k] -= solved.solution[k];
  const std::vector<double>& vectors = solved.spectrum.vectors;
  return on_backend(
      task, [&](int device) { return cuda::project(vectors, difference, device); },
      [&] { return spectra::project(vectors, difference); });
}

void solve_start(const Task& task, SolvedProblem& solved) {
  solved.start = read_weights(task.spec.start, size_of(task.problem.matrix), task.spec.folder);
  solved.solution = solution_of(task, solved);
  if (solved.spectrum.vectors.empty() || solved.solution.empty()) return;
  solved.projection = projected(task, solved);
}

/// How many digits an estimated relative error leaves.
std::string digits_of(double error) {
  if (!(error < 1)) return "no digit";
  const int digits = std::min(16, static_cast<int>(-std::log10(error)));
  return fmt::format("{} digit{}", digits, digits == 1 ? "" : "s");
}

double worst(const std::vector<double>& errors) {
  return *std::max_element(errors.begin(), errors.end());
}

/// What float64 can give of this problem and what it can't.
void note_digits(const Regression& regression, const SolvedProblem& solved, std::vector<std::string>& notes) {
  const spectra::RegressionModes& modes = *solved.modes;
  const spectra::RegressionWeights weights = spectra::regression_weights(regression);
  notes.push_back(
      fmt::format("kappa(Z) = {:.4g}: of lambda_1 Z'Z in float64 would leave {}, Z in float64 {}, this way {}",
                  modes.kappa, digits_of(modes.error_of_normal.front()), digits_of(modes.error_of_rounded.front()),
                  digits_of(modes.error.front())));
  notes.push_back(fmt::format("inputs that are rounded decimals know lambda_1 to a relative error of {:.1e}",
                              modes.error_of_inputs.front()));
  notes.push_back(fmt::format("of the weights plain QR in float64 gives {}, refined in pairs {}, by the modes {}",
                              digits_of(worst(weights.plain_error)), digits_of(worst(weights.refined_error)),
                              digits_of(worst(solved.study->least_squares.error))));
}

void solve_regression(const Task& task, SolvedProblem& solved) {
  const Regression& regression = *task.problem.regression;
  solved.modes = spectra::regression_modes(regression);
  const spectra::RegressionModes& modes = *solved.modes;
  solved.spectrum = spectra::regression_spectrum(modes, task.request.vectors);
  const auto& steps = std::get<RegressionProblem>(task.spec.problem).steps;
  solved.study = spectra::regression_study(regression, modes, steps);
  note_digits(regression, solved, solved.notes);
}

}  // namespace

SolvedProblem solve(const SpectrumSpec& spec, const FreezeOptions& options) {
  SolvedProblem solved;
  solved.problem = make_quadratic(spec.problem, spec.folder);
  solved.notes = solved.problem.notes;
  check_request(solved.problem, spec.request);
  const int threads = options.threads > 0 ? options.threads : ThreadPool::available();
  const Quadratic& problem = solved.problem;
  const Task task{spec, problem, spec.request, options.backend, threads, solved.notes};
  solved.zero_tolerance = rounding_bound(problem);
  solved.is_positive_beyond_kernel = !std::holds_alternative<MatrixProblem>(spec.problem) && !problem.regression;
  const spectra::BlasThreads blas(threads);
  if (problem.regression) {
    solve_regression(task, solved);
  } else {
    solved.spectrum = raw_spectrum(task, chosen_solver(problem, spec.request));
  }
  spectra::check(problem.matrix, solved.spectrum);
  fill_bounds(problem, solved.zero_tolerance, solved.spectrum);
  if (spec.request.vectors == Vectors::none) solved.spectrum.vectors.clear();
  solve_start(task, solved);
  require_unchanged(spec);
  return solved;
}

}  // namespace ravine
