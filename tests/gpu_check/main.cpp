// gpu_check: everything that needs a GPU. See tests/gpu_check/run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "commit.hpp"
#include "cpu/loops.hpp"
#include "device_benchmarks.hpp"
#include "engine/thread_pool.hpp"
#include "kernels/lazy_libraries.hpp"
#include "parity.hpp"
#include "process.hpp"
#include "ravine/error.hpp"
#include "report.hpp"
#include "rerun.hpp"
#include "resume.hpp"
#include "spectrum_benchmarks.hpp"

namespace ravine::gpu_check {
namespace {

constexpr int exit_passed = 0;
constexpr int exit_failed = 1;
constexpr int exit_usage = 64;

const std::vector<std::string> every_part = {"parity", "ptx", "resume", "sanitizer", "benchmarks", "spectra"};

struct Options {
  std::string size = "full";
  std::vector<std::string> parts = every_part;
  std::vector<int> devices;  ///< empty: all usable ones
  int threads = ThreadPool::available();
  Sizes sizes;
  DevicePlan measuring;
  SpectrumSizes spectra;
  std::filesystem::path oracle;
  std::filesystem::path ravine;
  std::filesystem::path folder = fast_folder();
  std::filesystem::path report;
};

/// Full sizes are the defaults. Figures of others mean nothing: quick ones show that everything works, tiny ones that
/// an interpreter of the kernels can do it all in a minute.
void set_sizes(const std::string& name, Options& options) {
  options.size = name;
  if (name == "quick") {
    options.sizes = {.cells = 20'000,
                     .large_cells = 200'000,
                     .eigenvalues = 100,
                     .adversarial_rows = 16,
                     .trajectories = 5000,
                     .steps = 100,
                     .replicates = 20'000};
    options.measuring = {{.side = 301,
                          .planes = 3,
                          .eigenvalues = 100,
                          .streamed_side = 301,
                          .streamed_planes = 5,
                          .trajectories_side = 301,
                          .steps = 100,
                          .replicates = 100'000,
                          .repetitions = 3},
                         1 << 20,
                         64};
    options.spectra = {.rows = {512, 1024},
                       .solution_rows = 512,
                       .batch_rows = 32,
                       .batch_matrices = 100,
                       .lanczos_side = 60,
                       .lanczos_count = 4,
                       .repetitions = 1};
  } else if (name == "tiny") {
    options.sizes = {.cells = 1000,
                     .large_cells = 2000,
                     .eigenvalues = 9,
                     .adversarial_rows = 4,
                     .extremes_step = 3,
                     .trajectories = 60,
                     .steps = 20,
                     .replicates = 300};
    options.measuring = {{.side = 13,
                          .planes = 3,
                          .eigenvalues = 9,
                          .streamed_side = 11,
                          .streamed_planes = 3,
                          .trajectories_side = 9,
                          .steps = 17,
                          .replicates = 300,
                          .repetitions = 1},
                         1 << 12,
                         2};
    options.spectra = {.rows = {8, 32},
                       .solution_rows = 20,
                       .batch_rows = 5,
                       .batch_matrices = 7,
                       .lanczos_side = 9,
                       .lanczos_count = 3,
                       .repetitions = 1};
  }
}

std::filesystem::path this_program() {
  return std::filesystem::read_symlink("/proc/self/exe");
}

/// The checks of this run, told as they are done.
class Run {
 public:
  Run(Options options, std::string command_line) : options_(std::move(options)) {
    const char* required = std::getenv("RAVINE_REQUIRE_GPU");  // NOLINT(concurrency-mt-unsafe): never written
    if (required != nullptr && std::string(required) == "1") skips_ = Skips::failures;
    report_.size = options_.size;
    report_.commit = source_commit;
    report_.date = date_of_now();
    report_.command_line = std::move(command_line);
    report_.simd = cpu::active_level().name;
    report_.threads = options_.threads;
    report_.cuda = cuda::cuda_status();
    for (const int device : cuda::usable_devices(report_.cuda)) {
      const std::vector<int>& wanted = options_.devices;
      if (wanted.empty() || std::find(wanted.begin(), wanted.end(), device) != wanted.end()) {
        report_.devices.push_back(device);
      }
    }
  }

  int run() {
    print(heading(report_));
    for (const std::string& part : options_.parts) run_part(part);
    print(closing(report_));
    write_report();
    return outcome_of(report_.checks) == Status::failed ? exit_failed : exit_passed;
  }

 private:
  void run_part(const std::string& part) {
    if (report_.devices.empty()) return tell(skipped(part, reason_of_no_device()));
    try {
      if (part == "parity") {
        check_parity({options_.sizes, options_.oracle}, backends(), teller());
      } else if (part == "ptx") {
        tell(check_ptx_where_it_is());
      } else if (part == "resume") {
        check_resume_with_program();
      } else if (part == "sanitizer") {
        const TemporaryFolder folder(options_.folder);
        check_sanitizers(rerun_in(folder, {}), find_sanitizer(), teller());
      } else if (part == "spectra") {
        measure_spectra();
      } else {
        measure();
      }
    } catch (const std::exception& error) {
      tell(failed(part, error.what()));
    }
  }

  [[nodiscard]] Backends backends() const { return real_backends(report_.devices, options_.threads); }

  [[nodiscard]] std::string reason_of_no_device() const {
    return report_.cuda.reason.empty() ? "--devices names no usable one" : report_.cuda.reason;
  }

  /// The driver takes PTX that is no newer than the device.
  Check check_ptx_where_it_is() {
    const std::string name = "parity with PTX compiled by the driver";
    if (RAVINE_PTX_ARCHITECTURE == 0) return skipped(name, "the program is built without PTX");
    for (const int ordinal : report_.devices) {
      const cuda::DeviceInfo& device = report_.cuda.devices[static_cast<std::size_t>(ordinal)];
      if (10 * device.major + device.minor < RAVINE_PTX_ARCHITECTURE) {
        return skipped(name,
                       fmt::format("the program has PTX for compute capability {}.{} and newer; device {} is {}.{}",
                                   RAVINE_PTX_ARCHITECTURE / 10, RAVINE_PTX_ARCHITECTURE % 10, ordinal, device.major,
                                   device.minor));
      }
    }
    const TemporaryFolder folder(options_.folder);
    return check_ptx(rerun_in(folder, options_.oracle));
  }

  void check_resume_with_program() {
    if (options_.ravine.empty()) return tell(skipped("resume", "no program ravine is given (--ravine)"));
    check_resume({options_.ravine, options_.folder}, teller());
  }

  void measure() {
    std::size_t measured = 0;
    bool all_right = true;
    run_device_benchmarks(options_.measuring, backends(),
                          {[&](Benchmark benchmark) {
                             ++measured;
                             keep(std::move(benchmark));
                           },
                           [&](Check check) {
                             all_right = false;
                             tell(std::move(check));
                           }});
    if (all_right) tell(passed("benchmarks", fmt::format("{} measured, their results equal to the CPU's", measured)));
  }

  /// On the first device.
  void measure_spectra() {
    for (const cuda::LibraryStatus& library : cuda::library_status()) {
      if (!library.reason.empty()) {
        return tell(
            skipped("spectra", fmt::format("{} can't be used: {}; {}", library.name, library.reason, library.fix)));
      }
    }
    bool all_right = true;
    const int measured = run_spectrum_benchmarks(options_.spectra, report_.devices.front(),
                                                 {[&](Benchmark benchmark) { keep(std::move(benchmark)); },
                                                  [&](Check check) {
                                                    all_right = false;
                                                    tell(std::move(check));
                                                  }});
    if (all_right) tell(passed("spectra", fmt::format("{} measured, their eigenpairs proved", measured)));
  }

  void keep(Benchmark benchmark) {
    print(line_of(benchmark));
    report_.benchmarks.push_back(std::move(benchmark));
  }

  /// This program again, with small maps. Adversarial rows make many of them: `oracle` may be empty.
  [[nodiscard]] RerunPlan rerun_in(const TemporaryFolder& folder, const std::filesystem::path& oracle) const {
    const std::string size = options_.size == "tiny" ? "tiny" : "quick";
    std::vector<std::string> words = {"--only", "parity",    "--size",
                                      size,     "--threads", std::to_string(options_.threads)};
    for (const int device : report_.devices) {
      words.emplace_back("--devices");
      words.push_back(std::to_string(device));
    }
    if (!oracle.empty()) words.insert(words.end(), {"--oracle", oracle.string()});
    return {this_program(), words, folder.path()};
  }

  [[nodiscard]] std::function<void(Check)> teller() {
    return [this](Check check) { tell(std::move(check)); };
  }
  void tell(Check check) {
    check = judged(std::move(check), skips_);
    print(line_of(check));
    report_.checks.push_back(std::move(check));
  }
  static void print(const std::string& text) {
    static_cast<void>(std::fputs(text.c_str(), stdout));
    static_cast<void>(std::fflush(stdout));
  }
  void write_report() const {
    if (options_.report.empty()) return;
    std::ofstream file(options_.report);
    file << json_text(report_);
    if (!file.flush()) throw IoError("can't write " + options_.report.string());
    print("report: " + options_.report.string() + "\n");
  }

  Options options_;
  Skips skips_ = Skips::allowed;
  Report report_;
};

/// Reads the command line; nothing and an exit code in `code` where that is all there is to do.
std::optional<Options> read_options(int argc, char** argv, int& code) {
  Options options;
  CLI::App app(
      "Checks ravine's CUDA backend on this machine's GPUs: the bytes of maps, resumed runs, the tools of\n"
      "compute-sanitizer, measurements, and spectra. Without a GPU every check is skipped; with RAVINE_REQUIRE_GPU=1 "
      "a\n"
      "skip is a failure. Exit code 0: all passed or skipped; 1: something failed.");
  // Read where it stands: options after it set what it does.
  app.add_option_function<std::string>(
         "--size", [&options](const std::string& name) { set_sizes(name, options); },
         "full (default): some minutes; quick: a minute, and figures that mean nothing; tiny: for an interpreter")
      ->check(CLI::IsMember({"full", "quick", "tiny"}))
      ->trigger_on_parse();
  app.add_option("--only", options.parts, "parity, ptx, resume, sanitizer, benchmarks, spectra")
      ->delimiter(',')
      ->check(CLI::IsMember(std::set<std::string>(every_part.begin(), every_part.end())));
  app.add_option("--devices", options.devices, "ordinals (default: all that can be used)")->delimiter(',');
  app.add_option("--threads", options.threads, "of the CPU")->check(CLI::Range(1, 4096));
  const CLI::Range positive(std::int64_t{1000}, std::int64_t{1} << 40);
  app.add_option("--cells", options.sizes.cells, "of most maps")->check(positive)->capture_default_str();
  app.add_option("--large-cells", options.sizes.large_cells, "of the largest")->check(positive)->capture_default_str();
  app.add_option("--repeat", options.measuring.sizes.repetitions, "of a measurement")->check(CLI::Range(1, 1000));
  app.add_option("--oracle", options.oracle, "the folder of the oracle's tables")
      ->check(CLI::ExistingDirectory)
      ->take_last();
  app.add_option("--ravine", options.ravine, "the program, for resumed runs")->check(CLI::ExistingFile)->take_last();
  app.add_option("--folder", options.folder, "where stores are made and removed again")->check(CLI::ExistingDirectory);
  app.add_option("--report", options.report, "the JSON file to write")->take_last();
  app.set_version_flag("--version", source_commit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    code = app.exit(error) == 0 ? exit_passed : exit_usage;
    return std::nullopt;
  }
  return options;
}

int main_of(int argc, char** argv) {
  int code = exit_passed;
  const std::optional<Options> options = read_options(argc, argv, code);
  if (!options) return code;
  std::string command_line;
  for (int i = 0; i < argc; ++i) command_line += (i == 0 ? "" : " ") + std::string(argv[i]);
  try {
    return Run(*options, command_line).run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "gpu_check: error: {}\n", error.what());
    return exit_failed;
  }
}

}  // namespace
}  // namespace ravine::gpu_check

int main(int argc, char** argv) {
  return ravine::gpu_check::main_of(argc, argv);
}
