#include "rerun.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <sstream>

#include "io/data_files.hpp"
#include "process.hpp"
#include "ravine/error.hpp"

namespace ravine::gpu_check {
namespace {

constexpr std::chrono::seconds longest_run(1800);

/// Says why what a process printed is no pass; empty if it is one.
using Judge = std::function<std::string(int code, const std::string& output)>;

std::string judge_rerun(int code, const std::string& output) {
  if (code == 0 && output.find(passed_line) != std::string::npos) return {};
  return fmt::format("ended with {} and without '{}'", code, passed_line);
}

/// The tools end with a summary: "ERROR SUMMARY: 0 errors", "RACECHECK SUMMARY: 0 hazards displayed (...)".
std::string judge_sanitized(int code, const std::string& output) {
  const std::string problem = judge_rerun(code, output);
  if (!problem.empty()) return problem;
  return output.find("SUMMARY: 0 ") == std::string::npos ? "no summary of 0 errors" : "";
}

/// A rerun leaves out what takes long; its outcome is judged here.
const char* const skips_allowed = "RAVINE_REQUIRE_GPU=0";

Check run(const std::string& name, const Command& command, const Judge& judge) {
  const auto start = std::chrono::steady_clock::now();
  Check check;
  try {
    const int code = Child(command).wait(longest_run);
    const std::string problem = judge(code, read_file_bytes(command.output));
    check = problem.empty()
                ? passed(name, text_of(command))
                : failed(name, fmt::format("'{}': {}:\n{}", text_of(command), problem, end_of_output(command)));
  } catch (const Error& error) {
    check = failed(name, error.what());
  }
  check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return check;
}

std::vector<std::string> words_of(const RerunPlan& plan, std::vector<std::string> before) {
  before.push_back(plan.program.string());
  before.insert(before.end(), plan.arguments.begin(), plan.arguments.end());
  return before;
}

/// The folders in which a CUDA toolkit's programs may be, the PATH's first.
std::vector<std::filesystem::path> program_folders() {
  std::vector<std::filesystem::path> folders;
  const auto add = [&folders](const char* variable, const char* below) {
    const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): never written
    std::istringstream list(value == nullptr ? "" : value);
    for (std::string folder; std::getline(list, folder, ':');) folders.push_back(std::filesystem::path(folder) / below);
  };
  add("PATH", "");
  add("CUDA_HOME", "bin");
  add("CUDA_PATH", "bin");
  folders.emplace_back("/usr/local/cuda/bin");
  return folders;
}

}  // namespace

Check check_ptx(const RerunPlan& plan) {
  return run(
      "parity with PTX compiled by the driver",
      {words_of(plan, {}), {"CUDA_FORCE_PTX_JIT=1", "CUDA_CACHE_DISABLE=1", skips_allowed}, plan.folder / "ptx.log"},
      judge_rerun);
}

void check_sanitizers(const RerunPlan& plan, const std::filesystem::path& sanitizer,
                      const std::function<void(Check)>& tell) {
  for (const char* tool : {"memcheck", "racecheck", "initcheck", "synccheck"}) {
    const std::string name = fmt::format("compute-sanitizer {}", tool);
    if (sanitizer.empty()) {
      tell(skipped(name, "compute-sanitizer is neither on the PATH nor in CUDA_HOME, CUDA_PATH or /usr/local/cuda"));
      continue;
    }
    tell(run(name,
             {words_of(plan, {sanitizer.string(), "--tool", tool, "--error-exitcode", "86"}),
              {skips_allowed},
              plan.folder / (std::string(tool) + ".log")},
             judge_sanitized));
  }
}

std::filesystem::path find_sanitizer() {
  for (const std::filesystem::path& folder : program_folders()) {
    std::filesystem::path candidate = folder / "compute-sanitizer";
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

}  // namespace ravine::gpu_check
