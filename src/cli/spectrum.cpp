// `ravine spectrum SPEC`: the eigenvalues of a problem, frozen, and what they mean for the methods.

#include <fmt/format.h>

#include <string>

#include "cli/freezing.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/spectrum_report.hpp"
#include "cli/text.hpp"
#include "ravine/freeze.hpp"

namespace ravine::cli {

namespace {

struct SpectrumArguments {
  std::filesystem::path spec;
  std::filesystem::path store;
  Backend backend = Backend::automatic;
  int threads = 0;
  bool json = false;
};

ExitCode spectrum_command(const SpectrumArguments& arguments, Context& context) {
  const SpectrumSpec spec = read_spectrum_spec(arguments.spec);
  const std::filesystem::path path = arguments.store.empty() ? spec.store : arguments.store;
  const Frozen frozen = freeze_with_notes(spec, path, {arguments.backend, arguments.threads}, context.console);
  const SpectrumReport report{arguments.spec.string(), frozen, conditioning_of(frozen.store)};
  context.console.print(arguments.json ? printed(spectrum_json(report)) : spectrum_text(report));
  return ExitCode::done;
}

}  // namespace

void add_spectrum_command(CLI::App& app, Action& action) {
  const auto command = add_command<SpectrumArguments>(app, action, "spectrum", spectrum_command);
  SpectrumArguments& arguments = *command.arguments;
  describe(
      *command.app, "eigenvalues of a problem, their conditioning, and every method's optimal parameters",
      "The spectrum is computed once, checked, and frozen in a store; the axis lambda = { problem = true } of the "
      "same\n"
      "spec, or { store = \"DIR\" } of another, takes its eigenvalues from there. A spectrum that is frozen already "
      "is\n"
      "read, not computed again. Eigenvalues come from LAPACK, CHOLMOD or cuSOLVER: their last digits may differ from\n"
      "machine to machine, which is why they are frozen. SIGINT (Ctrl-C) and SIGTERM end it with 75; nothing is kept.");
  add_spec(*command.app, arguments.spec);
  add_text(*command.app,
           {"--store", "DIR", "the directory to write (default: [output] spectrum, else out/ and its name.spectrum)"},
           [&arguments](const std::string& text) { arguments.store = text; });
  add_backend(*command.app, "auto, cpu (LAPACK, CHOLMOD) or cuda (cuSOLVER, cuSPARSE) (default: auto)",
              arguments.backend);
  add_threads(*command.app, arguments.threads);
  add_json(*command.app, arguments.json);
}

}  // namespace ravine::cli
