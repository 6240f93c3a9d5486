#include "io/export.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "io/npy_writer.hpp"

namespace ravine {
namespace {

/// Checks that the runs of all tiles cover each cell of the grid once, at the place that the chunk has it.
void expect_runs_cover(const Grid& grid) {
  std::vector<int> seen(static_cast<std::size_t>(grid.cells()), 0);
  for (std::int64_t id = 0; id < grid.tile_count(); ++id) {
    const Box box = grid.tile(id);
    for (const CellRun& run : cell_runs(grid, id)) {
      for (std::int64_t k = 0; k < run.count; ++k) {
        const Index cell = grid.cell_index(run.first_cell + k);
        std::int64_t value = 0;
        for (std::size_t d = 0; d < cell.size(); ++d) {
          value = value * grid.tile_shape[d] + cell[d] - box.first[d];
        }
        EXPECT_EQ(value, run.first_value + k);
        ++seen[static_cast<std::size_t>(run.first_cell + k)];
      }
    }
  }
  EXPECT_EQ(seen, std::vector<int>(seen.size(), 1));
}

TEST(CellRuns, CoverEveryCellOnce) {
  for (const Index& tile : {Index{1, 1, 1}, Index{1, 1, 5}, Index{1, 3, 7}, Index{2, 6, 7}, Index{5, 6, 7},
                            Index{2, 2, 2}, Index{5, 1, 1}, Index{3, 6, 4}, Index{4, 4, 7}}) {
    SCOPED_TRACE(testing::PrintToString(tile));
    expect_runs_cover({{5, 6, 7}, tile});
  }
  expect_runs_cover({{9}, {4}});
  expect_runs_cover({{1}, {1}});
}

TEST(CellRuns, AreAsLongAsTheyCanBe) {
  EXPECT_EQ(cell_runs({{5, 6, 7}, {5, 6, 7}}, 0).size(), 1U);
  EXPECT_EQ(cell_runs({{5, 6, 7}, {2, 6, 7}}, 2).size(), 1U);
  EXPECT_EQ(cell_runs({{5, 6, 7}, {1, 3, 7}}, 0).size(), 1U);
  EXPECT_EQ(cell_runs({{5, 6, 7}, {2, 3, 7}}, 0).size(), 2U);
}

TEST(NpyHeader, IsAlignedAndHasThePythonTuple) {
  for (const Index& shape : {Index{5}, Index{5, 6}, Index{1000000, 2000000, 7}}) {
    const std::string header = detail::npy_header("<f8", shape);
    EXPECT_EQ(header.size() % 64, 0U);
    EXPECT_EQ(header.substr(0, 6), "\x93NUMPY");
    EXPECT_EQ(header.back(), '\n');
  }
  EXPECT_NE(detail::npy_header("|u1", {5}).find("'descr': '|u1', 'fortran_order': False, 'shape': (5,)"),
            std::string::npos);
  EXPECT_NE(detail::npy_header("<f4", {5, 6}).find("'shape': (5, 6)"), std::string::npos);
}

}  // namespace
}  // namespace ravine
