#include "cli/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/text.hpp"
#include "io/messages.hpp"

namespace ravine::cli {

namespace {

[[noreturn]] void refuse(const std::string& option, const std::string& text, const std::string& wanted) {
  throw CLI::ValidationError(option, fmt::format("found {}; wanted {}", in_quotes(text), wanted));
}

std::string range_text(const IntegerOption& option) {
  if (option.largest == INT64_MAX) return fmt::format("an integer of at least {}", option.smallest);
  return fmt::format("an integer from {} to {}", option.smallest, option.largest);
}

}  // namespace

void add_integer(CLI::App& app, const IntegerOption& option, std::function<void(std::int64_t)> accept) {
  const auto read = [option, accept = std::move(accept)](const std::string& text) {
    const std::optional<std::int64_t> value = parse_integer(text);
    if (!value || *value < option.smallest || *value > option.largest) refuse(option.name, text, range_text(option));
    accept(*value);
  };
  app.add_option_function<std::string>(option.name, read, option.help)->type_name(option.unit);
}

void add_spec(CLI::App& app, std::filesystem::path& spec) {
  app.add_option_function<std::string>(
         "SPEC", [&spec](const std::string& text) { spec = text; }, "the spec, a TOML file (docs/spec.md)")
      ->required()
      ->type_name("FILE");
}

void add_store(CLI::App& app, std::filesystem::path& store) {
  app.add_option_function<std::string>(
         "STORE", [&store](const std::string& text) { store = text; }, "the store, a directory written by ravine run")
      ->required()
      ->type_name("DIR");
}

void add_store_option(CLI::App& app, std::filesystem::path& store) {
  app.add_option_function<std::string>(
         "--store", [&store](const std::string& text) { store = text; },
         "the directory to write (default: the [output] store of SPEC, else out/ and its name)")
      ->type_name("DIR");
}

void add_backend(CLI::App& app, Backend& backend) {
  const auto read = [&backend](const std::string& text) {
    const std::string name = parse_choice("--backend", text, {"auto", "cpu", "cuda"});
    for (const Backend choice : {Backend::automatic, Backend::cpu, Backend::cuda}) {
      if (name == name_of(choice)) backend = choice;
    }
  };
  app.add_option_function<std::string>("--backend", read, "auto, cpu or cuda, which give the same bits (default: auto)")
      ->type_name("NAME");
}

void add_threads(CLI::App& app, int& threads) {
  constexpr std::int64_t most = 4096;  // far above any machine of today; a typing error, not a wish
  add_integer(app, {"--threads", "N", "threads that compute (default: as many as the process may use)", 1, most},
              [&threads](std::int64_t value) { threads = static_cast<int>(value); });
}

void add_tile(CLI::App& app, std::optional<std::int64_t>& tile) {
  add_integer(app,
              {"--tile", "CELLS",
               fmt::format("cells of a tile, the unit of storage and resume (default: {})", default_tile_cells), 1},
              [&tile](std::int64_t value) { tile = value; });
}

void add_json(CLI::App& app, bool& json) {
  app.add_flag("--json", json, "print one JSON object on the standard output, and nothing else there");
}

Shard parse_shard(const std::string& text) {
  const std::string wanted = "I/N with 1 <= I <= N, such as 2/4";
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) refuse("--shard", text, wanted);
  const std::optional<std::int64_t> index = parse_integer(std::string_view(text).substr(0, slash));
  const std::optional<std::int64_t> count = parse_integer(std::string_view(text).substr(slash + 1));
  if (!index || !count || *index < 1 || *index > *count) refuse("--shard", text, wanted);
  return {*index - 1, *count};
}

double parse_seconds(const std::string& option, const std::string& text) {
  // Longer than anybody waits, and still far inside the range of the clock's integers.
  constexpr double longest = 1e9;
  const std::optional<double> value = parse_number(text);
  if (!value || *value < 0 || *value > longest) refuse(option, text, "a number of seconds from 0 to 1e9");
  return *value;
}

double parse_fraction(const std::string& option, const std::string& text) {
  const std::optional<double> value = parse_number(text);
  if (!value || *value < 0 || *value > 1) refuse(option, text, "a fraction from 0 to 1");
  return *value;
}

std::vector<double> parse_percentiles(const std::string& option, const std::string& text) {
  if (text == "none") return {};
  const std::string wanted = fmt::format(
      "percentiles above 0 and at most 100, at most {}, each once, such as 5,50,95; or none", most_percentiles);
  std::vector<double> percentiles;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::optional<double> percent = parse_number(std::string_view(text).substr(begin, end - begin));
    if (!percent || !is_percent(*percent)) refuse(option, text, wanted);
    if (std::find(percentiles.begin(), percentiles.end(), *percent) != percentiles.end()) refuse(option, text, wanted);
    percentiles.push_back(*percent);
    begin = end + 1;
  }
  if (percentiles.size() > most_percentiles) refuse(option, text, wanted);
  return percentiles;
}

std::string parse_choice(const std::string& option, const std::string& text, const std::vector<std::string>& choices) {
  for (const std::string& choice : choices) {
    if (text == choice) return text;
  }
  refuse(option, text, one_of(choices) + did_you_mean(text, choices));
}

}  // namespace ravine::cli
