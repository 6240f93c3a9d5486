// Of what a store is the spectrum: a hash of the problem, the request and the files' content.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/files.hpp"
#include "ravine/spectrum_spec.hpp"

namespace ravine {
namespace {

/// Part of the identity: another number where the meaning of a problem or of what is stored changes.
constexpr int spectrum_version = 1;

using Json = nlohmann::json;

Json weights_json(const Weights& weights) {
  if (const auto* const number = std::get_if<double>(&weights)) return *number + 0.0;  // -0 is 0
  const auto& file = std::get<WeightsFile>(weights);
  return {{"file", true}, {"column", file.column ? Json(*file.column) : Json(nullptr)}};
}

Json graph_json(const GraphProblem& problem) {
  Json json = {{"operator", name_of(problem.kind)}, {"b", weights_json(problem.b)}};
  if (const auto* const graph = std::get_if<GeneratedGraph>(&problem.graph)) {
    json["graph"] = {{"family", name_of(graph->family)},
                     {"sizes", graph->sizes},
                     {"degree", graph->degree},
                     {"probability", graph->probability},
                     {"seed", graph->seed}};
  } else {
    json["graph"] = "file";
  }
  if (const auto* const listed = std::get_if<std::vector<std::int64_t>>(&problem.distinguished)) {
    std::vector<std::int64_t> sorted = *listed;
    std::sort(sorted.begin(), sorted.end());
    json["distinguished"] = sorted;
  } else {
    json["distinguished"] = "mask";
  }
  return json;
}

Json problem_json(const Problem& problem) {
  if (const auto* const matrix = std::get_if<MatrixProblem>(&problem)) return {{"matrix", weights_json(matrix->b)}};
  if (const auto* const graph = std::get_if<GraphProblem>(&problem)) return graph_json(*graph);
  if (const auto* const rosenbrock = std::get_if<RosenbrockProblem>(&problem)) {
    return {{"rosenbrock", name_of(rosenbrock->end)}, {"n", rosenbrock->size}, {"kappa", rosenbrock->kappa}};
  }
  const auto& regression = std::get<RegressionProblem>(problem);
  return {{"regression", {regression.input, regression.output}},
          {"degree", regression.degree},
          {"steps", regression.steps}};
}

Json request_json(const SpectrumRequest& request) {
  Json json = {{"solver", name_of(request.solver)}, {"vectors", request.vectors == Vectors::kept}, {"values", "all"}};
  if (request.extremes) json["values"] = {request.extremes->smallest, request.extremes->largest};
  return json;
}

}  // namespace

std::string identity_of(const SpectrumSpec& spec) {
  const Json json = {{"problem", problem_json(spec.problem)},
                     {"w0", weights_json(spec.start)},
                     {"request", request_json(spec.request)}};
  std::string text = fmt::format("ravine spectrum identity {}\n{}\n", spectrum_version, json.dump());
  for (const InputFile& input : spec.inputs) text += fmt::format("input {}\n", input.hash);
  return detail::checksum_of(text);
}

}  // namespace ravine
