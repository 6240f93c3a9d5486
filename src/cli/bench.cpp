// `ravine bench SPEC`: one map on the backends of this machine, equal bytes proved first, then times.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/signals.hpp"
#include "cli/space.hpp"
#include "cli/text.hpp"
#include "io/messages.hpp"
#include "ravine/comparison.hpp"
#include "ravine/error.hpp"
#include "ravine/version.hpp"

namespace ravine::cli {

namespace {

struct BenchArguments {
  std::filesystem::path spec;
  std::vector<Backend> backends;  ///< empty: those of this machine
  int repetitions = 5;
  int threads = 0;
  std::optional<std::int64_t> tile;
  bool json = false;
};

/// Repetitions in ascending order.
class Sample {
 public:
  explicit Sample(std::vector<double> seconds) : sorted_(std::move(seconds)) {
    std::sort(sorted_.begin(), sorted_.end());
  }
  [[nodiscard]] bool empty() const { return sorted_.empty(); }
  [[nodiscard]] double least() const { return sorted_.front(); }
  [[nodiscard]] double most() const { return sorted_.back(); }
  [[nodiscard]] double median() const {
    const std::size_t half = sorted_.size() / 2;
    return sorted_.size() % 2 == 1 ? sorted_[half] : (sorted_[half - 1] + sorted_[half]) / 2;
  }

