/// \file
/// What the tests of the store share: a small map, made-up tiles, a folder that goes away.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "ravine/store.hpp"

namespace ravine::test {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

/// A map of 2 x 3 x 5 cells (lambda, alpha, beta) in tiles of 1 x 2 x 5: 4 tiles, two of them cut by the edge.
inline Spec small_spec(Precision precision = Precision::float64) {
  Spec spec;
  spec.precision = precision;
  spec.quantities = {Quantity::rate, Quantity::regime};
  spec.axes = {Axis("lambda", ListedValues{{0.1, 1.0}}), Axis("alpha", LinearRange{0.0, 4.0, 3}),
               Axis("beta", LinearRange{0.0, 1.0, 5})};
  return spec;
}

inline Grid small_grid() {
  return Grid{{2, 3, 5}, {1, 2, 5}};
}

inline Summary summary_of(std::int64_t cells, std::int64_t id) {
  Summary summary;
  summary.cells = cells;
  summary.convergent = cells - 1;
  summary.best_rate = BestCell{0.1 + static_cast<double>(id) / 3.0, id};
  summary.regimes = std::array<std::int64_t, regime_count>{0, cells - 1, 0, 0, 0, 0, 0, 1};
  return summary;
}

/// Made-up values, NaN and 0 beyond the grid.
inline TileData tile_data(const Grid& grid, std::int64_t id) {
  const auto capacity = static_cast<std::size_t>(grid.tile_capacity());
  const auto present = static_cast<std::size_t>(grid.tile(id).cells());
  std::vector<double> rates(capacity, std::numeric_limits<double>::quiet_NaN());
  Bytes regimes(capacity, std::byte{0});
  for (std::size_t k = 0; k < present; ++k) {
    rates[k] = static_cast<double>(id) + 1.0 / (1.0 + static_cast<double>(k));
    regimes[k] = std::byte{1};
  }
  return {
      id, {ByteBuffer(std::as_bytes(std::span(rates))), ByteBuffer(regimes)}, summary_of(grid.tile(id).cells(), id)};
}

inline std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline void write_text(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline void flip_byte(const fs::path& path, std::size_t position) {
  std::string text = read_file(path);
  text.at(position) = static_cast<char>(text.at(position) ^ 1);
  write_text(path, text);
}

/// Everything but the run files: path inside the store -> content.
inline std::map<std::string, std::string> content_of(const fs::path& store) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(store)) {
    const std::string name = fs::relative(entry.path(), store).string();
    if (name.starts_with(".ravine/runs/")) continue;
    files[name] = entry.is_directory() ? "(folder)" : read_file(entry.path());
  }
  return files;
}

template <typename Exception>
inline std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Exception& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

inline void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

/// A folder for one test, and a store in it.
class StoreFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ravine-store-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ / "map";
  }
  void TearDown() override { fs::remove_all(folder_); }

  void fill(const Store& store) {
    StoreWriter writer(store, Shard{}, RunInfo{"ravine run spec.toml", "cpu", 2});
    for (std::int64_t id = 0; id < store.grid().tile_count(); ++id) writer.write_tile(tile_data(store.grid(), id));
    writer.finish("complete", store.grid().tile_count(), 0.5);
  }
  Store filled() {
    const Store store = Store::create(path_, small_spec(), small_grid());
    fill(store);
    return store;
  }

  fs::path folder_;
  fs::path path_;
};

}  // namespace ravine::test
