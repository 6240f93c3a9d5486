// The convex Rosenbrock function against golden solutions, spectra and iterates.
#include <gtest/gtest.h>

#include "golden.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

using golden::number;
using golden::numbers;

RosenbrockEnd end_named(const std::string& name) {
  if (name == "free") return RosenbrockEnd::free;
  return name == "pinned" ? RosenbrockEnd::pinned : RosenbrockEnd::exact;
}

RosenbrockProblem problem_of(const nlohmann::json& golden) {
  return {golden.at("n").get<std::int64_t>(), number(golden.at("kappa")),
          end_named(golden.at("end_variant").get<std::string>())};
}

/// Relative to max(1, |w|), as the golden file's notes give it: iterates of a method that may diverge.
constexpr double iterate_tolerance = 1e-11;
constexpr double solution_tolerance = 1e-14;
constexpr double rotation_tolerance = 1e-13;  ///< of eigenvalues up to 5 by Jacobi's rotations
constexpr double spectrum_tolerance = 5e-15;  ///< relative, of those in closed form: some units in the last place

TEST(Rosenbrock, HasTheGoldenSpectraAndSolutions) {
  for (const nlohmann::json& golden : golden::json_of("convex_rosenbrock.json")) {
    const RosenbrockProblem problem = problem_of(golden);
    SCOPED_TRACE(golden.at("end_variant").get<std::string>());
    const Quadratic quadratic = make_quadratic(problem, "");
    ASSERT_TRUE(quadratic.solution);
    EXPECT_LT(golden::distance(*quadratic.solution, numbers(golden.at("w_star"))), solution_tolerance);
    const double least = number(golden.at("lambda_min"));
    const double largest = number(golden.at("lambda_max"));
    const double condition = number(golden.at("condition"));
    const std::vector<double> values = golden::eigenvalues_by_rotations(quadratic.matrix);
    EXPECT_NEAR(values.front(), least, rotation_tolerance);
    EXPECT_NEAR(values.back(), largest, rotation_tolerance);
    EXPECT_EQ(quadratic.eigenvalues.has_value(), problem.end != RosenbrockEnd::exact);
    if (!quadratic.eigenvalues) continue;
    EXPECT_LT(golden::distance(*quadratic.eigenvalues, values), rotation_tolerance);
    EXPECT_NEAR(quadratic.eigenvalues->front(), least, spectrum_tolerance * least);
    EXPECT_NEAR(quadratic.eigenvalues->back(), largest, spectrum_tolerance * largest);
    EXPECT_NEAR(quadratic.eigenvalues->back() / quadratic.eigenvalues->front(), condition,
                spectrum_tolerance * condition);
  }
}

TEST(Rosenbrock, HasTheGoldenIteratesAndAnExactlyDarkZone) {
  for (const nlohmann::json& golden : golden::json_of("convex_rosenbrock.json")) {
    const Quadratic quadratic = make_quadratic(problem_of(golden), "");
    for (const nlohmann::json& snapshot : golden.at("snapshots")) {
      const int k = snapshot.at("k").get<int>();
      const std::vector<double> wanted = numbers(snapshot.at("w"));
      const std::vector<double> found =
          golden::heavy_ball_iterate(quadratic, number(golden.at("alpha")), number(golden.at("beta")), k);
      ASSERT_EQ(found.size(), wanted.size());
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_NEAR(found[i], wanted[i], iterate_tolerance * std::max(1.0, std::fabs(wanted[i]))) << k << " " << i;
        if (static_cast<int>(i) >= k) {
          EXPECT_EQ(found[i], 0) << "after " << k << " steps, weight " << i + 1;
        }
      }
    }
  }
}

/// A w* - b, the largest entry: w* to its last places also where q is next to 1 or to 0, and for one weight.
TEST(Rosenbrock, SolutionSolvesItForEveryConditionNumber) {
  for (const RosenbrockEnd end : {RosenbrockEnd::free, RosenbrockEnd::pinned, RosenbrockEnd::exact}) {
    for (const double kappa : {1 + 0x1p-40, 1.5, 10.0, 1e6, 1e14}) {
      for (const std::int64_t size : {1, 2, 3, 40}) {
        const Quadratic quadratic = make_quadratic(RosenbrockProblem{size, kappa, end}, "");
        std::vector<double> product(quadratic.b.size());
        multiply(quadratic.matrix, *quadratic.solution, product);
        constexpr double rounding = 0x1p-49;  // of sums of four terms of at most about 1
        EXPECT_LT(golden::distance(product, quadratic.b), rounding) << name_of(end) << " " << kappa << " " << size;
      }
    }
  }
}

TEST(Rosenbrock, ConditionNumberOfTheFreeEndGrowsToKappa) {
  double last = 1;
  for (const std::int64_t size : {2, 5, 25, 1000, 100000}) {
    const Quadratic quadratic = make_quadratic(RosenbrockProblem{size, 100, RosenbrockEnd::free}, "");
    const double condition = quadratic.eigenvalues->back() / quadratic.eigenvalues->front();
    EXPECT_GT(condition, last);
    last = condition;
  }
  EXPECT_NEAR(last, 100, 1e-6);
  EXPECT_LT(last, 100);
}

std::string message_for(const RosenbrockProblem& problem) {
  try {
    (void)make_quadratic(problem, "");
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Rosenbrock, RefusesWhatHasNoMeaning) {
  EXPECT_EQ(message_for({0, 100, RosenbrockEnd::free}), "size: found 0; wanted 1 to 2147483647");
  EXPECT_EQ(message_for({5, 1, RosenbrockEnd::free}), "kappa: found 1; wanted a number above 1");
  EXPECT_EQ(message_for({5, HUGE_VAL, RosenbrockEnd::free}), "kappa: found inf; wanted a number above 1");
  EXPECT_EQ(message_for({5, std::nan(""), RosenbrockEnd::free}), "kappa: found nan; wanted a number above 1");
}

}  // namespace
}  // namespace ravine
