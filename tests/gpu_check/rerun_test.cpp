// What counts as a pass of a process that these checks start: programs stand in for it that end and print as told.
#include "rerun.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "process.hpp"

namespace ravine::gpu_check {
namespace {

namespace fs = std::filesystem;

class GpuCheckRerun : public testing::Test {
 protected:
  /// A program of a shell's lines.
  [[nodiscard]] fs::path program(const std::string& name, const std::string& lines) const {
    const fs::path path = folder_.path() / name;
    std::ofstream(path) << "#!/bin/sh\n" << lines << "\n";
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }
  [[nodiscard]] RerunPlan plan_for(const std::string& lines) const {
    return {program("checked", lines), {"--only", "parity"}, folder_.path()};
  }
  /// The checks of all tools, with a sanitizer of these lines.
  [[nodiscard]] std::vector<Check> sanitized(const std::string& lines) const {
    std::vector<Check> checks;
    check_sanitizers(plan_for("exit 0"), program("sanitizer", lines), [&](Check check) { checks.push_back(check); });
    return checks;
  }

 private:
  TemporaryFolder folder_{fs::temp_directory_path()};
};

TEST_F(GpuCheckRerun, ptx_is_asked_for_and_passes_with_its_outcome) {
  const Check check = check_ptx(plan_for(R"sh(
[ "$CUDA_FORCE_PTX_JIT $1 $2" = "1 --only parity" ] && echo "outcome: passed (9 passed, 0 failed, 0 skipped)"
)sh"));
  EXPECT_EQ(check.status, Status::passed) << check.reason;
}

TEST_F(GpuCheckRerun, a_skip_is_no_pass) {
  EXPECT_EQ(check_ptx(plan_for("echo 'outcome: skipped (0 passed)'")).status, Status::failed);
}

TEST_F(GpuCheckRerun, a_failure_says_what_was_printed) {
  const Check check = check_ptx(plan_for("echo 'outcome: passed'; echo 'a bit differs' >&2; exit 1"));
  EXPECT_EQ(check.status, Status::failed);
  EXPECT_NE(check.reason.find("a bit differs"), std::string::npos) << check.reason;
  EXPECT_EQ(check_ptx(plan_for("kill -9 $$")).status, Status::failed);
}

TEST_F(GpuCheckRerun, each_tool_runs_the_program_under_it) {
  const std::vector<Check> checks =
      sanitized(R"([ "$1 $2" = "--tool $2" ] && echo "outcome: passed" && echo "ERROR SUMMARY: 0 errors")");
  ASSERT_EQ(checks.size(), 4U);
  for (const Check& check : checks) EXPECT_EQ(check.status, Status::passed) << check.name << check.reason;
}

TEST_F(GpuCheckRerun, errors_that_a_tool_finds_are_failures) {
  for (const char* lines : {"echo 'outcome: passed'; echo 'ERROR SUMMARY: 10 errors'", "echo 'outcome: passed'",
                            "echo 'ERROR SUMMARY: 0 errors'", "echo 'outcome: passed'; echo 'SUMMARY: 0 '; exit 86"}) {
    for (const Check& check : sanitized(lines)) EXPECT_EQ(check.status, Status::failed) << lines;
  }
}

TEST_F(GpuCheckRerun, without_the_tools_all_are_skipped_with_the_reason) {
  std::size_t count = 0;
  check_sanitizers(plan_for("exit 0"), {}, [&](const Check& check) {
    ++count;
    EXPECT_EQ(check.status, Status::skipped);
    EXPECT_FALSE(check.reason.empty());
  });
  EXPECT_EQ(count, 4U);
}

}  // namespace
}  // namespace ravine::gpu_check
