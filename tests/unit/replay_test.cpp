// Replay by itself: which cell, which steps, which replicate. That its values are the engine's is tests/cli's.
#include "ravine/replay.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "ravine/error.hpp"
#include "store_fixture.hpp"

namespace ravine {
namespace {

using test::expect_contains;
using test::message_of;

Spec spec_of(Kind kind) {
  Spec spec;
  spec.kind = kind;
  spec.axes = {Axis("lambda", ListedValues{{1.0, 4.0}}), Axis("alpha", LinearRange{0, 1, 5}),
               Axis("beta", ListedValues{{0.5}})};
  spec.quantities = {kind == Kind::noise ? Quantity::mean_loss : Quantity::loss};
  spec.ensemble = Ensemble{{{1.0}, {0.0}}, {4, EveryNth{2}, 1e-6}, std::nullopt};
  if (kind == Kind::noise) spec.ensemble->noise = Noise{{0.25}, 10, 3, 7, false, {}};
  return spec;
}

std::vector<ReplayedStep> steps_of(const Spec& spec, const ReplayRequest& request) {
  std::vector<ReplayedStep> steps;
  (void)replay(spec, request, [&steps](const ReplayedStep& step) { steps.push_back(step); });
  return steps;
}

ReplayRequest request_of(std::int64_t cell, std::optional<std::int64_t> replicate = std::nullopt) {
  ReplayRequest request;
  request.cell = cell;
  request.replicate = replicate;
  return request;
}

TEST(Replay, FollowsTheRecurrence) {
  // lambda = 4, alpha = 0.25: y = 4, x = 0; y = 2, x = -0.5; y = -1, x = -0.25; y = -1.5, x = 0.125.
  const std::vector<ReplayedStep> steps = steps_of(spec_of(Kind::trajectory), request_of(6));
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].x, std::vector<double>{1});
  EXPECT_EQ(steps[1].step, 2);
  EXPECT_EQ(steps[1].x, std::vector<double>{-0.5});
  EXPECT_EQ(steps[1].loss, 0.5);
  EXPECT_EQ(steps[2].x, std::vector<double>{0.125});
}

TEST(Replay, EndsWithWhatWasWatched) {
  const ReplayEnd end = replay(spec_of(Kind::trajectory), request_of(6), [](const ReplayedStep&) {});
  EXPECT_EQ(end.peak_loss, 2);
  EXPECT_EQ(end.peak_step, 0);
  EXPECT_EQ(end.first_above, 0);
  EXPECT_EQ(end.last_above, 4);
  EXPECT_EQ(end.status, model::Status::running);
}

TEST(Replay, EveryStepHasTheRecordedOnesAmongThem) {
  const Spec spec = spec_of(Kind::trajectory);
  ReplayRequest request = request_of(3);
  request.steps = ReplaySteps::every;
  const std::vector<ReplayedStep> every = steps_of(spec, request);
  ASSERT_EQ(every.size(), 5U);
  for (const ReplayedStep& step : steps_of(spec, request_of(3))) {
    EXPECT_EQ(every[static_cast<std::size_t>(step.step)].x, step.x);
  }
}

TEST(Replay, StopsWhereItIsAskedTo) {
  std::stop_source source;
  ReplayRequest request = request_of(3);
  request.steps = ReplaySteps::every;
  request.stop = source.get_token();
  std::int64_t last = -1;
  (void)replay(spec_of(Kind::trajectory), request, [&](const ReplayedStep& step) {
    last = step.step;
    if (step.step == 2) source.request_stop();
  });
  EXPECT_EQ(last, 2);
}

TEST(Replay, AReplicateIsTheSpecsFirstUnlessNamed) {
  const Spec spec = spec_of(Kind::noise);
  const auto last_x = [&spec](std::optional<std::int64_t> replicate) {
    return steps_of(spec, request_of(3, replicate)).back().x;
  };
  EXPECT_EQ(last_x(std::nullopt), last_x(3));
  EXPECT_NE(last_x(3), last_x(4));
  EXPECT_NE(last_x(most_replicates - 1), last_x(4));
}

TEST(Replay, RefusesWhatIsNotThere) {
  const auto message = [](const Spec& spec, const ReplayRequest& request) {
    return message_of<UsageError>([&] { (void)replay(spec, request, [](const ReplayedStep&) {}); });
  };
  const Spec spec = spec_of(Kind::trajectory);
  expect_contains(message(spec, request_of(10)), "the cell 10; wanted one from 0 to 9");
  expect_contains(message(spec, request_of(-1)), "the cell -1");
  expect_contains(message(spec, request_of(0, 0)), "kind trajectory; wanted one of kind noise");
  expect_contains(message(spec_of(Kind::noise), request_of(0, most_replicates)), "replicate 4294967296; wanted");
  expect_contains(message(spec_of(Kind::noise), request_of(0, -1)), "replicate -1; wanted");
  expect_contains(message(test::small_spec(), request_of(0)), "kind rate");
}

TEST(CellAt, IsTheFirstCellOfThoseValues) {
  const Spec spec = spec_of(Kind::trajectory);
  EXPECT_EQ(cell_at(spec, {{"lambda", 4}, {"alpha", 0.25}}), 6);
  EXPECT_EQ(cell_at(spec, {{"alpha", 1}, {"beta", 0.5}, {"lambda", 1}}), 4);
  Spec twice = spec;
  twice.axes[0] = Axis("lambda", ListedValues{{1.0, 4.0, 4.0}});
  EXPECT_EQ(cell_at(twice, {{"lambda", 4}, {"alpha", 0}}), 5);
  Spec wide = spec;
  wide.axes[1] = Axis("alpha", LinearRange{0, 8192, 8193});
  EXPECT_EQ(cell_at(wide, {{"lambda", 4}, {"alpha", 8191}}), 8193 + 8191);
}

TEST(CellAt, RoundsAsTheAxesDo) {
  Spec spec = spec_of(Kind::trajectory);
  spec.axes[1] = Axis("alpha", ListedValues{{0.1, 0.2}});
  const auto single = static_cast<double>(0.2F);
  EXPECT_THROW((void)cell_at(spec, {{"lambda", 1}, {"alpha", single}}), UsageError);
  spec.precision = Precision::float32;
  EXPECT_EQ(cell_at(spec, {{"lambda", 1}, {"alpha", single}}), 1);
  EXPECT_EQ(cell_at(spec, {{"lambda", 1}, {"alpha", 0.2}}), 1);
}

TEST(CellAt, NamesTheNearestValues) {
  const auto message = [](double alpha) {
    return message_of<UsageError>([&] { (void)cell_at(spec_of(Kind::trajectory), {{"lambda", 1}, {"alpha", alpha}}); });
  };
  expect_contains(message(0.3),
                  "alpha = 0.3, which is not on its axis; wanted one of its 5 values, such as 0.25 or 0.5");
  expect_contains(message(-2), "such as 0");
  expect_contains(message(2), "such as 1");
}

}  // namespace
}  // namespace ravine
