/// \file
/// Options that several commands share, each checked where it is read.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"
#include "ravine/engine.hpp"
#include "ravine/spec.hpp"
#include "ravine/store.hpp"

namespace ravine::cli {

/// Adds the command `name`, whose arguments live in an `Arguments`; `body` is what it does with them.
template <class Arguments>
struct Command {
  CLI::App* app;
  std::shared_ptr<Arguments> arguments;
};

template <class Arguments>
Command<Arguments> add_command(CLI::App& parent, Action& action, const std::string& name,
                               ExitCode (*body)(const Arguments&, Context&)) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* const app = parent.add_subcommand(name);
  app->callback([arguments, body, &action] {
    action = [arguments, body](Context& context) { return body(*arguments, context); };
  });
  return {app, arguments};
}

/// An integer of at least `smallest`.
struct IntegerOption {
  std::string name;
  std::string unit;  ///< the placeholder in the help: N, CELLS
  std::string help;
  std::int64_t smallest = 1;
  std::int64_t largest = INT64_MAX;
};
void add_integer(CLI::App& app, const IntegerOption& option, std::function<void(std::int64_t)> accept);

void add_spec(CLI::App& app, std::filesystem::path& spec);
void add_store(CLI::App& app, std::filesystem::path& store);         ///< the positional STORE
void add_store_option(CLI::App& app, std::filesystem::path& store);  ///< --store DIR
void add_backend(CLI::App& app, Backend& backend);
void add_threads(CLI::App& app, int& threads);
void add_tile(CLI::App& app, std::optional<std::int64_t>& tile);
void add_json(CLI::App& app, bool& json);

/// Values of an option, with the option named in the errors. \throws CLI::ValidationError.
[[nodiscard]] Shard parse_shard(const std::string& text);
[[nodiscard]] double parse_seconds(const std::string& option, const std::string& text);
[[nodiscard]] double parse_fraction(const std::string& option, const std::string& text);
/// Numbers with commas, or "none". As those of a spec: above 0, at most 100, none twice.
[[nodiscard]] std::vector<double> parse_percentiles(const std::string& option, const std::string& text);
[[nodiscard]] std::string parse_choice(const std::string& option, const std::string& text,
                                       const std::vector<std::string>& choices);

}  // namespace ravine::cli
