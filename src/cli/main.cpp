// The program `ravine`: parses the command line, runs one command, and turns its failure into a message and a code.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"
#include "cli/signals.hpp"
#include "cli/text.hpp"
#include "io/messages.hpp"
#include "ravine/error.hpp"
#include "ravine/version.hpp"

namespace ravine::cli {
namespace {

constexpr const char* footer = R"(Exit codes:
  0   done
  64  wrong usage or spec
  65  bad data: a corrupt store, a malformed input file
  69  the backend is not available
  70  a bug in this program
  73  the store is in use, exists already, has another identity, or can't be created
  74  an input/output error
  75  interrupted or incomplete: continue with ravine run SPEC --resume

Results go to the standard output; progress, notes and errors to the standard error. Colours appear only on a
terminal and never when NO_COLOR is set. 'ravine COMMAND --help' has the options of a command, their units and
defaults.)";

void add_commands(CLI::App& app, Action& action) {
  add_run_command(app, action);
  add_plan_command(app, action);
  add_summary_command(app, action);
  add_spectrum_command(app, action);
  add_eval_command(app, action);
  add_replay_command(app, action);
  add_verify_command(app, action);
  add_status_command(app, action);
  add_plot_command(app, action);
  add_export_command(app, action);
  add_bench_command(app, action);
  add_doctor_command(app, action);
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

/// CLI11 would only say that a command is missing.
void refuse_unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
  const std::vector<std::string> names = command_names(app);
  for (const std::string& word : words) {
    if (word.empty() || word.front() == '-') continue;
    if (std::find(names.begin(), names.end(), word) != names.end()) return;
    throw UsageError(fmt::format("unknown command {}{}; 'ravine --help' lists the commands", in_quotes(word),
                                 did_you_mean(word, names)));
  }
}

/// The words of the command line that no option and no argument took, described with what they may have meant.
std::string describe_extras(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  const std::vector<std::string> extras = app.remaining(true);
  const std::string word = extras.empty() ? std::string{} : extras.front().substr(0, extras.front().find('='));
  if (word.empty() || word.front() != '-') return fmt::format("unexpected argument {}", in_quotes(word));
  std::vector<std::string> options;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  }
  return fmt::format("unknown option {}{}", in_quotes(word), did_you_mean(word, options));
}

std::string usage_hint(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  return chosen.empty() ? "ravine --help" : fmt::format("ravine {} --help", chosen.front()->get_name());
}

std::string command_line_of(const std::vector<std::string>& words) {
  std::string line = "ravine";
  for (const std::string& word : words) line += " " + shell_quoted(word);
  return line;
}

ExitCode execute(const std::vector<std::string>& words, Console& console) {
  CLI::App app("ravine maps how momentum methods converge: exact rate maps over (alpha, beta, lambda).", "ravine");
  app.footer(footer);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  app.set_version_flag("--version", fmt::format("ravine {}", version), "print the version and leave");
  Action action;
  add_commands(app, action);
  if (words.empty()) throw UsageError("no command; 'ravine --help' lists the commands");
  refuse_unknown_command(app, words);
  try {
    // CLI11 wants the words last first.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    console.print(app.help());
    return ExitCode::done;
  } catch (const CLI::CallForVersion& asked) {
    console.print(fmt::format("{}\n", asked.what()));
    return ExitCode::done;
  } catch (const CLI::ExtrasError&) {
    throw UsageError(fmt::format("{}; see '{}'", describe_extras(app), usage_hint(app)));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();  // "--threads: ..."
    throw UsageError(
        fmt::format("{} takes exactly one value; see '{}'", what.substr(0, what.find(':')), usage_hint(app)));
  } catch (const CLI::ParseError& error) {
    throw UsageError(fmt::format("{}; see '{}'", error.what(), usage_hint(app)));
  }
  Context context{console, command_line_of(words)};
  return action(context);
}

ExitCode guarded(const std::vector<std::string>& words) {
  Console console;
  try {
    const ExitCode code = execute(words, console);
    console.flush();
    return code;
  } catch (...) {
    const Failure failure = current_failure();
    console.error(failure.message);
    return failure.code;
  }
}

}  // namespace
}  // namespace ravine::cli

int main(int argc, char** argv) {
  ravine::cli::ignore_write_signals();
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return static_cast<int>(ravine::cli::guarded(words));
}
