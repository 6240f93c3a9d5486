/// \file
/// The program's commands. Each adds itself to the command line; parsing sets the action of the one that was asked for.
#pragma once

#include <functional>
#include <string>

#include "cli/console.hpp"
#include "cli/exit_code.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): CLI11's name
namespace CLI {
class App;
}

namespace ravine::cli {

/// What a command works with beside its own arguments.
struct Context {
  Console& console;
  std::string command_line;  ///< as it was typed, quoted for a shell
};

using Action = std::function<ExitCode(Context&)>;

void add_run_command(CLI::App& app, Action& action);
void add_plan_command(CLI::App& app, Action& action);
void add_spectrum_command(CLI::App& app, Action& action);
void add_eval_command(CLI::App& app, Action& action);
void add_summary_command(CLI::App& app, Action& action);
void add_replay_command(CLI::App& app, Action& action);
void add_verify_command(CLI::App& app, Action& action);
void add_status_command(CLI::App& app, Action& action);
void add_plot_command(CLI::App& app, Action& action);
void add_export_command(CLI::App& app, Action& action);
void add_bench_command(CLI::App& app, Action& action);
void add_doctor_command(CLI::App& app, Action& action);

}  // namespace ravine::cli
