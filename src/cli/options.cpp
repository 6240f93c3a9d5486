#include "cli/options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

#include "cli/text.hpp"
#include "io/messages.hpp"

namespace ravine::cli {

namespace {

[[noreturn]] void refuse_value(const std::string& option, const std::string& text, const std::string& wanted) {
  refuse(option, fmt::format("found {}; wanted {}", in_quotes(text), wanted));
}

void add_values(CLI::Option& added, const TextOption& option) {
  added.type_name(option.unit);
  if (option.is_required) added.required();
}

std::string range_text(const IntegerOption& option) {
  if (option.largest == INT64_MAX) return fmt::format("an integer of at least {}", option.smallest);
  return fmt::format("an integer from {} to {}", option.smallest, option.largest);
}

}  // namespace

void refuse(const std::string& option, const std::string& message) {
  throw CLI::ValidationError(option, message);
}

void describe(CLI::App& command, const std::string& what, const std::string& more) {
  command.description(what);
  command.footer(more);
}

CLI::App* add_subcommand(CLI::App& parent, const std::string& name, std::function<void()> chosen) {
  CLI::App* const app = parent.add_subcommand(name);
  app->callback(std::move(chosen));
  return app;
}

void add_integer(CLI::App& app, const IntegerOption& option, std::function<void(std::int64_t)> accept) {
  const auto read = [option, accept = std::move(accept)](const std::string& text) {
    const std::optional<std::int64_t> value = parse_integer(text);
    if (!value || *value < option.smallest || *value > option.largest) {
      refuse_value(option.name, text, range_text(option));
    }
    accept(*value);
  };
  add_text(app, {option.name, option.unit, option.help}, read);
}

void add_text(CLI::App& app, const TextOption& option, const AcceptText& accept) {
  add_values(*app.add_option_function<std::string>(option.name, accept, option.help), option);
}

void add_choice(CLI::App& app, const TextOption& option, const std::vector<std::string>& choices,
                const AcceptText& accept) {
  add_text(app, option, [name = option.name, choices, accept](const std::string& text) {
    accept(parse_choice(name, text, choices));
  });
}

void add_texts(CLI::App& app, const TextOption& option,
               const std::function<void(const std::vector<std::string>&)>& accept) {
  add_values(*app.add_option_function<std::vector<std::string>>(option.name, accept, option.help), option);
}

void add_flag(CLI::App& app, const std::string& name, const std::string& help, bool& is_given) {
  app.add_flag(name, is_given, help);
}

void add_spec(CLI::App& app, std::filesystem::path& spec) {
  add_text(app, {"SPEC", "FILE", "the spec, a TOML file (docs/spec.md)", required},
           [&spec](const std::string& text) { spec = text; });
}

void add_store(CLI::App& app, std::filesystem::path& store) {
  add_text(app, {"STORE", "DIR", "the store, a directory written by ravine run", required},
           [&store](const std::string& text) { store = text; });
}

void add_store_option(CLI::App& app, std::filesystem::path& store) {
  add_text(app,
           {"--store", "DIR", "the directory to write (default: the [output] store of SPEC, else out/ and its name)"},
           [&store](const std::string& text) { store = text; });
}

void add_backend(CLI::App& app, const std::string& help, Backend& backend) {
  add_choice(app, {"--backend", "NAME", help}, {"auto", "cpu", "cuda"}, [&backend](const std::string& name) {
    for (const Backend choice : {Backend::automatic, Backend::cpu, Backend::cuda}) {
      if (name == name_of(choice)) backend = choice;
    }
  });
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
  add_flag(app, "--json", "print one JSON object on the standard output, and nothing else there", json);
}

Shard parse_shard(const std::string& text) {
  const std::string wanted = "I/N with 1 <= I <= N, such as 2/4";
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) refuse_value("--shard", text, wanted);
  const std::optional<std::int64_t> index = parse_integer(std::string_view(text).substr(0, slash));
  const std::optional<std::int64_t> count = parse_integer(std::string_view(text).substr(slash + 1));
  if (!index || !count || *index < 1 || *index > *count) refuse_value("--shard", text, wanted);
  return {*index - 1, *count};
}

double parse_seconds(const std::string& option, const std::string& text) {
  // Longer than anybody waits, and still far inside the range of the clock's integers.
  constexpr double longest = 1e9;
  const std::optional<double> value = parse_number(text);
  if (!value || *value < 0 || *value > longest) refuse_value(option, text, "a number of seconds from 0 to 1e9");
  return *value;
}

double parse_fraction(const std::string& option, const std::string& text) {
  const std::optional<double> value = parse_number(text);
  if (!value || *value < 0 || *value > 1) refuse_value(option, text, "a fraction from 0 to 1");
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
    if (!percent || !is_percent(*percent)) refuse_value(option, text, wanted);
    if (std::find(percentiles.begin(), percentiles.end(), *percent) != percentiles.end())
      refuse_value(option, text, wanted);
    percentiles.push_back(*percent);
    begin = end + 1;
  }
  if (percentiles.size() > most_percentiles) refuse_value(option, text, wanted);
  return percentiles;
}

std::string parse_choice(const std::string& option, const std::string& text, const std::vector<std::string>& choices) {
  for (const std::string& choice : choices) {
    if (text == choice) return text;
  }
  refuse_value(option, text, one_of(choices) + did_you_mean(text, choices));
}

}  // namespace ravine::cli
