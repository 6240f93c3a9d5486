// The canonical form of a spec. Keys stand in alphabetical order, so that JSON libraries that sort them agree.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "io/messages.hpp"
#include "io/spec_rules.hpp"
#include "ravine/error.hpp"
#include "ravine/spec.hpp"

namespace ravine {
namespace {

using Json = nlohmann::ordered_json;

template <class Range>
Json range_json(const std::string& name, const Range& range, const char* scale) {
  return {{"count", range.count}, {"from", range.from}, {"name", name}, {"scale", scale}, {"to", range.to}};
}

Json axis_json(const Axis& axis) {
  if (const auto* range = std::get_if<LinearRange>(&axis.values())) return range_json(axis.name(), *range, "linear");
  if (const auto* range = std::get_if<LogRange>(&axis.values())) return range_json(axis.name(), *range, "log");
  return {{"name", axis.name()}, {"values", std::get<ListedValues>(axis.values()).values}};
}

Json at_json(const Record& record) {
  if (const auto* every = std::get_if<EveryNth>(&record.at)) return {{"every", every->n}};
  if (const auto* spaced = std::get_if<LogSpaced>(&record.at)) return {{"log", spaced->count}};
  return {{"steps", std::get<ListedSteps>(record.at).steps}};
}

Json record_json(const Record& record) {
  return {{"at", at_json(record)}, {"steps", record.steps}, {"tolerance", record.tolerance}};
}

Json noise_json(const Noise& noise) {
  const Histogram& histogram = noise.histogram;
  return {{"common_random_numbers", noise.common_random_numbers},
          {"first_replicate", noise.first_replicate},
          {"histogram",
           {{"bits_per_octave", histogram.bits_per_octave},
            {"from", histogram.from},
            {"quantiles", histogram.quantiles},
            {"to", histogram.to}}},
          {"replicates", noise.replicates},
          {"seed", noise.seed},
          {"variance", noise.variance}};
}

Json spec_json(const Spec& spec) {
  Json axes = Json::array();
  for (const Axis& axis : spec.axes) axes.push_back(axis_json(axis));
  Json inputs = Json::array();
  for (const InputFile& input : spec.inputs) inputs.push_back({{"hash", input.hash}, {"path", input.path}});
  Json quantities = Json::array();
  for (const Quantity quantity : spec.quantities) quantities.push_back(name_of(quantity));
  Json reduce = Json::object();
  if (spec.lambda_reduction == Reduction::worst) reduce["lambda"] = "worst";
  if (spec.lambda_reduction == Reduction::sum) reduce["lambda"] = "sum";
  Json json = {{"axes", axes}};
  json["inputs"] = inputs;
  if (spec.kind != Kind::rate) json["kind"] = name_of(spec.kind);
  json["method"] = name_of(spec.method);
  if (spec.ensemble && spec.ensemble->noise) json["noise"] = noise_json(*spec.ensemble->noise);
  json["precision"] = name_of(spec.precision);
  json["quantities"] = quantities;
  if (spec.ensemble) json["record"] = record_json(spec.ensemble->record);
  json["reduce"] = reduce;
  if (spec.ensemble) json["start"] = {{"x", spec.ensemble->start.x}, {"y", spec.ensemble->start.y}};
  return json;
}

/// The value of an optional that a name gave, or an error that shows the name.
template <class T>
T named(std::optional<T> value, const std::string& name) {
  if (!value) throw DataError(fmt::format("found the unknown name {}", in_quotes(name)));
  return *value;
}

Axis axis_from(const Json& json) {
  std::string name = json.at("name").get<std::string>();
  if (json.contains("values")) return {std::move(name), ListedValues{json.at("values").get<std::vector<double>>()}};
  const auto from = json.at("from").get<double>();
  const auto to = json.at("to").get<double>();
  const auto count = json.at("count").get<std::int64_t>();
  if (json.at("scale").get<std::string>() == "log") return {std::move(name), LogRange{from, to, count}};
  return {std::move(name), LinearRange{from, to, count}};
}

void check_axes(const Spec& spec) {
  std::vector<std::string> names;
  for (const Axis& axis : spec.axes) names.push_back(axis.name());
  std::vector<std::string> wanted = detail::axes_of(spec.method);
  std::sort(names.begin(), names.end());
  std::sort(wanted.begin(), wanted.end());
  if (names != wanted) {
    throw DataError(fmt::format("found the axes {}; wanted {}", fmt::join(names, ", "), fmt::join(wanted, ", ")));
  }
}

Record record_from(const Json& json) {
  Record record;
  const Json& at = json.at("at");
  if (at.contains("every")) record.at = EveryNth{at.at("every").get<std::int64_t>()};
  if (at.contains("log")) record.at = LogSpaced{at.at("log").get<std::int64_t>()};
  if (at.contains("steps")) record.at = ListedSteps{at.at("steps").get<std::vector<std::int64_t>>()};
  record.steps = json.at("steps").get<std::int64_t>();
  record.tolerance = json.at("tolerance").get<double>();
  return record;
}

Noise noise_from(const Json& json) {
  const Json& histogram = json.at("histogram");
  Noise noise;
  noise.common_random_numbers = json.at("common_random_numbers").get<bool>();
  noise.first_replicate = json.at("first_replicate").get<std::int64_t>();
  noise.histogram.bits_per_octave = histogram.at("bits_per_octave").get<int>();
  noise.histogram.from = histogram.at("from").get<int>();
  noise.histogram.quantiles = histogram.at("quantiles").get<std::vector<double>>();
  noise.histogram.to = histogram.at("to").get<int>();
  noise.replicates = json.at("replicates").get<std::int64_t>();
  noise.seed = json.at("seed").get<std::int64_t>();
  noise.variance = json.at("variance").get<std::vector<double>>();
  return noise;
}

Ensemble ensemble_from(const Json& json) {
  Ensemble ensemble;
  const Json& start = json.at("start");
  ensemble.start = {start.at("x").get<std::vector<double>>(), start.at("y").get<std::vector<double>>()};
  ensemble.record = record_from(json.at("record"));
  if (json.contains("noise")) ensemble.noise = noise_from(json.at("noise"));
  return ensemble;
}

Spec spec_from(const Json& json) {
  Spec spec;
  const auto method = json.at("method").get<std::string>();
  spec.method = named(method_named(method), method);
  const auto precision = json.at("precision").get<std::string>();
  spec.precision = named(precision_named(precision), precision);
  for (const Json& element : json.at("quantities")) {
    const auto quantity = element.get<std::string>();
    spec.quantities.push_back(named(quantity_named(quantity), quantity));
  }
  if (spec.quantities.empty()) throw DataError("found no quantities");
  for (const Json& element : json.at("axes")) spec.axes.push_back(axis_from(element));
  check_axes(spec);
  for (const Json& element : json.at("inputs")) {
    spec.inputs.push_back({element.at("path").get<std::string>(), element.at("hash").get<std::string>()});
  }
  if (json.contains("kind")) {
    const auto kind = json.at("kind").get<std::string>();
    spec.kind = named(kind_named(kind), kind);
  }
  if (json.at("reduce").contains("lambda")) {
    spec.lambda_reduction = spec.kind == Kind::rate ? Reduction::worst : Reduction::sum;
  }
  if (spec.kind != Kind::rate) spec.ensemble = ensemble_from(json);
  return spec;
}

[[noreturn]] void fail(const std::string& what) {
  throw DataError(fmt::format("not a canonical spec: {}; wanted the text that this version of ravine writes", what));
}

Spec read_canonical(std::string_view text) {
  try {
    return spec_from(Json::parse(text));
  } catch (const nlohmann::json::exception& error) {
    fail(error.what());
  } catch (const Error& error) {  // an axis or a name that no spec can have
    fail(error.what());
  }
}

}  // namespace

std::string canonical_json(const Spec& spec) {
  return spec_json(spec).dump();
}

Spec spec_from_canonical_json(std::string_view text) {
  Spec spec = read_canonical(text);
  // Whatever the reading above let pass (other keys, other spellings of a number) shows here.
  if (canonical_json(spec) != text) fail("found other text than its meaning has");
  return spec;
}

}  // namespace ravine
