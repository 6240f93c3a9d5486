// The model's steps against powers of the step matrix and against golden noisy iterates; what is watched and recorded.
#include "ravine/model/trajectory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ravine/model/step_power.hpp"

namespace ravine {
namespace {

using model::Cell;
using model::State;
using model::Status;
using model::Watch;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class F>
std::vector<State<F>> states(const Cell<F>& cell, State<F> start, int steps) {
  std::vector<State<F>> all = {start};
  for (int k = 1; k <= steps; ++k) all.push_back(model::step(cell, all.back(), model::gradient(cell, all.back())));
  return all;
}

/// The largest entry of each power up to `steps`.
std::vector<double> largest_entries(const Cell<double>& cell, int steps) {
  std::vector<double> largest;
  for (int k = 0; k <= steps; ++k) {
    const model::Entries power = model::step_power_entries(cell, k);
    largest.push_back(std::max({std::fabs(power.yy), std::fabs(power.yx), std::fabs(power.xy), std::fabs(power.xx)}));
  }
  return largest;
}

/// Each step rounds y twice and x once; the powers carry those errors on. As far as the states are finite.
template <class F>
void expect_powers(const Cell<F>& cell, State<F> start) {
  constexpr int steps = 150;
  constexpr double u = std::numeric_limits<F>::epsilon() / 2;
  const Cell<double> exact{cell.alpha, cell.beta, cell.lambda};
  const std::vector<State<F>> found = states(cell, start, steps);
  const std::vector<double> carried = largest_entries(exact, steps);
  const auto size = [](F value) { return std::fabs(static_cast<double>(value)); };
  for (int k = 0; k <= steps && std::isfinite(found[static_cast<std::size_t>(k)].y); ++k) {
    const model::Entries power = model::step_power_entries(exact, k);
    double bound = 1e-15 * carried[static_cast<std::size_t>(k)];  // the powers are rounded themselves
    for (int j = 1; j <= k; ++j) {
      const State<F>& after = found[static_cast<std::size_t>(j)];
      const double gradient = size(cell.lambda * found[static_cast<std::size_t>(j - 1)].x);
      const double rounded = u * (gradient + size(after.y)) + u * (size(after.x) + size(cell.alpha) * size(after.y));
      bound += 2 * carried[static_cast<std::size_t>(k - j)] * (rounded + 3.0 * std::numeric_limits<F>::denorm_min());
    }
    const auto y = static_cast<double>(start.y);
    const auto x = static_cast<double>(start.x);
    const State<F>& at = found[static_cast<std::size_t>(k)];
    ASSERT_NEAR(static_cast<double>(at.y), power.yy * y + power.yx * x, bound) << "y " << k;
    ASSERT_NEAR(static_cast<double>(at.x), power.xy * y + power.xx * x, bound) << "x " << k;
  }
}

TEST(Trajectory, StepsAreThePowersOfTheStepMatrix) {
  for (const double alpha : {0.1, 1.0, 1.7}) {
    for (const double beta : {-0.5, 0.0, 0.25, 0.9, 1.0}) {
      for (const double lambda : {0.01, 0.25, 1.0, 2.25}) {
        expect_powers<double>({alpha, beta, lambda}, {0.5, -2.0});
        expect_powers<float>({static_cast<float>(alpha), static_cast<float>(beta), static_cast<float>(lambda)},
                             {0.5F, -2.0F});
      }
    }
  }
}

TEST(Trajectory, OneStepByHand) {
  const Cell<double> cell{0.5, 0.25, 2.0};
  const State<double> at = model::step(cell, {4.0, 3.0}, model::gradient(cell, {4.0, 3.0}));
  EXPECT_EQ(at.y, 0.25 * 4 + 2 * 3);
  EXPECT_EQ(at.x, 3 - 0.5 * 7);
  EXPECT_EQ(model::noisy_gradient(cell, {4.0, 3.0}, 0.5, -3.0), 2 * 3 - 1.5);
  EXPECT_EQ(model::loss_part(2.0, -3.0), 9.0);
}

TEST(Trajectory, WithoutDeviationNoiseChangesNothing) {
  for (const double lambda : {0.3, -1.7, 1e-300}) {
    const Cell<double> cell{0.7, 0.9, lambda};
    EXPECT_EQ(model::noisy_gradient(cell, {1.0, 0.1}, 0.0, 3.7), model::gradient(cell, {1.0, 0.1}));
  }
}

TEST(Trajectory, NoisyStepsAreTheGoldenOnes) {
  std::ifstream file(std::string(RAVINE_TEST_DATA) + "/oracle/trajectories.json");
  const nlohmann::json problems = nlohmann::json::parse(file);
  const auto number = [](const nlohmann::json& text) { return std::strtod(text.get<std::string>().c_str(), nullptr); };
  int runs = 0;
  for (const nlohmann::json& problem : problems) {
    if (problem.at("kind") != "noise_path") continue;
    for (const nlohmann::json& run : problem.at("runs")) {
      if (run.at("method") != "HB") continue;
      const nlohmann::json& parameters = run.at("params");
      const Cell<double> cell{number(parameters.at("alpha")), number(parameters.at("beta")), number(problem.at("lam"))};
      State<double> mode{0, number(problem.at("w0").at(0))};
      std::int64_t k = 0;
      for (const nlohmann::json& snapshot : run.at("snapshots")) {
        for (; k < snapshot.at("k"); ++k) {
          const double noise = number(problem.at("noise").at(static_cast<std::size_t>(k)));
          mode = model::step(cell, mode, model::noisy_gradient(cell, mode, 1.0, noise));
        }
        const double golden = number(snapshot.at("w").at(0));
        EXPECT_NEAR(mode.x, golden, 1e-11 * std::max(1.0, std::fabs(golden)));  // that of the golden values' page
      }
      ++runs;
    }
  }
  EXPECT_EQ(runs, 3);
}

TEST(Trajectory, AModeComesToRestWhereItsLossIsNextToNothing) {
  const double small = model::Least<double>::at_motion;
  const double smaller = std::nextafter(small, 0.0);
  const auto rests = [](State<double> mode) {
    const State<double> after = model::come_to_rest(mode);
    if (after.x == 0 && after.y == 0) return true;
    EXPECT_EQ(after.x, mode.x);
    EXPECT_EQ(after.y, mode.y);
    return false;
  };
  EXPECT_TRUE(rests({smaller, -smaller}));
  EXPECT_FALSE(rests({small, smaller}));
  EXPECT_FALSE(rests({smaller, -small}));
  EXPECT_FALSE(rests({1.0, 0.0}));
  EXPECT_FALSE(rests({infinity, smaller}));
  EXPECT_TRUE(rests({0.0, 0.0}));
  const State<double> broken = model::come_to_rest(State<double>{not_a_number, 0.0});
  EXPECT_TRUE(std::isnan(broken.y));
  EXPECT_LT(model::loss_part(1.0, smaller), 0x1p-1000);
  EXPECT_EQ(model::come_to_rest(State<float>{0x1p-61F, 0x1p-61F}).x, 0.0F);
  EXPECT_EQ(model::come_to_rest(State<float>{0x1p-60F, 0x1p-61F}).x, 0x1p-61F);
}

/// The watch over losses at steps 0, 1, ...
template <class F>
Watch<F> watched(const std::vector<F>& losses, F tolerance) {
  Watch<F> watch = model::no_watch<F>();
  for (std::size_t k = 0; k < losses.size(); ++k) {
    watch = model::watch(watch, static_cast<std::int64_t>(k), losses[k], tolerance);
  }
  return watch;
}

TEST(Watch, KeepsTheFirstPeakAndBothEndsOfWhatIsAbove) {
  const Watch<double> watch = watched<double>({0.5, 2.0, 3.0, 0.5, 3.0, 1.0, 0.25}, 1.0);
  EXPECT_EQ(watch.peak, 3.0);
  EXPECT_EQ(watch.peak_step, 2);
  EXPECT_EQ(watch.first_above, 1);
  EXPECT_EQ(watch.last_above, 4);
  EXPECT_EQ(watch.diverged_at, -1);
  EXPECT_EQ(model::status_after(watch, 6), Status::converged);
  EXPECT_EQ(model::steps_to_tolerance(watch, 6), 5);
}

TEST(Watch, ALossAtTheToleranceIsWithinIt) {
  const Watch<double> watch = watched<double>({1.0, 1.0}, 1.0);
  EXPECT_EQ(watch.first_above, -1);
  EXPECT_EQ(watch.last_above, -1);
  EXPECT_EQ(model::steps_to_tolerance(watch, 1), 0);
}

TEST(Watch, RunsWhereTheLastLossIsAbove) {
  const Watch<double> watch = watched<double>({2.0, 0.5, 2.0}, 1.0);
  EXPECT_EQ(model::status_after(watch, 2), Status::running);
  EXPECT_EQ(model::steps_to_tolerance(watch, 2), -1);
}

TEST(Watch, ToleranceZeroIsMetByZeroOnly) {
  EXPECT_EQ(model::status_after(watched<double>({1.0, 1e-300}, 0.0), 1), Status::running);
  EXPECT_EQ(model::steps_to_tolerance(watched<double>({1.0, 1.0, 0.0}, 0.0), 2), 2);
}

TEST(Watch, OnceNotFiniteItHasDiverged) {
  for (const double bad : {infinity, not_a_number, -infinity}) {
    const Watch<double> watch = watched<double>({1.0, 7.0, bad, bad, 0.0}, 2.0);
    EXPECT_EQ(watch.diverged_at, 2);
    EXPECT_EQ(watch.first_above, 1);
    EXPECT_EQ(watch.last_above, 3);
    EXPECT_EQ(model::status_after(watch, 4), Status::diverged);
    EXPECT_EQ(model::steps_to_tolerance(watch, 4), -1);
    EXPECT_EQ(model::peak_of(watch).loss, infinity);
    EXPECT_EQ(model::peak_of(watch).step, 2);
  }
}

TEST(Recorded, IsOfTheSameBitsWhateverTheProcessorMadeOfIt) {
  const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
  for (const double bad : {infinity, -infinity, not_a_number, -not_a_number,
                           std::bit_cast<double>(std::uint64_t{0xfff8'0000'dead'beef})}) {
    EXPECT_EQ(bits(model::recorded_x(bad)), 0x7ff8'0000'0000'0000U);
    EXPECT_EQ(bits(model::recorded_loss(bad)), bits(infinity));
    EXPECT_EQ(std::bit_cast<std::uint32_t>(model::recorded_x(static_cast<float>(bad))), 0x7fc0'0000U);
    EXPECT_EQ(model::recorded_loss(static_cast<float>(bad)), std::numeric_limits<float>::infinity());
  }
  for (const double good : {0.0, -0.0, 1.5, -1e308, std::numeric_limits<double>::denorm_min()}) {
    EXPECT_EQ(bits(model::recorded_x(good)), bits(good));
    EXPECT_EQ(bits(model::recorded_loss(good)), bits(good));
  }
  EXPECT_EQ(model::recorded_x(std::numeric_limits<float>::max()), std::numeric_limits<float>::max());
}

}  // namespace
}  // namespace ravine
