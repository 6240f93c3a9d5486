#include "ravine/store.hpp"

#include <bit>
#include <cstring>
#include <limits>
#include <string>

#include "io/record.hpp"
#include "ravine/error.hpp"
#include "store_fixture.hpp"

namespace ravine {
namespace {

using namespace test;
namespace fs = std::filesystem;

class StoreTest : public StoreFolder {};

TEST_F(StoreTest, RoundTripsTilesAndSummaries) {
  filled();
  const Store store = Store::open(path_);
  EXPECT_EQ(store.identity(), identity_of(small_spec(), small_grid()));
  EXPECT_EQ(store.grid().shape, small_grid().shape);
  EXPECT_EQ(store.grid().tile_shape, small_grid().tile_shape);
  for (std::int64_t id = 0; id < 4; ++id) {
    const TileData wanted = tile_data(store.grid(), id);
    EXPECT_EQ(store.check_tile(id, CheckDepth::presence).state, TileState::done);
    EXPECT_EQ(store.check_tile(id, CheckDepth::checksums).state, TileState::done);
    for (std::size_t k = 0; k < wanted.chunks.size(); ++k) {
      Bytes found(wanted.chunks[k].size());
      store.read_chunk(id, k, found);
      EXPECT_TRUE(std::equal(found.begin(), found.end(), wanted.chunks[k].begin(), wanted.chunks[k].end()));
    }
    const Summary summary = store.tile_summary(id);
    EXPECT_EQ(summary.cells, wanted.summary.cells);
    EXPECT_EQ(summary.convergent, wanted.summary.convergent);
    EXPECT_EQ(summary.best_rate->value, wanted.summary.best_rate->value);
    EXPECT_EQ(summary.best_rate->cell, wanted.summary.best_rate->cell);
    EXPECT_FALSE(summary.best_gap.has_value());
    EXPECT_EQ(summary.regimes, wanted.summary.regimes);
  }
}

TEST_F(StoreTest, ChunkFilesAreWholeTilesUnderTheirZarrKeys) {
  filled();
  EXPECT_EQ(fs::file_size(path_ / "rate/1/1/0"), 10 * sizeof(double));
  EXPECT_EQ(fs::file_size(path_ / "regime/1/1/0"), 10U);
  const std::string edge = read_file(path_ / "rate/0/1/0");
  double last = 0;
  std::memcpy(&last, edge.data() + edge.size() - sizeof last, sizeof last);
  EXPECT_NE(last, last) << "cells beyond the grid hold NaN";
}

TEST_F(StoreTest, EqualRunsGiveEqualBytesOutsideTheRunFiles) {
  filled();
  const auto first = content_of(path_);
  path_ = folder_ / "another";
  filled();
  EXPECT_EQ(first, content_of(path_));
  EXPECT_EQ(first.count(".ravine/tiles/0/3"), 1U);
  for (const auto& [name, text] : first) {
    EXPECT_EQ(text.find(folder_.string()), std::string::npos) << name;
  }
}

TEST_F(StoreTest, CoordinatesAreTheAxesValues) {
  Store::create(path_, small_spec(), small_grid());
  std::vector<double> alpha(3);
  const std::string bytes = read_file(path_ / "alpha/0");
  ASSERT_EQ(bytes.size(), alpha.size() * sizeof(double));
  std::memcpy(alpha.data(), bytes.data(), bytes.size());
  EXPECT_EQ(alpha, (std::vector<double>{0.0, 2.0, 4.0}));
}

TEST_F(StoreTest, Float32CoordinatesAreRoundedOnce) {
  Store::create(path_, small_spec(Precision::float32), small_grid());
  std::vector<float> lambda(2);
  const std::string bytes = read_file(path_ / "lambda/0");
  ASSERT_EQ(bytes.size(), lambda.size() * sizeof(float));
  std::memcpy(lambda.data(), bytes.data(), bytes.size());
  EXPECT_EQ(lambda, (std::vector<float>{0.1F, 1.0F}));
}

TEST_F(StoreTest, LongCoordinatesAreChunkedAndPadded) {
  Spec spec = small_spec();
  const std::int64_t count = (std::int64_t{1} << 20) + 3;
  spec.axes[1] = Axis("alpha", LinearRange{0.0, 1.0, count});
  const Store store = Store::create(path_, spec, Grid{{2, count, 5}, {1, 1000, 5}});
  const std::string tail = read_file(path_ / "alpha/1");
  ASSERT_EQ(tail.size(), sizeof(double) << 20);
  std::array<double, 4> values{};
  std::memcpy(values.data(), tail.data(), sizeof values);
  EXPECT_EQ(values[2], 1.0);
  EXPECT_NE(values[3], values[3]);
  EXPECT_TRUE(Store::open(path_).damaged_coordinates().empty());
  flip_byte(path_ / "alpha/1", 8);
  ASSERT_EQ(store.damaged_coordinates().size(), 1U);
  expect_contains(store.damaged_coordinates()[0], "alpha/1");
}

TEST_F(StoreTest, IdentityFollowsMeaningNotPaths) {
  Spec spec = small_spec();
  spec.inputs = {{"a.csv", std::string(32, 'a')}};
  const std::string identity = identity_of(spec, small_grid());
  Spec moved = spec;
  moved.store = "elsewhere";
  moved.inputs[0].path = "b.csv";
  EXPECT_EQ(identity_of(moved, small_grid()), identity);
  EXPECT_EQ(identity.size(), 32U);
  Spec other_input = spec;
  other_input.inputs[0].hash = std::string(32, 'b');
  EXPECT_NE(identity_of(other_input, small_grid()), identity);
  EXPECT_NE(identity_of(small_spec(Precision::float32), small_grid()), identity_of(small_spec(), small_grid()));
  EXPECT_NE(identity_of(spec, Grid{{2, 3, 5}, {1, 3, 5}}), identity);
}

// --- tiles that are not whole ---

TEST_F(StoreTest, UnwrittenTilesAreMissing) {
  const Store store = Store::create(path_, small_spec(), small_grid());
  EXPECT_EQ(store.check_tile(0, CheckDepth::checksums).state, TileState::missing);
  expect_contains(message_of<DataError>([&] { (void)store.tile_summary(0); }), "missing");
}

TEST_F(StoreTest, DamagedChunksAreCorrupt) {
  const Store store = filled();
  flip_byte(path_ / "rate/0/0/0", 17);
  EXPECT_EQ(store.check_tile(0, CheckDepth::presence).state, TileState::done) << "presence looks at sizes only";
  const TileCheck check = store.check_tile(0, CheckDepth::checksums);
  EXPECT_EQ(check.state, TileState::corrupt);
  expect_contains(check.reason, "rate/0/0/0' has checksum ");
  expect_contains(check.reason, "its record wants ");
  Bytes buffer(10 * sizeof(double));
  expect_contains(message_of<DataError>([&] { store.read_chunk(0, 0, buffer); }), "rate/0/0/0");
}

TEST_F(StoreTest, DeletedAndShortChunksAreCorruptAtEveryDepth) {
  const Store store = filled();
  fs::remove(path_ / "regime/0/1/0");
  fs::resize_file(path_ / "rate/1/0/0", 79);
  for (const CheckDepth depth : {CheckDepth::presence, CheckDepth::checksums}) {
    EXPECT_EQ(store.check_tile(1, depth).state, TileState::corrupt);
    expect_contains(store.check_tile(1, depth).reason, "regime/0/1/0' is missing");
    EXPECT_EQ(store.check_tile(2, depth).state, TileState::corrupt);
    expect_contains(store.check_tile(2, depth).reason, "has 79 bytes, its record wants 80");
  }
}

TEST_F(StoreTest, DamagedRecordsAreCorrupt) {
  const Store store = filled();
  const fs::path record = path_ / ".ravine/tiles/0/2";
  flip_byte(record, read_file(record).find("\"cells\": 10") + 10);
  const TileCheck check = store.check_tile(2, CheckDepth::presence);
  EXPECT_EQ(check.state, TileState::corrupt);
  expect_contains(check.reason, ".ravine/tiles/0/2' is damaged: its content does not match its checksum");
  expect_contains(message_of<DataError>([&] { (void)store.tile_summary(2); }), ".ravine/tiles/0/2");
  write_text(record, "");
  EXPECT_EQ(store.check_tile(2, CheckDepth::presence).state, TileState::corrupt);
}

TEST(TileRecord, EveryFlippedByteAndEveryCutIsNoticed) {
  const std::string text = detail::to_text({3, "id", {{"rate", 80, "aa"}, {"regime", 10, "bb"}}, summary_of(10, 3)});
  EXPECT_NO_THROW((void)detail::parse_tile_record(text));
  for (std::size_t k = 0; k < text.size(); ++k) {
    for (const int bit : {1, 32, 128}) {
      std::string flipped = text;
      flipped[k] = static_cast<char>(flipped[k] ^ bit);
      EXPECT_THROW((void)detail::parse_tile_record(flipped), DataError) << "byte " << k << ", bit " << bit;
    }
    EXPECT_THROW((void)detail::parse_tile_record(text.substr(0, k)), DataError) << "cut to " << k;
  }
}

TEST_F(StoreTest, RecordsOfOtherTilesAndStoresDoNotCount) {
  const Store store = filled();
  const fs::path record = path_ / ".ravine/tiles/0/2";
  fs::copy_file(path_ / ".ravine/tiles/0/0", record, fs::copy_options::overwrite_existing);
  expect_contains(store.check_tile(2, CheckDepth::presence).reason, "it is of tile 0, wanted 2");

  detail::TileRecord foreign = detail::parse_tile_record(read_file(path_ / ".ravine/tiles/0/3"));
  foreign.identity = std::string(32, '0');
  write_text(path_ / ".ravine/tiles/0/3", detail::to_text(foreign));
  expect_contains(store.check_tile(3, CheckDepth::presence).reason,
                  "identity 00000000000000000000000000000000, wanted ");
}

TEST(TileRecord, KeepsEveryBitOfItsValues) {
  const double smallest = std::numeric_limits<double>::denorm_min();
  for (const double value : {0.1, 1.0 / 3.0, smallest, -0.0, std::numeric_limits<double>::max(),
                             std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    detail::TileRecord record{7, "id", {{"gap", 8, "00"}}, {}};
    record.summary.best_gap = BestCell{value, std::numeric_limits<std::int64_t>::max()};
    const detail::TileRecord read = detail::parse_tile_record(detail::to_text(record));
    EXPECT_EQ(std::bit_cast<std::uint64_t>(read.summary.best_gap->value), std::bit_cast<std::uint64_t>(value));
    EXPECT_EQ(read.summary.best_gap->cell, std::numeric_limits<std::int64_t>::max());
    EXPECT_FALSE(read.summary.convergent.has_value());
  }
}

TEST_F(StoreTest, ATileCanBeWrittenAgain) {
  const Store store = filled();
  const auto whole = content_of(path_);
  flip_byte(path_ / "rate/0/0/0", 17);
  flip_byte(path_ / ".ravine/tiles/0/1", 17);
  fill(store);
  EXPECT_EQ(content_of(path_), whole);
}

}  // namespace
}  // namespace ravine
