/// \file
/// Options of the commands, each checked where it is read. CLI11 stays behind these functions: every file that includes
/// it compiles most of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
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

/// What the help says of a command: in the list of them, and below its options.
void describe(CLI::App& command, const std::string& what, const std::string& more);

/// Adds the command `name`; `chosen` is called where the command line has it.
CLI::App* add_subcommand(CLI::App& parent, const std::string& name, std::function<void()> chosen);

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
  CLI::App* const app = add_subcommand(parent, name, [arguments, body, &action] {
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

/// An option, or an argument where its name does not begin with a dash.
struct TextOption {
  std::string name;
  std::string unit;  ///< the placeholder in the help: NAME, FILE
  std::string help;
  bool is_required = false;
};
inline constexpr bool required = true;
using AcceptText = std::function<void(const std::string&)>;
void add_text(CLI::App& app, const TextOption& option, const AcceptText& accept);
/// One of the choices. \param accept is not called with anything else.
void add_choice(CLI::App& app, const TextOption& option, const std::vector<std::string>& choices,
                const AcceptText& accept);
/// One or more.
void add_texts(CLI::App& app, const TextOption& option,
               const std::function<void(const std::vector<std::string>&)>& accept);
void add_flag(CLI::App& app, const std::string& name, const std::string& help, bool& is_given);

void add_spec(CLI::App& app, std::filesystem::path& spec);
void add_store(CLI::App& app, std::filesystem::path& store);         ///< the positional STORE
void add_store_option(CLI::App& app, std::filesystem::path& store);  ///< --store DIR
inline constexpr const char* help_of_equal_backends = "auto, cpu or cuda, which give the same bits (default: auto)";
void add_backend(CLI::App& app, const std::string& help, Backend& backend);
void add_threads(CLI::App& app, int& threads);
void add_tile(CLI::App& app, std::optional<std::int64_t>& tile);
void add_json(CLI::App& app, bool& json);

// Values of an option. What is wrong with one is thrown by refuse().

[[noreturn]] void refuse(const std::string& option, const std::string& message);
[[nodiscard]] Shard parse_shard(const std::string& text);
[[nodiscard]] double parse_seconds(const std::string& option, const std::string& text);
[[nodiscard]] double parse_fraction(const std::string& option, const std::string& text);
/// Numbers with commas, or "none". As those of a spec: above 0, at most 100, none twice.
[[nodiscard]] std::vector<double> parse_percentiles(const std::string& option, const std::string& text);
/// \returns `text`, which is one of the choices.
[[nodiscard]] std::string parse_choice(const std::string& option, const std::string& text,
                                       const std::vector<std::string>& choices);

}  // namespace ravine::cli