 private:
  std::vector<double> sorted_;
};

std::vector<Backend> parse_backends(const std::string& list) {
  std::vector<Backend> backends;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string name = parse_choice("--compare", list.substr(begin, end - begin), {"cpu", "cuda"});
    const Backend backend = name == "cpu" ? Backend::cpu : Backend::cuda;
    if (std::find(backends.begin(), backends.end(), backend) != backends.end()) {
      refuse("--compare", fmt::format("found \"{}\" twice; wanted each once", name));
    }
    backends.push_back(backend);
    begin = end + 1;
  }
  return backends;
}

std::string device_text(const BackendTimes& times) {
  if (times.backend == Backend::cuda) return "cuda, " + times.device;
  return fmt::format("{}, {} thread{} on {} processors", times.device, times.threads, times.threads == 1 ? "" : "s",
                     times.processors);
}

std::string times_text(const char* label, const std::vector<double>& seconds, std::int64_t cells) {
  const Sample sample(seconds);
  if (sample.empty()) return {};
  return fmt::format("    {:<22}{:>11.4f} s  ({:.4f} to {:.4f})  {}\n", label, sample.median(), sample.least(),
                     sample.most(), human_rate(static_cast<double>(cells) / sample.median()));
}

std::string backend_text(const BackendTimes& times, std::int64_t cells) {
  std::string text = fmt::format("  {}\n", device_text(times));
  if (times.in_place != times.to_host) text += times_text("values on the device", times.in_place, cells);
  text += times_text("values on the host", times.to_host, cells);
  if (times.first) text += fmt::format("    {:<22}{:>11.4f} s\n", "the first time", *times.first);
  return text;
}

/// How many times as fast the second backend is, with and without the copy to the host.
std::string ratio_text(const Comparison& comparison) {
  if (comparison.backends.size() < 2) return {};
  const BackendTimes& one = comparison.backends[0];
  const BackendTimes& other = comparison.backends[1];
  if (one.to_host.empty() || other.to_host.empty()) return {};
  const std::string to_host =
      fmt::format("  {} takes {:.3g} times {}'s time with the values on the host", name_of(other.backend),
                  Sample(other.to_host).median() / Sample(one.to_host).median(), name_of(one.backend));
  if (other.in_place == other.to_host) return to_host + "\n";
  return to_host + fmt::format(", {:.3g} times where they stay\n",
                               Sample(other.in_place).median() / Sample(one.in_place).median());
}

std::string bench_text(const Comparison& comparison, const BenchArguments& arguments, const Spec& spec,
                       const Grid& grid) {
  std::string text =
      fmt::format("bench of {}\n  map {} = {} cells, {} of values; {} repetitions, median (least to most)\n",
                  arguments.spec.string(), shape_text(grid.shape, spec), grouped(comparison.cells),
                  human_bytes(comparison.bytes), arguments.repetitions);
  if (comparison.bytes_compared > 0) {
    text += fmt::format("  equal: {} and all partial results, byte by byte\n", human_bytes(comparison.bytes_compared));
  }
  if (comparison.backends.size() == 1) text += "  equal: not checked, there is one backend only\n";
  for (const BackendTimes& times : comparison.backends) text += backend_text(times, comparison.cells);
  return text + ratio_text(comparison);
}

Json sample_json(const std::vector<double>& seconds) {
  const Sample sample(seconds);
  if (sample.empty()) return nullptr;
  return {{"median", sample.median()}, {"least", sample.least()}, {"most", sample.most()}, {"all", seconds}};
}

Json bench_json(const Comparison& comparison, const BenchArguments& arguments, const Spec& spec, const Grid& grid) {
  Json json = Json::object();
  json["command"] = "bench";
  json["version"] = version;
  json["model_version"] = model_version;
  json["outcome"] = comparison.interrupted ? "interrupted" : "complete";
  json["spec"] = arguments.spec.string();
  json["identity"] = identity_of(spec, grid);
  json["shape"] = grid.shape;
  json["tile_shape"] = grid.tile_shape;
  json["cells"] = comparison.cells;
  json["bytes"] = comparison.bytes;
  json["bytes_compared"] = comparison.bytes_compared;
  json["backends"] = Json::array();
  for (const BackendTimes& times : comparison.backends) {
    json["backends"].push_back({{"backend", name_of(times.backend)},
                                {"device", times.device},
                                {"threads", times.threads},
                                {"processors", times.processors},
                                {"seconds_first", times.first ? Json(*times.first) : Json(nullptr)},
                                {"seconds_in_place", sample_json(times.in_place)},
                                {"seconds_to_host", sample_json(times.to_host)}});
  }
  return json;
}

ExitCode bench(const BenchArguments& arguments, Context& context) {
  Console& console = context.console;
  ComparisonOptions options;
  options.backends = arguments.backends.empty() ? available_backends() : arguments.backends;
  const Spec spec = read_spec(arguments.spec);
  const Grid grid = make_grid(spec, arguments.tile);
  require_memory(spec, grid);
  const StopOnSignal stop;
  options.threads = arguments.threads;
  options.repetitions = arguments.repetitions;
  options.stop = stop.token();
  if (console.error_is_terminal()) options.progress = [&console](const std::string& what) { console.note(what); };
  const Comparison comparison = compare_backends(spec, grid, options);
  console.print(arguments.json ? printed(bench_json(comparison, arguments, spec, grid))
                               : bench_text(comparison, arguments, spec, grid));
  if (!comparison.interrupted) return ExitCode::done;
  console.flush();
  console.warn("stopped by a signal: the times are of the repetitions that were whole");
  return ExitCode::interrupted;
}

}  // namespace

void add_bench_command(CLI::App& app, Action& action) {
  const auto command = add_command<BenchArguments>(app, action, "bench", bench);
  BenchArguments& arguments = *command.arguments;
  describe(
      *command.app, "measure a spec on the backends of this machine, after proving their bytes equal",
      "Writes nothing. Every repetition evaluates the whole map and its summary, on cuda twice: with the values left "
      "in\n"
      "the device's memory, and with the values in the host's. The backends take turns. With one backend nothing is\n"
      "compared.");
  add_spec(*command.app, arguments.spec);
  add_text(*command.app,
           {"--compare", "LIST", "backends to measure: cpu, cuda or both (default: those that can be used here)"},
           [&arguments](const std::string& text) { arguments.backends = parse_backends(text); });
  constexpr std::int64_t most = 1000;
  add_integer(*command.app, {"--repeat", "N", "repetitions (default: 5)", 1, most},
              [&arguments](std::int64_t value) { arguments.repetitions = static_cast<int>(value); });
  add_threads(*command.app, arguments.threads);
  add_tile(*command.app, arguments.tile);
  add_json(*command.app, arguments.json);
}

}  // namespace ravine::cli
