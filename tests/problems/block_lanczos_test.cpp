#include "spectra/block_lanczos.hpp"

#include <gtest/gtest.h>

namespace ravine::spectra {
namespace {

TEST(BlockLanczos, TheScaleOfTheOperatorDoesNotMatter) {
  constexpr std::int64_t size = 200;
  for (const double scale : {1e-100, 1.0, 1e20, 1e100}) {
    Operator diagonal;
    diagonal.size = size;
    diagonal.apply = [scale](std::span<const double> x, std::span<double> y, std::int64_t columns) {
      for (std::int64_t k = 0; k < columns; ++k) {
        for (std::int64_t i = 0; i < size; ++i) {
          const auto at = static_cast<std::size_t>(k * size + i);
          y[at] = scale / static_cast<double>(1 + i) * x[at];
        }
      }
    };
    diagonal.project = [](std::span<double>, std::int64_t) {};
    LanczosOptions options;
    options.wanted = 5;
    options.block = 4;
    options.basis = 40;
    options.restarts = 20;
    options.tolerance = [](double mu) { return 1e-8 * mu; };
    const LanczosPairs pairs = largest_pairs(diagonal, options);
    ASSERT_EQ(pairs.outcome, LanczosPairs::Outcome::converged) << scale;
    ASSERT_EQ(pairs.eigenvalues.size(), 5U);
    for (std::size_t k = 0; k < 5; ++k) {
      EXPECT_NEAR(pairs.eigenvalues[k] / scale * static_cast<double>(1 + k), 1, 1e-13) << scale;
    }
    ASSERT_TRUE(pairs.next.has_value());
    EXPECT_LE(*pairs.next, scale / 6 * (1 + 1e-13));
    EXPECT_GT(*pairs.next, scale / 7);
  }
}

}  // namespace
}  // namespace ravine::spectra
