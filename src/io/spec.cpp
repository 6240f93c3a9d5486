#include "ravine/spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "grid/floating_point_environment.hpp"
#include "io/messages.hpp"
#include "io/spec_axis.hpp"
#include "io/spec_ensemble.hpp"
#include "io/spec_problem.hpp"
#include "io/spec_rules.hpp"
#include "io/spec_toml.hpp"

namespace ravine {
namespace detail {

std::vector<std::string> axes_of(Method method) {
  if (method == Method::gradient_descent) return {"lambda", "alpha"};
  return {"lambda", "alpha", "beta"};
}

bool has_worst_case(Quantity quantity) {
  return quantity == Quantity::rate || quantity == Quantity::gap || quantity == Quantity::regime;
}

namespace {

/// Methods of the format that this version does not have.
std::vector<std::string> later_methods() {
  return {"nesterov", "qhm", "triple-momentum", "family"};
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The table of that name at the top level, or nothing.
const toml::table* section(const SpecFile& file, const std::string& name) {
  const toml::node* node = file.root().get(name);
  return node == nullptr ? nullptr : &file.table_at(*node, fmt::format("[{}]", name));
}

/// The table of that name at the top level, which must be there.
const toml::table& needed_section(const SpecFile& file, const std::string& name, const std::string& use) {
  if (const toml::table* table = section(file, name)) return *table;
  file.fail(file.root().source(), fmt::format("no [{}]", name), fmt::format("a table [{}] {}", name, use));
}

Method read_method(const SpecFile& file, const toml::table& sweep) {
  const toml::node* node = sweep.get("method");
  if (node == nullptr) file.fail(sweep.source(), "[sweep] without method", "method = " + one_of(method_names()));
  const std::string name = file.string_at(*node, "method");
  if (const auto method = method_named(name)) return *method;
  if (contains(later_methods(), name)) {
    file.fail(node->source(), fmt::format("the method {}, which this version does not have", in_quotes(name)),
              one_of(method_names()));
  }
  file.fail(node->source(), fmt::format("the unknown method {}", in_quotes(name)),
            one_of(method_names()) + did_you_mean(name, method_names()));
}

Precision read_precision(const SpecFile& file, const toml::table& sweep) {
  const toml::node* node = sweep.get("precision");
  if (node == nullptr) return Precision::float64;
  const std::string name = file.string_at(*node, "precision");
  if (const auto precision = precision_named(name)) return *precision;
  file.fail(node->source(), fmt::format("the unknown precision {}", in_quotes(name)),
            one_of(precision_names()) + did_you_mean(name, precision_names()));
}

Kind read_kind(const SpecFile& file, const toml::table& sweep) {
  const toml::node* node = sweep.get("kind");
  if (node == nullptr) return Kind::rate;
  const std::string name = file.string_at(*node, "kind");
  if (const auto kind = kind_named(name)) return *kind;
  file.fail(node->source(), fmt::format("the unknown kind {}", in_quotes(name)),
            one_of(kind_names()) + did_you_mean(name, kind_names()));
}

std::vector<Quantity> default_quantities(Kind kind) {
  switch (kind) {
    case Kind::rate:
      return {Quantity::rate};
    case Kind::trajectory:
      return {Quantity::loss, Quantity::status};
    case Kind::noise:
      return {Quantity::mean_loss, Quantity::standard_error_loss, Quantity::expected_loss};
  }
  return {};
}

std::vector<Quantity> read_quantities(const SpecFile& file, const toml::table& sweep, Kind kind) {
  const toml::node* node = sweep.get("quantities");
  if (node == nullptr) return default_quantities(kind);
  const std::vector<std::string> names = file.names_at(*node, "quantities");
  std::vector<Quantity> quantities;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto quantity = quantity_named(names[i]);
    const toml::source_region& place = (*node->as_array())[i].source();
    if (!quantity) {
      file.fail(place, fmt::format("the unknown quantity {}", in_quotes(names[i])),
                one_of(quantity_names(kind)) + did_you_mean(names[i], quantity_names(kind)));
    }
    if (const Kind its_kind = info_of(*quantity).kind; its_kind != kind) {
      file.fail(place, fmt::format("the quantity {} in a sweep of kind {}", in_quotes(names[i]), name_of(kind)),
                fmt::format("{}, or [sweep] kind = \"{}\"", one_of(quantity_names(kind)), name_of(its_kind)));
    }
    quantities.push_back(*quantity);
  }
  return quantities;
}

/// The names of the axes in grid order.
std::vector<std::string> read_order(const SpecFile& file, const toml::table& sweep, Method method) {
  std::vector<std::string> axes = axes_of(method);
  const toml::node* node = sweep.get("order");
  if (node == nullptr) return axes;
  std::vector<std::string> order = file.names_at(*node, "order");
  const std::string wanted = fmt::format("each of the axes {} once", fmt::join(axes, ", "));
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (contains(axes, order[i])) continue;
    file.fail((*node->as_array())[i].source(), fmt::format("the unknown axis {} in order", in_quotes(order[i])),
              wanted + did_you_mean(order[i], axes));
  }
  for (const std::string& axis : axes) {
    if (!contains(order, axis)) file.fail(node->source(), fmt::format("order without {}", in_quotes(axis)), wanted);
  }
  return order;
}

void check_axis_names(const SpecFile& file, const toml::table& axes, Method method) {
  const std::vector<std::string> needed = axes_of(method);
  if (method == Method::gradient_descent && axes.contains("beta")) {
    file.fail(axes.find("beta")->first.source(), "an axis beta, which gradient-descent does not have",
              "no beta, or method = \"heavy-ball\"");
  }
  file.check_keys(axes, {"[axes]", needed, {}});
  for (const std::string& name : needed) {
    if (axes.contains(name)) continue;
    file.fail(axes.source(), fmt::format("[axes] without {}", name),
              fmt::format("the axes {} for {}", fmt::join(needed, ", "), name_of(method)));
  }
}

/// The frozen spectrum that the lambda axis comes from, if any.
std::optional<FrozenValues> read_axes(const SpecFile& file, const std::vector<std::string>& order, Spec& spec) {
  std::optional<FrozenValues> frozen;
  const toml::table& axes = needed_section(file, "axes", "with the values to sweep");
  check_axis_names(file, axes, spec.method);
  for (const std::string& name : order) {
    SpecAxis read = read_axis(file, name, *axes.get(name), spec.precision);
    spec.axes.push_back(std::move(read.axis));
    if (read.frozen) frozen = std::move(read.frozen);
    if (!read.input) continue;
    const bool known = std::any_of(spec.inputs.begin(), spec.inputs.end(),
                                   [&read](const InputFile& input) { return input.path == read.input->path; });
    if (!known) spec.inputs.push_back(std::move(*read.input));
  }
  return frozen;
}

Reduction read_reduction(const SpecFile& file, const Spec& spec) {
  const toml::table* reduce = section(file, "reduce");
  if (reduce == nullptr) return Reduction::none;
  file.check_keys(*reduce, {"[reduce]", {"lambda"}, {}});
  const toml::node* node = reduce->get("lambda");
  if (node == nullptr) return Reduction::none;
  const std::string kind = file.string_at(*node, "reduce.lambda");
  const std::string known = spec.kind == Kind::rate ? "worst" : "sum";
  if (kind != known) {
    file.fail(node->source(), fmt::format("the unknown reduction {}", in_quotes(kind)),
              fmt::format("\"{}\" in a sweep of kind {}{}", known, name_of(spec.kind), did_you_mean(kind, {known})));
  }
  if (spec.kind != Kind::rate) return Reduction::sum;
  for (const Quantity quantity : spec.quantities) {
    if (has_worst_case(quantity)) continue;
    file.fail(node->source(), fmt::format("a reduction of {}", name_of(quantity)),
              "only rate, gap and regime among the quantities of a spec with [reduce]");
  }
  return Reduction::worst;
}

/// A part of the loss is the loss where there is one eigenvalue in a cell.
void check_parts(const SpecFile& file, const toml::table& sweep, const Spec& spec) {
  if (spec.lambda_reduction == Reduction::sum) return;
  for (std::size_t i = 0; i < spec.quantities.size(); ++i) {
    if (spec.quantities[i] != Quantity::loss_parts) continue;
    file.fail((*sweep.get("quantities")->as_array())[i].source(), "loss_parts of one eigenvalue in each cell",
              "loss, or [reduce] lambda = \"sum\" for a problem with all the eigenvalues");
  }
}

/// Rejects the tables that a sweep of that kind does not have.
void check_tables(const SpecFile& file, Kind kind) {
  for (const char* name : {"start", "record", "noise", "histogram"}) {
    const bool is_of_noise = std::string_view(name) == "noise" || std::string_view(name) == "histogram";
    const toml::node* node = file.root().get(name);
    if (node == nullptr || kind == Kind::noise || (kind == Kind::trajectory && !is_of_noise)) continue;
    file.fail(node->source(), fmt::format("[{}] in a sweep of kind {}", name, name_of(kind)),
              fmt::format("[sweep] kind = {}", is_of_noise ? "\"noise\"" : one_of({"trajectory", "noise"})));
  }
  const toml::node* const summary = file.root().get("summary");
  if (summary != nullptr && kind != Kind::rate) {
    file.fail(summary->source(), fmt::format("[summary] in a sweep of kind {}", name_of(kind)), "it in rate maps only");
  }
}

std::filesystem::path read_store(const SpecFile& file) {
  const toml::table* output = section(file, "output");
  if (output != nullptr) file.check_keys(*output, {"[output]", {"store", "spectrum"}, {}});
  const toml::node* node = output == nullptr ? nullptr : output->get("store");
  if (node == nullptr) return std::filesystem::path("out") / file.path().stem();
  const std::string store = file.string_at(*node, "output.store");
  if (store.empty()) file.fail_at(*node, "output.store to name a directory");
  return store;
}

std::vector<double> read_percentiles(const SpecFile& file) {
  const toml::table* summary = section(file, "summary");
  if (summary != nullptr) file.check_keys(*summary, {"[summary]", {"percentiles"}, {}});
  const toml::node* node = summary == nullptr ? nullptr : summary->get("percentiles");
  if (node == nullptr) return Spec{}.percentiles;
  if (node->is_array() && node->as_array()->empty()) return {};
  std::vector<double> percentiles;
  for (const toml::node& element : file.array_at(*node, "summary.percentiles")) {
    const double percent = file.number_at(element, "every element of summary.percentiles");
    if (!is_percent(percent)) file.fail_at(element, "percentiles above 0 and at most 100");
    if (std::find(percentiles.begin(), percentiles.end(), percent) != percentiles.end()) {
      file.fail(element.source(), fmt::format("the percentile {} twice", percent), "each of summary.percentiles once");
    }
    percentiles.push_back(percent);
  }
  if (percentiles.size() > most_percentiles) {
    file.fail(node->source(), fmt::format("{} percentiles", percentiles.size()),
              fmt::format("at most {}", most_percentiles));
  }
  return percentiles;
}

Spec read_whole(const SpecFile& file) {
  const FloatingPointEnvironment exact;
  file.check_keys(file.root(), {"the spec",
                                {"sweep", "axes", "problem", "spectrum", "reduce", "start", "record", "noise",
                                 "histogram", "summary", "output"},
                                {}});
  if (file.root().contains("problem") && !file.root().contains("sweep")) {
    file.fail(file.root().source(), "a [problem] and no [sweep]",
              fmt::format("'ravine spectrum {}', or a table [sweep] with the method", file.path().string()));
  }
  const toml::table& sweep = needed_section(file, "sweep", "with the method");
  file.check_keys(sweep, {"[sweep]", {"kind", "method", "quantities", "precision", "order"}, {}});
  Spec spec;
  spec.kind = read_kind(file, sweep);
  check_tables(file, spec.kind);
  spec.method = read_method(file, sweep);
  spec.precision = read_precision(file, sweep);
  spec.quantities = read_quantities(file, sweep, spec.kind);
  const auto frozen = read_axes(file, read_order(file, sweep, spec.method), spec);
  spec.lambda_reduction = read_reduction(file, spec);
  check_parts(file, sweep, spec);
  if (spec.kind != Kind::rate) spec.ensemble = read_ensemble(file, spec, frozen);
  spec.percentiles = read_percentiles(file);
  spec.store = read_store(file);
  return spec;
}

}  // namespace
}  // namespace detail

Spec read_spec(const std::filesystem::path& path) {
  return detail::read_whole(detail::SpecFile(path));
}

SpecDraft::SpecDraft(const std::filesystem::path& path) : file_(std::make_shared<const detail::SpecFile>(path)) {
  if (!file_->root()["axes"]["lambda"]["problem"]) {
    spec_ = detail::read_whole(*file_);
    return;
  }
  spec_ = detail::read_whole(file_->standing_in());
  problem_ = detail::read_problem(*file_);
}

Spec SpecDraft::whole() const {
  return problem_ ? detail::read_whole(*file_) : spec_;
}

}  // namespace ravine
