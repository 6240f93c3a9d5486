// The comparison of maps finds what is wrong: sweeps that are the CPU's but for one thing.
#include "compare.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <utility>

#include "cases.hpp"
#include "ensemble_cases.hpp"
#include "faulty_sweep.hpp"
#include "parity.hpp"
#include "ravine/error.hpp"

namespace ravine::gpu_check {
namespace {

/// 3 x 5 cells in tiles of 4, of which the last two in a row of tiles are cut: the last column of cells is padded.
MapCase small_map() {
  Spec spec;
  spec.quantities = {Quantity::rate, Quantity::regime};
  spec.axes = {Axis("lambda", ListedValues{{1}}), Axis("alpha", LinearRange{0, 4, 3}),
               Axis("beta", LinearRange{0, 1, 5})};
  return {"a map", spec, 4};
}

std::vector<std::string> differences_with(const Fault& fault) {
  return compare_map(small_map(), backends_with(fault)).differences;
}

/// The first difference that a fault of tile 1 is reported as.
std::string said_of(const std::function<void(TileData&)>& change) {
  const std::vector<std::string> differences = differences_with([&](TileData& tile) {
    if (tile.id == 1) change(tile);
  });
  EXPECT_EQ(differences.size(), 1U);
  return differences.empty() ? "" : differences.front();
}

void flip_bit(TileData& tile, std::size_t quantity, std::size_t byte) {
  tile.chunks[quantity][byte] ^= std::byte{1};
}

TEST(GpuCheck, equal_maps_have_no_difference_and_are_counted) {
  const Comparison compared = compare_map(small_map(), backends_with(none));
  EXPECT_TRUE(compared.differences.empty());
  EXPECT_EQ(compared.cells, 15);
  EXPECT_EQ(compared.bytes, 6 * 4 * 9);
  EXPECT_EQ(compared.summary.cells, 15);
}

TEST(GpuCheck, a_bit_of_a_value_is_found_with_its_place) {
  // Tile 1 is the last column of the first row of cells, and padding.
  const std::string said = said_of([](TileData& tile) { flip_bit(tile, 0, 0); });
  EXPECT_EQ(said,
            "a map: tile 1: rate: 1 of 4 values differ, the first at lambda = 1, alpha = 0, beta = 1: found "
            "0x3ff0000000000001, wanted 0x3ff0000000000000");
}

TEST(GpuCheck, a_bit_of_the_padding_is_found) {
  const std::string said = said_of([](TileData& tile) { flip_bit(tile, 1, 3); });
  EXPECT_EQ(said, "a map: tile 1: regime: 1 of 4 values differ, the first at the padding: found 0x01, wanted 0x00");
}

TEST(GpuCheck, every_part_of_a_summary_is_compared) {
  const std::vector<std::function<void(Summary&)>> changes = {
      [](Summary& s) { ++s.cells; },
      [](Summary& s) { ++*s.convergent; },
      [](Summary& s) { s.convergent.reset(); },
      [](Summary& s) { ++s.best_rate->cell; },
      [](Summary& s) { s.best_rate->value = std::nextafter(s.best_rate->value, 0); },
      [](Summary& s) { s.best_rate.reset(); },
      [](Summary& s) {
        s.best_gap = BestCell{0, 0};
      },
      [](Summary& s) { ++(*s.regimes)[3]; },
      [](Summary& s) { s.regimes.reset(); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const std::string said = said_of([&](TileData& tile) { changes[i](tile.summary); });
    EXPECT_NE(said.find("the summary"), std::string::npos) << i << ": " << said;
  }
}

TEST(GpuCheck, tiles_of_another_shape_or_order_are_found) {
  EXPECT_NE(said_of([](TileData& tile) { tile.chunks[0].resize(8); }).find("found 8 bytes, wanted 32"),
            std::string::npos);
  EXPECT_NE(said_of([](TileData& tile) { tile.chunks.pop_back(); }).find("found 1 chunks, wanted 2"),
            std::string::npos);
  EXPECT_NE(said_of([](TileData& tile) { tile.id = 2; }).find("found tile 2 in its place"), std::string::npos);
}

TEST(GpuCheck, a_sweep_that_is_wrong_everywhere_is_given_up) {
  const auto differences = differences_with([](TileData& tile) {
    flip_bit(tile, 0, 1);
    flip_bit(tile, 1, 1);
    ++tile.summary.cells;
  });
  EXPECT_GE(differences.size(), most_differences);
  EXPECT_LE(differences.size(), most_differences + 2);
}

TEST(GpuCheck, counts_of_keys_are_compared) {
  MapCase map = small_map();
  map.bins = {{0, 0, 48}};
  EXPECT_TRUE(compare_map(map, backends_with(none)).differences.empty());
  const Backends too_many = {[](const Spec& spec, const Grid& grid, const cuda::SweepOptions& options) {
                               auto sweep = std::make_unique<FaultySweep>(spec, grid, options.keep, none);
                               sweep->count_once_more();
                               return sweep;
                             },
                             {},
                             {0},
                             1};
  const std::vector<std::string> said = compare_map(map, too_many).differences;
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front(), "a map: keys of rate, bins from 0x0 by 2^48: found 2 in bin 49120, wanted 1");
}

TEST(GpuCheck, summaries_alone_are_compared_without_chunks) {
  MapCase map = small_map();
  map.keep = cuda::Keep::summary;
  EXPECT_TRUE(compare_map(map, backends_with(none)).differences.empty());
  EXPECT_FALSE(compare_map(map, backends_with([](TileData& tile) { ++tile.summary.cells; })).differences.empty());
  EXPECT_FALSE(compare_map(map, backends_with([](TileData& tile) { tile.chunks.resize(1); })).differences.empty());
}

/// Every group of maps at a size that takes a moment.
std::vector<Check> parity_with(const Fault& fault) {
  std::vector<Check> checks;
  const Sizes sizes{.cells = 3000,
                    .large_cells = 9000,
                    .eigenvalues = 9,
                    .adversarial_rows = 7,
                    .trajectories = 9,
                    .steps = 10,
                    .replicates = 20};
  check_parity({sizes, RAVINE_TEST_DATA "/oracle"}, backends_with(fault),
               [&](Check check) { checks.push_back(std::move(check)); });
  return checks;
}

TEST(GpuCheck, every_group_passes_on_equal_backends_and_has_cells) {
  for (const Check& check : parity_with(none)) {
    EXPECT_EQ(check.status, Status::passed) << check.name << ": " << check.reason;
    EXPECT_EQ(check.detail.find(" 0 cells"), std::string::npos) << check.name << ": " << check.detail;
  }
}

TEST(GpuCheck, every_group_fails_on_a_wrong_last_cell) {
  for (const Check& check : parity_with([](TileData& tile) {
         tile.summary.cells += 1;
         for (ByteBuffer& chunk : tile.chunks) chunk[chunk.size() - 1] ^= std::byte{1};
       })) {
    EXPECT_EQ(check.status, Status::failed) << check.name;
  }
}

TEST(GpuCheck, an_error_of_the_backend_fails_the_check) {
  const Backends broken = {[](const Spec&, const Grid&, const cuda::SweepOptions&) -> std::unique_ptr<cuda::MapSweep> {
                             throw BackendError("the device has gone");
                           },
                           {},
                           {0},
                           1};
  const Check check = check_maps({"a group", {small_map()}}, broken);
  EXPECT_EQ(check.status, Status::failed);
  EXPECT_NE(check.reason.find("the device has gone"), std::string::npos);
}

/// 3 x 5 cells of one component, with a loss at two steps each.
MapCase small_study(Kind kind, Quantity quantity) {
  MapCase study = small_map();
  study.spec.kind = kind;
  study.spec.quantities = {quantity};
  study.spec.ensemble.emplace();
  study.spec.ensemble->record = {7, ListedSteps{{3, 7}}, 1e-6};
  if (kind == Kind::noise) {
    Noise& noise = study.spec.ensemble->noise.emplace();
    noise.variance = {1.0};
    noise.replicates = 10;
  }
  return study;
}

TEST(GpuCheck, equal_studies_have_no_difference_and_are_counted) {
  for (const auto& [kind, quantity] :
       {std::pair{Kind::trajectory, Quantity::loss}, std::pair{Kind::noise, Quantity::mean_loss}}) {
    const Comparison compared = compare_study(small_study(kind, quantity), backends_with(none));
    EXPECT_TRUE(compared.differences.empty());
    EXPECT_EQ(compared.cells, 15);
    EXPECT_EQ(compared.bytes, 6 * 4 * 2 * 8);
  }
}

TEST(GpuCheck, a_bit_of_a_study_is_found_with_its_cell_and_value) {
  const Backends backends = backends_with([](TileData& tile) {
    if (tile.id == 1) flip_bit(tile, 0, 8);
  });
  const std::vector<std::string> differences =
      compare_study(small_study(Kind::trajectory, Quantity::loss), backends).differences;
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_NE(
      differences.front().find(
          "tile 1: loss: 1 of 8 values differ, the first at lambda = 1, alpha = 0, beta = 1, value 1 of the cell"),
      std::string::npos)
      << differences.front();
}

TEST(GpuCheck, studies_of_all_kinds_of_kernels_are_compared) {
  EXPECT_EQ(trajectory_studies({}).maps.size(), 2U * 5 * 2);
  EXPECT_EQ(noise_studies({}).maps.size(), 2U * 2 * 2);
}

}  // namespace
}  // namespace ravine::gpu_check
