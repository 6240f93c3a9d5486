#include "ravine/freeze.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "engine/spectrum_solver.hpp"
#include "io/new_folder.hpp"
#include "ravine/error.hpp"
#include "spectra/regression.hpp"

namespace ravine {
namespace {

using Json = nlohmann::json;

/// What a check found, or null where it could not be made.
Json figure(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json checks_json(const SpectrumChecks& checks) {
  return {{"residual", figure(checks.residual)},           {"residual_is", checks.residual_is},
          {"orthogonality", figure(checks.orthogonality)}, {"trace", figure(checks.trace)},
          {"frobenius", figure(checks.frobenius)},         {"tolerance", checks.tolerance}};
}

const char* kind_of(const Problem& problem) {
  if (std::holds_alternative<MatrixProblem>(problem)) return "matrix";
  if (std::holds_alternative<RosenbrockProblem>(problem)) return "rosenbrock";
  if (std::holds_alternative<RegressionProblem>(problem)) return "regression";
  return "graph";
}

Json attributes_of(const SpectrumSpec& spec, const SolvedProblem& solved) {
  const Quadratic& problem = solved.problem;
  return {{"title", title_of(spec.problem, problem)},
          {"kind", kind_of(spec.problem)},
          {"n", size_of(problem.matrix)},
          {"nonzeros", nonzeros_of(problem.matrix)},
          {"components", connected_components_of(problem.matrix)},
          {"kernel", problem.kernel.dimension},
          {"positive_beyond_kernel", solved.is_positive_beyond_kernel},
          {"zero_tolerance", solved.zero_tolerance},
          {"solver", solved.spectrum.solver},
          {"checks", checks_json(solved.spectrum.checks)},
          {"notes", solved.notes},
          {"ravine_identity", identity_of(spec)}};
}

/// The arrays under construction.
class Arrays {
 public:
  void add(std::string name, std::vector<std::string> dimensions, std::vector<std::int64_t> shape,
           std::pair<const char*, std::variant<std::vector<double>, std::vector<std::int64_t>>> content) {
    arrays_.push_back(
        {std::move(name), std::move(dimensions), std::move(shape), content.first, std::move(content.second)});
  }
  void add(const char* name, const char* dimension, const char* long_name, std::vector<double> values) {
    const auto count = static_cast<std::int64_t>(values.size());
    add(name, {dimension}, {count}, {long_name, std::move(values)});
  }
  void add(const char* name, const char* dimension, const char* long_name, std::vector<std::int64_t> values) {
    const auto count = static_cast<std::int64_t>(values.size());
    add(name, {dimension}, {count}, {long_name, std::move(values)});
  }
  [[nodiscard]] std::vector<StoredArray> take() && { return std::move(arrays_); }

 private:
  std::vector<StoredArray> arrays_;
};

void add_graph(const Quadratic& problem, Arrays& arrays) {
  if (!problem.graph) return;
  std::vector<std::int64_t> ends;
  for (const auto& [a, b] : problem.graph->edges) ends.insert(ends.end(), {a, b});
  const auto edges = static_cast<std::int64_t>(problem.graph->edges.size());
  if (edges > 0) arrays.add("edge", {"edge_number", "end"}, {edges, 2}, {"the two vertices of each edge", ends});
  if (!problem.sides.empty()) arrays.add("side", "side_number", "vertices along each side", problem.sides);
  if (!problem.distinguished.empty()) {
    arrays.add("distinguished", "distinguished_number", "distinguished vertices", problem.distinguished);
  }
}

/// What a method keeps of each mode, and where that leads.
void add_filtered(const char* method, const spectra::RegressionStudy& study, const spectra::Filtered& filtered,
                  Arrays& arrays) {
  const auto steps = static_cast<std::int64_t>(study.steps.size());
  const auto modes = static_cast<std::int64_t>(study.eigenvalues.size());
  const auto points = static_cast<std::int64_t>(study.grid.size());
  const auto name = [method](const char* what) { return fmt::format("{}_{}", method, what); };
  arrays.add(name("filter"), {"step", "mode"}, {steps, modes}, {"what is kept of each mode", filtered.filters});
  arrays.add(name("weights"), {"step", "weight"}, {steps, modes}, {"weights", filtered.weights});
  arrays.add(name("loss"), {"step"}, {steps}, {"loss on the samples", filtered.losses});
  arrays.add(name("curve"), {"step", "point"}, {steps, points}, {"the polynomial", filtered.curves});
}

void add_study(const spectra::RegressionStudy& study, Arrays& arrays) {
  const auto modes = static_cast<std::int64_t>(study.eigenvalues.size());
  const auto samples = static_cast<std::int64_t>(study.input.size());
  const auto points = static_cast<std::int64_t>(study.grid.size());
  arrays.add("input", "sample", "input of the samples", study.input);
  arrays.add("observation", "sample", "observation", study.observation);
  arrays.add("point", "point", "input of the curves", study.grid);
  arrays.add("eigenfeature", {"mode", "sample"}, {modes, samples},
             {"eigenfeature at the samples", study.eigenfeatures});
  arrays.add("eigenfeature_curve", {"mode", "point"}, {modes, points}, {"eigenfeature", study.features_on_grid});
  arrays.add("coordinate", "mode", "least squares in the eigenfeatures", study.coordinates);
  if (!study.coordinate_std.empty()) {
    arrays.add("coordinate_std", "mode", "standard deviation of the coordinate", study.coordinate_std);
  }
  arrays.add("least_squares_curve", "point", "the polynomial of least squares", study.least_squares_curve);
  arrays.add("step", "step", "step k", study.steps);
  arrays.add("eta", "step", "ridge penalty 1/(alpha k), alpha = 1/lambda_n", study.etas);
  add_filtered("gradient_descent", study, study.gradient_descent, arrays);
  add_filtered("heavy_ball", study, study.heavy_ball, arrays);
  add_filtered("ridge", study, study.ridge, arrays);
}

/// How many digits of each eigenvalue there are, and how many other ways of computing it would leave.
void add_errors(const spectra::RegressionModes& modes, Arrays& arrays) {
  arrays.add("eigenvalue_error", "mode", "relative error of the eigenvalue", modes.error);
  arrays.add("eigenvalue_error_of_inputs", "mode", "what rounding of the inputs costs it", modes.error_of_inputs);
  arrays.add("eigenvalue_error_of_powers", "mode", "what rounding of Z would cost it", modes.error_of_rounded);
  arrays.add("eigenvalue_error_of_normal", "mode", "what rounding of Z'Z would cost it", modes.error_of_normal);
}

/// Takes what is large: vectors of a dense spectrum are as large as the matrix.
Arrays arrays_of(SolvedProblem solved) {
  Arrays arrays;
  Spectrum& spectrum = solved.spectrum;
  const auto count = static_cast<std::int64_t>(spectrum.eigenvalues.size());
  arrays.add("mode", "mode", "position in the ascending spectrum, from 1", spectrum.index);
  arrays.add("eigenvalue", "mode", "eigenvalue lambda", spectrum.eigenvalues);
  arrays.add("eigenvalue_bound", "mode", "bound on the error of the eigenvalue", spectrum.bounds);
  if (!spectrum.vectors.empty()) {
    arrays.add("eigenvector", {"mode", "weight"}, {count, spectrum.size},
               {"eigenvector of length 1", std::move(spectrum.vectors)});
  }
  if (!solved.solution.empty()) arrays.add("solution", "weight", "minimiser w*", solved.solution);
  if (!solved.start.empty()) arrays.add("start", "weight", "weights w0 before the first step", solved.start);
  if (!solved.projection.empty()) arrays.add("projection", "mode", "Q'(w0 - w*)", solved.projection);
  add_graph(solved.problem, arrays);
  if (solved.modes) add_errors(*solved.modes, arrays);
  if (solved.study) add_study(*solved.study, arrays);
  return arrays;
}

/// A spectrum that is there must be that of the spec.
SpectrumStore open_checked(const std::filesystem::path& path, const std::string& identity) {
  SpectrumStore store = SpectrumStore::open(path);
  if (store.identity() == identity) return store;
  throw StoreBusyError(
      fmt::format("'{}' holds the spectrum of another problem, or with another [spectrum] table (identity {}, wanted "
                  "{}); remove it, or name another "
                  "folder with --store or [output] spectrum",
                  path.string(), store.identity(), identity));
}

}  // namespace

Frozen freeze_spectrum(const SpectrumSpec& spec, const std::filesystem::path& path, const FreezeOptions& options) {
  constexpr std::chrono::milliseconds pause{100};
  const std::string identity = identity_of(spec);
  const auto compute = [&] {
    SolvedProblem solved = solve(spec, options);
    std::string attributes = attributes_of(spec, solved).dump();
    return SpectrumContent{std::move(attributes), arrays_of(std::move(solved)).take()};
  };
  for (bool waiting = false;; waiting = true) {
    if (SpectrumStore::exists(path)) return {open_checked(path, identity), false};
    try {
      return {SpectrumStore::create(path, identity, compute), true};
    } catch (const detail::BeingMadeError&) {
      if (!waiting && options.note) {
        options.note(fmt::format("another process computes the spectrum '{}': waiting for it", path.string()));
      }
      std::this_thread::sleep_for(pause);
    } catch (const StoreBusyError&) {
      if (!SpectrumStore::exists(path)) throw;  // else another process was quicker
    }
  }
}

}  // namespace ravine
