#include "io/spec_ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/messages.hpp"
#include "io/spec_section.hpp"

namespace ravine::detail {
namespace {

/// A number that is finite at the spec's precision too.
double number_at_precision(const SpecFile& file, const toml::node& node, const std::string& name, const Domain& domain,
                           Precision precision) {
  const double value = number_in(file, node, name, domain);
  if (precision == Precision::float32 && std::fabs(value) >= 0x1.ffffffp+127) {
    file.fail_at(node, fmt::format("{} below 3.4028236e+38 in size at float32", name));
  }
  return value;
}

/// One number for all the spec's eigenvalues, or a list with one each.
std::vector<double> read_per_component(const SpecFile& file, const toml::node& node, const std::string& name,
                                       const Spec& spec, const Domain& domain) {
  const auto checked = [&](const toml::node& element, const std::string& called) {
    return number_at_precision(file, element, called, domain, spec.precision);
  };
  if (!node.is_array()) return {checked(node, name)};
  if (spec.lambda_reduction != Reduction::sum) {
    file.fail(node.source(), fmt::format("a list as {}", name),
              "one number, or [reduce] lambda = \"sum\" for a problem with all the eigenvalues");
  }
  std::vector<double> values;
  for (const toml::node& element : file.array_at(node, name)) {
    values.push_back(checked(element, fmt::format("every element of {}", name)));
  }
  if (file.own_spectrum() == OwnSpectrum::stand_in) return values;  // how many eigenvalues there are is not known yet
  const std::int64_t components = components_of(spec);
  if (static_cast<std::int64_t>(values.size()) != components) {
    file.fail(node.source(), fmt::format("{} values in {}", values.size(), name),
              fmt::format("one for each of the {} eigenvalues, or one number for all", components));
  }
  return values;
}

/// x = Q'(w0 - w*), of the spectrum that the eigenvalues come from.
std::vector<double> read_projection(const SpecFile& file, const toml::node& node, const Spec& spec,
                                    const std::optional<FrozenValues>& frozen) {
  const std::string name = file.string_at(node, "start.x");
  if (name != "projection") file.fail_at(node, "start.x to be numbers, or \"projection\"");
  if (!frozen || spec.lambda_reduction != Reduction::sum) {
    file.fail(node.source(), "start.x = \"projection\" without a spectrum to project on",
              "lambda = { store = ... } or { problem = true }, and [reduce] lambda = \"sum\"");
  }
  if (!frozen->store) {
    if (file.root()["spectrum"]["vectors"].value_or(false)) return {0.0};
    file.fail(node.source(), "no projection in the spectrum of [problem]", "[spectrum] vectors = true");
  }
  if (!frozen->store->has("projection")) {
    file.fail(node.source(), fmt::format("no projection in the spectrum '{}'", frozen->store->path().string()),
              "one with [spectrum] vectors = true, of a problem whose w* is known ('ravine spectrum' says where it is "
              "not)");
  }
  const std::vector<double> all = frozen->store->numbers("projection");
  std::vector<double> x;
  for (const std::size_t k : frozen->kept) {
    if (spec.precision == Precision::float32 && std::fabs(all[k]) >= 0x1.ffffffp+127) {
      file.fail(node.source(), fmt::format("the projection {}", all[k]), "values below 3.4028236e+38 at float32");
    }
    x.push_back(all[k]);
  }
  return x;
}

Start read_start(const SpecFile& file, const Spec& spec, const std::optional<FrozenValues>& frozen) {
  const Section section(file, "start", {"x", "y"});
  Start start;
  const toml::node* const x = section.get("x");
  if (x != nullptr && x->is_string()) {
    start.x = read_projection(file, *x, spec, frozen);
  } else if (x != nullptr) {
    start.x = read_per_component(file, *x, "start.x", spec, finite);
  }
  if (const auto* node = section.get("y")) start.y = read_per_component(file, *node, "start.y", spec, finite);
  return start;
}

ListedSteps read_listed_steps(const SpecFile& file, const toml::node& node, std::int64_t last) {
  ListedSteps listed;
  for (const toml::node& element : file.array_at(node, "record.at")) {
    const std::int64_t step = file.integer_at(element, "every element of record.at");
    if (step < 0 || step > last) file.fail_at(element, fmt::format("steps from 0 to record.steps = {}", last));
    if (!listed.steps.empty() && step <= listed.steps.back()) file.fail_at(element, "steps in ascending order");
    listed.steps.push_back(step);
  }
  return listed;
}

constexpr const char* forms_of_at = "\"every\", { every = N }, { log = COUNT } or a list of steps";

std::variant<EveryNth, LogSpaced, ListedSteps> read_at(const SpecFile& file, const Section& section,
                                                       const toml::node& node, std::int64_t last) {
  if (node.is_array()) return read_listed_steps(file, node, last);
  if (node.is_string() && node.as_string()->get() == "every") return EveryNth{1};
  if (!node.is_table()) file.fail_at(node, fmt::format("record.at to be {}", forms_of_at));
  const toml::table& table = *node.as_table();
  file.check_keys(table, {"record.at", {"every", "log"}, {}});
  if (table.size() != 1)
    file.fail(node.source(), "a table of other than one key", fmt::format("record.at to be {}", forms_of_at));
  if (const toml::node* const every = table.get("every")) {
    return EveryNth{section.integer(*every, "at.every", 1, most_steps)};
  }
  return LogSpaced{section.integer(*table.get("log"), "at.log", 1, std::int64_t{1} << 20)};
}

Record read_record(const SpecFile& file, Precision precision) {
  const Section section(file, "record", {"steps", "at", "tolerance"});
  Record record;
  record.steps = section.integer(section.needed("steps", "the last step"), "steps", 1, most_steps);
  if (const auto* node = section.get("at")) record.at = read_at(file, section, *node, record.steps);
  if (const auto* node = section.get("tolerance")) {
    record.tolerance = number_at_precision(file, *node, "record.tolerance", not_negative, precision);
  }
  return record;
}

/// The exponents of the powers of two around a range of losses.
void read_range(const SpecFile& file, const Section& section, Histogram& histogram) {
  const auto* from = section.get("from");
  const auto* to = section.get("to");
  const Domain positive = {[](double value) { return value >= 0x1p-1022; }, "a positive normal number"};
  if (from != nullptr) histogram.from = std::ilogb(number_in(file, *from, "histogram.from", positive));
  if (to != nullptr) {
    const double value = number_in(file, *to, "histogram.to", positive);
    histogram.to = std::ilogb(value);
    if (std::scalbn(1.0, histogram.to) < value) ++histogram.to;
  }
  if (histogram.to > 1023) file.fail_at(*to, "histogram.to at most 2^1023");
  if (histogram.from >= histogram.to) {
    file.fail((to != nullptr ? to : from)->source(),
              fmt::format("a histogram from 2^{} to 2^{}", histogram.from, histogram.to),
              "histogram.from below histogram.to");
  }
}

Histogram read_histogram(const SpecFile& file) {
  const Section section(file, "histogram", {"from", "to", "bins_per_octave", "quantiles"});
  Histogram histogram;
  read_range(file, section, histogram);
  if (const auto* node = section.get("bins_per_octave")) {
    const std::int64_t bins = section.integer(*node, "bins_per_octave", 1, 4096);
    histogram.bits_per_octave = std::ilogb(static_cast<double>(bins));
    if (std::int64_t{1} << histogram.bits_per_octave != bins) {
      file.fail_at(*node, "histogram.bins_per_octave to be a power of two: 1, 2, 4, 8, ...");
    }
  }
  if (const auto* node = section.get("quantiles")) {
    histogram.quantiles.clear();
    for (const toml::node& element : file.array_at(*node, "histogram.quantiles")) {
      const double value = number_in(file, element, "every element of histogram.quantiles", inside_0_1);
      if (!histogram.quantiles.empty() && value <= histogram.quantiles.back()) {
        file.fail_at(element, "quantiles in ascending order");
      }
      histogram.quantiles.push_back(value);
    }
  }
  return histogram;
}

/// A deviation that is no normal number at the precision is not what was meant.
void check_deviations(const SpecFile& file, const toml::node& node, const Noise& noise, Precision precision) {
  const double least = precision == Precision::float64 ? 0x1p-1022 : 0x1p-126;
  for (const double variance : noise.variance) {
    if (variance == 0 || std::sqrt(variance) >= least) continue;
    file.fail(node.source(),
              fmt::format("the variance {}, whose square root {} can't hold", variance, name_of(precision)),
              fmt::format("0, or at least {}", least * least > 0 ? least * least : 0x1p-1074));
  }
}

Noise read_noise(const SpecFile& file, const Spec& spec) {
  const Section section(file, "noise", {"variance", "replicates", "first_replicate", "seed", "common_random_numbers"});
  Noise noise;
  noise.variance = read_per_component(file, section.needed("variance", "that of the gradient's error"),
                                      "noise.variance", spec, not_negative);
  if (const auto* node = section.get("first_replicate")) {
    noise.first_replicate = section.integer(*node, "first_replicate", 0, most_replicates - 1);
  }
  check_deviations(file, section.needed("variance", ""), noise, spec.precision);
  const toml::node& replicates = section.needed("replicates", "how many");
  noise.replicates = section.integer(replicates, "replicates", 1, most_replicates);
  if (noise.first_replicate + noise.replicates > most_replicates) {
    file.fail_at(replicates, fmt::format("first_replicate + replicates to be at most 2^32 = {}", most_replicates));
  }
  if (const auto* node = section.get("seed")) noise.seed = section.integer(*node, "seed", 0, INT64_MAX);
  if (const auto* node = section.get("common_random_numbers")) {
    noise.common_random_numbers = file.boolean_at(*node, "noise.common_random_numbers");
  }
  noise.histogram = read_histogram(file);
  return noise;
}

}  // namespace

Ensemble read_ensemble(const SpecFile& file, const Spec& spec, const std::optional<FrozenValues>& frozen) {
  Ensemble ensemble;
  ensemble.start = read_start(file, spec, frozen);
  ensemble.record = read_record(file, spec.precision);
  if (spec.kind == Kind::noise) ensemble.noise = read_noise(file, spec);
  return ensemble;
}

}  // namespace ravine::detail
