// Outcomes, and the report's two forms.
#include "report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace ravine::gpu_check {
namespace {

Benchmark a_benchmark(double fraction) {
  return {"a map",
          "wall time",
          "everything",
          "cells",
          1e9,
          Spread({0.5, 0.1, 0.2, 0.4}),
          {{"fraction of fill", fraction, Goal{Goal::Direction::at_least, 0.8}}, {"cells", 3}}};
}

TEST(GpuCheckReport, the_outcome_is_that_of_the_worst_check) {
  const Check good = passed("a", "all");
  const Check bad = failed("b", "a bit");
  const Check none = skipped("c", "no device");
  EXPECT_EQ(outcome_of({}), Status::skipped);
  EXPECT_EQ(outcome_of({none, none}), Status::skipped);
  EXPECT_EQ(outcome_of({none, good}), Status::passed);
  EXPECT_EQ(outcome_of({good, bad, none}), Status::failed);
}

TEST(GpuCheckReport, skips_are_failures_where_a_gpu_is_required) {
  EXPECT_EQ(judged(skipped("c", "no device"), Skips::allowed).status, Status::skipped);
  const Check check = judged(skipped("c", "no device"), Skips::failures);
  EXPECT_EQ(check.status, Status::failed);
  EXPECT_EQ(check.reason, "skipped, but RAVINE_REQUIRE_GPU is set: no device");
  EXPECT_EQ(judged(passed("a", "all"), Skips::failures).status, Status::passed);
}

TEST(GpuCheckReport, repetitions_have_a_median_and_quartiles) {
  const Spread spread({5, 1, 4, 2, 3});
  EXPECT_EQ(spread.least(), 1);
  EXPECT_EQ(spread.lower_quartile(), 2);
  EXPECT_EQ(spread.median(), 3);
  EXPECT_EQ(spread.upper_quartile(), 4);
  EXPECT_EQ(spread.most(), 5);
  EXPECT_EQ(Spread({1, 2}).median(), 1.5);
  EXPECT_EQ(Spread({7}).upper_quartile(), 7);
}

TEST(GpuCheckReport, goals_are_met_or_missed) {
  EXPECT_FALSE(misses_goal({"a", 0.8, Goal{Goal::Direction::at_least, 0.8}}));
  EXPECT_TRUE(misses_goal({"a", 0.79, Goal{Goal::Direction::at_least, 0.8}}));
  EXPECT_FALSE(misses_goal({"a", 2, Goal{Goal::Direction::at_most, 2}}));
  EXPECT_TRUE(misses_goal({"a", 2.1, Goal{Goal::Direction::at_most, 2}}));
  EXPECT_FALSE(misses_goal({"a", 0}));
}

TEST(GpuCheckReport, json_has_everything) {
  Report report;
  report.commit = "abc";
  report.cuda.reason = "no driver";
  report.cuda.devices.push_back({});
  report.checks = {passed("a", "all"), failed("b", "a bit")};
  report.benchmarks = {a_benchmark(0.5)};
  const auto json = nlohmann::json::parse(json_text(report));
  EXPECT_EQ(json["outcome"], "failed");
  EXPECT_EQ(json["commit"], "abc");
  EXPECT_EQ(json["cuda"]["reason"], "no driver");
  EXPECT_EQ(json["cuda"]["devices"].size(), 1U);
  EXPECT_EQ(json["checks"][0]["status"], "passed");
  EXPECT_TRUE(json["checks"][0]["reason"].is_null());
  EXPECT_EQ(json["checks"][1]["reason"], "a bit");
  const auto& benchmark = json["benchmarks"][0];
  EXPECT_EQ(benchmark["repetitions"], 4);
  EXPECT_EQ(benchmark["seconds"]["least"], 0.1);
  EXPECT_DOUBLE_EQ(benchmark["per_second"], 1e9 / 0.3);
  EXPECT_EQ(benchmark["figures"][0]["goal"]["at_least"], 0.8);
  EXPECT_EQ(benchmark["figures"][0]["met"], false);
  EXPECT_TRUE(benchmark["figures"][1]["met"].is_null());
}

TEST(GpuCheckReport, lines_say_whether_a_goal_is_missed) {
  EXPECT_NE(line_of(a_benchmark(0.5)).find("MISSED"), std::string::npos);
  EXPECT_EQ(line_of(a_benchmark(0.9)).find("MISSED"), std::string::npos);
  EXPECT_EQ(line_of(failed("b", "a bit")), "failed    b (0.0 s): a bit\n");
}

}  // namespace
}  // namespace ravine::gpu_check
