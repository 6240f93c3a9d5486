#include "engine/spectrum_solver.hpp"

#include "engine/spectrum_task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/backend.hpp"
#include "engine/thread_pool.hpp"
#include "io/memory.hpp"
#include "kernels/dense_spectrum.hpp"
#include "kernels/largest_eigenvalues.hpp"
#include "ravine/error.hpp"
#include "spectra/blas_threads.hpp"
#include "spectra/checks.hpp"
#include "spectra/dense.hpp"
#include "spectra/eigenpairs.hpp"
#include "spectra/ranges.hpp"
#include "spectra/sparse.hpp"

namespace ravine {
namespace {

/// From here on a device is faster than it takes to start it.
constexpr std::int64_t large_enough_for_device = 1000;

/// Up to here the dense solver takes minutes at most, and less than the sparse one that has to find much of the
/// spectrum.
constexpr std::int64_t small_enough_for_much = 10'000;
constexpr std::int64_t share_that_is_much = 20;

Solver chosen_solver(const Quadratic& problem, const SpectrumRequest& request) {
  if (request.solver != Solver::automatic) return request.solver;
  if (problem.eigenvalues && request.vectors == Vectors::none) return Solver::closed_form;
  if (!spectra::is_sparse_request(problem, request)) return Solver::dense;
  const std::int64_t size = size_of(problem.matrix);
  const std::int64_t asked = request.extremes->smallest + request.extremes->largest;
  const bool is_much = asked > size / share_that_is_much && size <= small_enough_for_much;
  return size <= small_enough_for_dense || is_much ? Solver::dense : Solver::sparse;
}

/// What work() gives, or its UsageError with the place of what it is about.
template <class Work>
auto at_place(const std::string& place, Work work) {
  try {
    return work();
  } catch (const UsageError& error) {
    if (place.empty()) throw;
    throw UsageError(fmt::format("{}: {}", place, error.what()));
  }
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
  if (problem.regression && (request.solver != Solver::automatic || request.extremes)) {
    throw UsageError(
        "[spectrum]: found a solver or the ends of a regression's spectrum, which is computed whole and in its own "
        "way; wanted neither");
  }
  if (request.solver == Solver::sparse && !request.extremes) {
    throw UsageError(
        "spectrum.values: found \"all\" with the solver \"sparse\", which gives the ends of a spectrum; "
        "wanted values = { smallest = 10, largest = 1 }, or the solver \"dense\"");
  }
  if (request.solver == Solver::sparse && !std::holds_alternative<SparseMatrix>(problem.matrix)) {
    throw UsageError(R"(spectrum.solver: found "sparse" for a dense matrix; wanted "dense")");
  }
}

void require_dense_memory(const Task& task) {
  const auto n = static_cast<double>(size_of(task.problem.matrix));
  require_memory(n * n * (task.request.vectors == Vectors::kept ? 32 : 16),
                 fmt::format("spectrum.values: found {} eigenvalues of a dense solver", size_of(task.problem.matrix)),
                 "the ends of the spectrum: values = { smallest = 10, largest = 1 }, and solver = \"auto\"");
}

Spectrum closed_form_spectrum(const Quadratic& problem, const SpectrumRequest& request) {
  Spectrum spectrum;
  spectrum.size = size_of(problem.matrix);
  for (const spectra::IndexRange& range : spectra::wanted_ranges(problem, request)) {
    for (std::int64_t position = range.first; position <= range.last; ++position) {
      const double value = (*problem.eigenvalues)[static_cast<std::size_t>(position - 1)];
      spectrum.index.push_back(position);
      spectrum.eigenvalues.push_back(value);
      spectrum.bounds.push_back(std::fabs(value) * 0x1p-48);  // sines and sums of a few
    }
  }
  spectrum.solver = "closed form: " + problem.closed_form;
  return spectrum;
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// The two ends of one spectrum.
Spectrum joined(Spectrum small, const Spectrum& large) {
  append(small.index, large.index);
  append(small.eigenvalues, large.eigenvalues);
  append(small.bounds, large.bounds);
  append(small.vectors, large.vectors);
  small.solver += " and " + large.solver;
  return small;
}

/// What rounding alone does to an eigenvalue of a matrix of that norm.
double rounding_bound(const Quadratic& problem) {
  constexpr double least = 64;  // a dozen operations round as well in the smallest matrices
  return std::max(least, static_cast<double>(size_of(problem.matrix))) * 0x1p-53 *
         spectra::norm_for_checks(problem.matrix);
}

/// With bounds, as the cpu's end has them.
Spectrum largest_on_device(const Task& task, int device) {
  Spectrum large = cuda::largest_eigenvalues(task.problem, task.request.extremes->largest, Vectors::kept, device);
  large.bounds = spectra::residuals_of(std::get<SparseMatrix>(task.problem.matrix), large.eigenvalues, large.vectors);
  for (double& bound : large.bounds) bound += rounding_bound(task.problem);
  return large;
}

/// The ends of a sparse matrix's spectrum: the small end takes a Cholesky factor and is the cpu's; the large end is a
/// device's where one is used, with vectors, so that both ends can be checked together.
Spectrum sparse_spectrum(const Task& task) {
  spectra::require_sparse_request(task.problem, task.request);
  const Extremes ends = *task.request.extremes;
  const auto by_cpu = [&task] { return spectra::sparse_spectrum(task.problem, task.request, task.threads); };
  if (ends.largest == 0) return by_cpu();
  const auto large = on_backend(
      task, [&](int device) { return std::optional(largest_on_device(task, device)); },
      [] { return std::optional<Spectrum>(); });
  if (!large) return by_cpu();
  if (ends.smallest == 0) return *large;
  const SpectrumRequest small_end{Solver::sparse, Extremes{ends.smallest, 0}, Vectors::kept};
  Spectrum small = spectra::sparse_spectrum(task.problem, small_end, task.threads);
  const bool apart = spectra::are_orthogonal(small.size, small.vectors, large->vectors);
  return apart ? joined(std::move(small), *large) : by_cpu();
}

Spectrum dense_spectrum(const Task& task) {
  require_dense_memory(task);
  return on_backend(
      task, [&task](int device) { return cuda::dense_spectrum(task.problem, task.request, device); },
      [&task] { return spectra::dense_spectrum(task.problem, task.request, task.threads); });
}

Spectrum raw_spectrum(const Task& task, Solver solver) {
  if (solver == Solver::closed_form) return closed_form_spectrum(task.problem, task.request);
  return solver == Solver::sparse ? sparse_spectrum(task) : dense_spectrum(task);
}

/// Each eigenvalue is one of a matrix so near: as near as rounding lets it be, and as the residual that was found.
void fill_bounds(const Quadratic& problem, double tolerance, Spectrum& spectrum) {
  if (!spectrum.bounds.empty()) return;
  const auto pairs = static_cast<double>(spectrum.index.size());
  // Of many pairs the root mean square of all is known, which is that of one pair if all others have none.
  const double of_one_pair = pairs > spectra::most_pairs_one_by_one ? std::sqrt(pairs) : 1.0;
  const double found = spectrum.checks.residual.value_or(0) * of_one_pair * spectra::norm_for_checks(problem.matrix);
  for (const std::int64_t position : spectrum.index) {
    spectrum.bounds.push_back(position <= problem.kernel.dimension ? 0.0 : std::max(tolerance, found));
  }
}

}  // namespace

std::optional<int> device_for(const Task& task) {
  if (task.backend == Backend::cpu) return std::nullopt;
  if (task.backend == Backend::automatic && size_of(task.problem.matrix) < large_enough_for_device) return std::nullopt;
  const BackendChoice choice = choose_backend(task.backend);
  if (choice.backend == Backend::cpu) return std::nullopt;
  return choice.devices.front();
}

std::string title_of(const Problem& problem, const Quadratic& quadratic) {
  if (const auto* const matrix = std::get_if<MatrixProblem>(&problem)) return fmt::format("matrix {}", matrix->path);
  if (const auto* const rosenbrock = std::get_if<RosenbrockProblem>(&problem)) {
    return fmt::format("convex Rosenbrock function, {} end, kappa {}, n {}", name_of(rosenbrock->end),
                       rosenbrock->kappa, rosenbrock->size);
  }
  if (const auto* const regression = std::get_if<RegressionProblem>(&problem)) {
    return fmt::format("polynomial of degree {} fitted to {}", regression->degree, regression->path);
  }
  const auto& graph = std::get<GraphProblem>(problem);
  if (const auto* const file = std::get_if<GraphFile>(&graph.graph)) {
    return fmt::format("{} of the graph {}", name_of(graph.kind), file->path);
  }
  const auto& made = std::get<GeneratedGraph>(graph.graph);
  const std::vector<std::int64_t>& sizes = made.sizes.empty() ? quadratic.sides : made.sizes;  // those of a mask
  return fmt::format("{} of a {} graph {}", name_of(graph.kind), name_of(made.family), fmt::join(sizes, " x "));
}

SolvedProblem solve(const SpectrumSpec& spec, const FreezeOptions& options) {
  SolvedProblem solved;
  solved.problem = at_place(spec.problem_place, [&spec] { return make_quadratic(spec.problem, spec.folder); });
  solved.notes = solved.problem.notes;
  at_place(spec.request_place, [&] { check_request(solved.problem, spec.request); });
  solved.start = at_place(spec.problem_place, [&] {  // before hours of work
    return read_weights(spec.start, size_of(solved.problem.matrix), spec.folder);
  });
  const int threads = options.threads > 0 ? options.threads : ThreadPool::available();
  const Quadratic& problem = solved.problem;
  const Task task{spec, problem, spec.request, options.backend, threads, solved.notes};
  solved.zero_tolerance = rounding_bound(problem);
  solved.is_positive_beyond_kernel = !std::holds_alternative<MatrixProblem>(spec.problem) && !problem.regression;
  const spectra::BlasThreads blas(threads);
  if (options.note) options.note(fmt::format("computing the spectrum of {} ...", title_of(spec.problem, problem)));
  if (problem.regression) {
    solve_regression(task, solved);
  } else {
    solved.spectrum =
        at_place(spec.request_place, [&] { return raw_spectrum(task, chosen_solver(problem, spec.request)); });
  }
  spectra::check(problem.matrix, solved.spectrum);
  fill_bounds(problem, solved.zero_tolerance, solved.spectrum);
  if (spec.request.vectors == Vectors::none) solved.spectrum.vectors.clear();
  find_minimum(task, solved);
  require_unchanged(spec);
  return solved;
}

}  // namespace ravine
