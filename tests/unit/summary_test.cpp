#include "ravine/summary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace ravine {
namespace {

Summary part(double rate, std::int64_t cell) {
  Summary summary;
  summary.cells = 10;
  summary.convergent = 3;
  summary.best_rate = BestCell{rate, cell};
  summary.best_gap = BestCell{1.0 - rate, cell};
  summary.regimes = {0, 1, 2, 0, 4, 0, 0, 3};
  return summary;
}

TEST(Summary, EmptyIsNeutral) {
  Summary total;
  merge(total, Summary{});
  EXPECT_EQ(total.cells, 0);
  EXPECT_FALSE(total.convergent || total.best_rate || total.best_gap || total.regimes);
  merge(total, part(0.5, 7));
  merge(total, Summary{});
  EXPECT_EQ(total.cells, 10);
  EXPECT_EQ(total.convergent, 3);
  EXPECT_EQ(total.best_rate->value, 0.5);
  EXPECT_EQ(total.best_gap->cell, 7);
  EXPECT_EQ((*total.regimes)[7], 3);
}

TEST(Summary, CountsAdd) {
  Summary total = part(0.5, 7);
  merge(total, part(0.25, 9));
  EXPECT_EQ(total.cells, 20);
  EXPECT_EQ(total.convergent, 6);
  EXPECT_EQ(*total.regimes, (std::array<std::int64_t, regime_count>{0, 2, 4, 0, 8, 0, 0, 6}));
}

TEST(Summary, ZeroConvergentIsNotUnknown) {
  Summary none = part(2.0, 0);
  none.convergent = 0;
  Summary total;
  merge(total, none);
  EXPECT_EQ(total.convergent, 0);
}

TEST(Summary, SmallerRateAndLargerGapWin) {
  Summary total = part(0.5, 7);
  merge(total, part(0.25, 9));
  EXPECT_EQ(total.best_rate->value, 0.25);
  EXPECT_EQ(total.best_rate->cell, 9);
  EXPECT_EQ(total.best_gap->value, 0.75);
  merge(total, part(0.75, 1));
  EXPECT_EQ(total.best_rate->cell, 9);
  EXPECT_EQ(total.best_gap->cell, 9);
}

TEST(Summary, TheFirstCellWinsTies) {
  for (const bool first_comes_first : {true, false}) {
    Summary total = part(0.5, first_comes_first ? 3 : 8);
    merge(total, part(0.5, first_comes_first ? 8 : 3));
    EXPECT_EQ(total.best_rate->cell, 3);
    EXPECT_EQ(total.best_gap->cell, 3);
  }
}

TEST(Summary, OrderOfMergingDoesNotShow) {
  std::vector<Summary> parts = {part(0.5, 40), part(0.25, 30), part(0.25, 20), part(0.75, 10)};
  std::vector<int> order = {0, 1, 2, 3};
  do {
    Summary total;
    for (const int i : order) merge(total, parts[static_cast<std::size_t>(i)]);
    EXPECT_EQ(total.best_rate->value, 0.25);
    EXPECT_EQ(total.best_rate->cell, 20);
    EXPECT_EQ(total.best_gap->cell, 20);
    EXPECT_EQ(total.cells, 40);
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace ravine
