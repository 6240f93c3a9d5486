// The crossing from one backend to another, with the CPU as both: that runs are stopped in their midst, resumed and
// compared.
#include "resume.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "process.hpp"

namespace ravine::gpu_check {
namespace {

namespace fs = std::filesystem;

ResumePlan plan_for(const fs::path& program) {
  return {program, fast_folder()};
}

TEST(GpuCheckResume, a_run_is_stopped_both_ways_resumed_and_equal) {
  for (const Stop stop : {Stop::asked, Stop::killed}) {
    const Check check = check_crossing(plan_for(RAVINE_PROGRAM), {"cpu", "cpu", stop});
    EXPECT_EQ(check.status, Status::passed) << check.reason;
  }
}

TEST(GpuCheckResume, a_backend_that_does_not_run_fails_with_what_the_program_said) {
  const Check check = check_crossing(plan_for(RAVINE_PROGRAM), {"abacus", "cpu", Stop::asked});
  EXPECT_EQ(check.status, Status::failed);
  EXPECT_NE(check.reason.find("ended with 64, wanted 75"), std::string::npos) << check.reason;
  EXPECT_NE(check.reason.find("abacus"), std::string::npos) << check.reason;
}

TEST(GpuCheckResume, a_program_that_is_not_there_fails) {
  const Check check = check_crossing(plan_for("/no/such/program"), {"cpu", "cpu", Stop::asked});
  EXPECT_EQ(check.status, Status::failed);
}

TEST(GpuCheckResume, stores_differ_by_a_byte_or_a_file_but_not_by_their_runs) {
  const TemporaryFolder folder(fs::temp_directory_path());
  const fs::path a = folder.path() / "a";
  const fs::path b = folder.path() / "b";
  for (const fs::path& store : {a, b}) {
    fs::create_directories(store / ".ravine" / "runs");
    fs::create_directories(store / "rate");
    std::ofstream(store / "rate" / "0") << "values";
  }
  std::ofstream(a / ".ravine" / "runs" / "1") << "a run";
  EXPECT_TRUE(differences_of_stores(a, b).empty());
  std::ofstream(a / "rate" / "0") << "Values";
  std::ofstream(a / "rate" / "1") << "more";
  std::ofstream(b / "rate" / "2") << "more";
  const std::vector<std::string> wanted = {"rate/0 differs", "rate/1 should not be there", "rate/2 is missing"};
  EXPECT_EQ(differences_of_stores(a, b), wanted);
}

}  // namespace
}  // namespace ravine::gpu_check
