#include "ravine/grid.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "ravine/error.hpp"

namespace ravine {
namespace {

/// An axis of `size` values (what they are does not matter to a grid).
Axis axis_of(const std::string& name, std::int64_t size) {
  return {name, LinearRange{0.0, size == 1 ? 0.0 : 1.0, size}};
}

/// A spec over lambda, alpha and beta with these numbers of values.
Spec spec_of(std::int64_t lambda, std::int64_t alpha, std::int64_t beta) {
  Spec spec;
  spec.quantities = {Quantity::rate};
  spec.axes = {axis_of("lambda", lambda), axis_of("alpha", alpha), axis_of("beta", beta)};
  return spec;
}

std::string error_of(const Spec& spec, std::int64_t target) {
  try {
    (void)make_grid(spec, target);
    return "no error";
  } catch (const UsageError& error) {
    return error.what();
  }
}

/// Visits the cells of a box in order.
template <class Visit>
void each_cell(const Box& box, Visit visit) {
  for (std::int64_t k = 0; k < box.cells(); ++k) {
    Index index = box.first;
    std::int64_t rest = k;
    for (std::size_t d = index.size(); d-- > 0;) {
      index[d] += rest % box.shape[d];
      rest /= box.shape[d];
    }
    visit(index);
  }
}

TEST(Grid, EveryCellIsInExactlyOneTile) {
  const Spec spec = spec_of(3, 7, 11);
  for (const std::int64_t target : {1, 2, 5, 11, 12, 30, 33, 76, 77, 78, 200, 231, 232, 100000}) {
    const Grid grid = make_grid(spec, target);
    std::vector<int> visits(static_cast<std::size_t>(grid.cells()));
    for (std::int64_t id = 0; id < grid.tile_count(); ++id) {
      const Box box = grid.tile(id);
      EXPECT_LE(box.cells(), grid.tile_capacity());
      each_cell(box, [&](const Index& index) { ++visits[static_cast<std::size_t>(grid.cell_number(index))]; });
    }
    EXPECT_TRUE(std::all_of(visits.begin(), visits.end(), [](int n) { return n == 1; })) << target;
    EXPECT_LE(grid.tile_capacity(), std::min<std::int64_t>(target, grid.cells()));
  }
}

TEST(Grid, TheFastestAxisIsWholeIfItFits) {
  const Spec spec = spec_of(3, 7, 11);
  EXPECT_EQ(make_grid(spec, 1).tile_shape, (Index{1, 1, 1}));
  EXPECT_EQ(make_grid(spec, 10).tile_shape, (Index{1, 1, 10}));
  EXPECT_EQ(make_grid(spec, 21).tile_shape, (Index{1, 1, 11}));
  EXPECT_EQ(make_grid(spec, 22).tile_shape, (Index{1, 2, 11}));
  EXPECT_EQ(make_grid(spec, 153).tile_shape, (Index{1, 7, 11}));
  EXPECT_EQ(make_grid(spec, 154).tile_shape, (Index{2, 7, 11}));
  EXPECT_EQ(make_grid(spec).tile_shape, (Index{3, 7, 11}));
}

TEST(Grid, AnAxisLongerThanTheTargetIsCut) {
  const Grid grid = make_grid(spec_of(2, 3, 10'000'000));
  EXPECT_EQ(grid.tile_shape, (Index{1, 1, default_tile_cells}));
  EXPECT_EQ(grid.tiles_along(), (Index{2, 3, 3}));
  EXPECT_EQ(grid.tile(2).first, (Index{0, 0, 2 * default_tile_cells}));
  EXPECT_EQ(grid.tile(2).shape, (Index{1, 1, 10'000'000 - 2 * default_tile_cells}));
}

TEST(Grid, NumbersFollowGridOrder) {
  const Grid grid = make_grid(spec_of(3, 7, 11), 22);
  EXPECT_EQ(grid.shape, (Index{3, 7, 11}));
  EXPECT_EQ(grid.cells(), 231);
  EXPECT_EQ(grid.tiles_along(), (Index{3, 4, 1}));
  EXPECT_EQ(grid.tile_count(), 12);
  EXPECT_EQ(grid.tile_capacity(), 22);
  EXPECT_EQ(grid.tile_position(6), (Index{1, 2, 0}));
  EXPECT_EQ(grid.tile(7).first, (Index{1, 6, 0}));
  EXPECT_EQ(grid.tile(7).shape, (Index{1, 1, 11}));
  EXPECT_EQ(grid.cell_number({1, 2, 3}), 77 + 22 + 3);
  for (std::int64_t number = 0; number < grid.cells(); ++number) {
    EXPECT_EQ(grid.cell_number(grid.cell_index(number)), number);
  }
}

TEST(Grid, AReducedLambdaIsNoAxisOfTheMap) {
  Spec spec = spec_of(1'000'000, 7, 11);
  spec.lambda_reduction = Reduction::worst;
  EXPECT_EQ(make_grid(spec).shape, (Index{7, 11}));
  ASSERT_EQ(map_axes(spec).size(), 2U);
  EXPECT_EQ(map_axes(spec)[0].name(), "alpha");
  spec.lambda_reduction = Reduction::none;
  EXPECT_EQ(map_axes(spec).size(), 3U);
}

TEST(Grid, HugeMapsFitIfTheirBytesDo) {
  const std::int64_t big = std::int64_t{1} << 31;
  Spec spec = spec_of(1, big, big);
  EXPECT_EQ(
      error_of(spec, default_tile_cells),
      "found a map of 1 x 2147483648 x 2147483648 cells of 8 bytes, stored in 1 x 2147483648 x 512 tiles of 1 x 1 "
      "x 4194304; wanted at most 2^63 - 1 = 9223372036854775807 bytes (lower the counts of its axes, or ask for "
      "fewer quantities)");
  spec.quantities = {Quantity::regime};  // 2^62 bytes
  const Grid grid = make_grid(spec);
  EXPECT_EQ(grid.cells(), std::int64_t{1} << 62);
  EXPECT_EQ(grid.tile_count(), std::int64_t{1} << 40);
  const Index last = {0, big - 1, big - 1};
  EXPECT_EQ(grid.cell_number(last), grid.cells() - 1);
  EXPECT_EQ(grid.cell_index(grid.cells() - 1), last);
  EXPECT_EQ(grid.tile(grid.tile_count() - 1).first, (Index{0, big - 1, big - default_tile_cells}));
}

TEST(GridErrors, TooManyCells) {
  const std::int64_t big = std::int64_t{1} << 32;
  EXPECT_EQ(error_of(spec_of(1, big, big), default_tile_cells),
            "found a map of 1 x 4294967296 x 4294967296 cells; wanted at most 2^63 - 1 = 9223372036854775807 (lower "
            "the counts of its axes)");
}

TEST(GridErrors, PaddingCounts) {
  // 2^63 - 1 one-byte cells fit, but not padded to whole tiles of 2^22.
  Spec spec = spec_of(1, 1, std::numeric_limits<std::int64_t>::max());
  spec.quantities = {Quantity::regime};
  EXPECT_NE(error_of(spec, default_tile_cells).find("wanted at most 2^63 - 1"), std::string::npos);
  EXPECT_EQ(error_of(spec, 1), "no error");
}

TEST(GridErrors, EveryQuantityCounts) {
  Spec spec = spec_of(1, 1, std::int64_t{1} << 59);  // 8 bytes a cell fit, 16 don't
  EXPECT_EQ(error_of(spec, 1), "no error");
  spec.quantities = {Quantity::rate, Quantity::gap};
  EXPECT_NE(error_of(spec, 1).find("cells of 16 bytes"), std::string::npos);
  spec.precision = Precision::float32;
  EXPECT_EQ(error_of(spec, 1), "no error");
}

TEST(GridErrors, TileTarget) {
  EXPECT_EQ(error_of(spec_of(1, 2, 3), 0), "found a tile of 0 cells; wanted at least 1");
  EXPECT_EQ(error_of(spec_of(1, 2, 3), -5), "found a tile of -5 cells; wanted at least 1");
}

TEST(ValueBytes, FollowQuantityAndPrecision) {
  EXPECT_EQ(value_bytes(Quantity::rate, Precision::float64), 8U);
  EXPECT_EQ(value_bytes(Quantity::gap, Precision::float32), 4U);
  EXPECT_EQ(value_bytes(Quantity::regime, Precision::float64), 1U);
  EXPECT_EQ(value_bytes(Quantity::regime, Precision::float32), 1U);
}

}  // namespace
}  // namespace ravine
