// A store under kills, full disks, taken folders and damaged metadata.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "ravine/error.hpp"
#include "ravine/store.hpp"
#include "ravine/version.hpp"
#include "store_fixture.hpp"

namespace ravine {
namespace {

using namespace test;
namespace fs = std::filesystem;

class StoreFailureTest : public StoreFolder {};

// --- kills ---

TEST_F(StoreFailureTest, AKillBetweenChunkAndRecordLeavesTheTileMissing) {
  const Store store = filled();
  const auto whole = content_of(path_);
  fs::remove(path_ / ".ravine/tiles/0/1");
  write_text(path_ / ".ravine/tmp/all.host.1.0", "half a chunk");
  EXPECT_EQ(store.check_tile(1, CheckDepth::checksums).state, TileState::missing);
  fill(store);
  EXPECT_EQ(content_of(path_), whole) << "and what the kill left is gone";
}

TEST_F(StoreFailureTest, AKilledProcessLeavesTilesDoneOrMissing) {
  const Store store = Store::create(path_, small_spec(), small_grid());
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    StoreWriter writer(store, Shard{}, RunInfo{"killed", "cpu", 1});
    for (std::int64_t k = 0;; ++k) writer.write_tile(tile_data(store.grid(), k % 4));
  }
  ::usleep(30000);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  for (std::int64_t id = 0; id < 4; ++id) {
    const TileCheck check = store.check_tile(id, CheckDepth::checksums);
    EXPECT_NE(check.state, TileState::corrupt) << check.reason;
  }
  fill(store);
  const auto resumed = content_of(path_);
  path_ = folder_ / "undisturbed";
  filled();
  EXPECT_EQ(resumed, content_of(path_));
}

TEST_F(StoreFailureTest, AKillDuringCreationLeavesNothingThatLooksLikeAStore) {
  fs::create_directories(folder_ / ".map.creating/.ravine/locks");
  fs::create_directories(folder_ / ".map.creating/sigma1_re/0");
  write_text(folder_ / ".map.creating/.zattrs", "{\"half");
  EXPECT_FALSE(Store::exists(path_));
  filled();
  EXPECT_FALSE(fs::exists(folder_ / ".map.creating"));
  EXPECT_FALSE(fs::exists(path_ / "sigma1_re"));
  Store::open(path_);
}

// --- creation ---

TEST_F(StoreFailureTest, CreatesInAnEmptyFolderAndMissingParents) {
  path_ = folder_ / "a/b/map/";
  fs::create_directories(path_);
  Store::create(path_, small_spec(), small_grid());
  path_ = folder_ / "c/d/map";
  Store::create(path_, small_spec(), small_grid());
  EXPECT_TRUE(Store::exists(path_));
}

TEST_F(StoreFailureTest, RefusesFoldersThatAreTaken) {
  filled();
  const auto before = content_of(path_);
  const auto create = [&] { Store::create(path_, small_spec(), small_grid()); };
  expect_contains(message_of<StoreBusyError>(create), "--resume");
  EXPECT_EQ(content_of(path_), before);
  path_ = folder_ / "notes";
  fs::create_directory(path_);
  write_text(path_ / "diary.txt", "dear diary");
  expect_contains(message_of<StoreBusyError>(create), "is not empty and holds no ravine store");
  path_ = path_ / "diary.txt";
  expect_contains(message_of<StoreBusyError>(create), "is a file");
  EXPECT_EQ(read_file(path_), "dear diary");
}

TEST_F(StoreFailureTest, CreationBelowAFileIsAnIoErrorThatNamesThePath) {
  write_text(folder_ / "file", "");
  path_ = folder_ / "file/map";
  const std::string message = message_of<IoError>([&] { Store::create(path_, small_spec(), small_grid()); });
  expect_contains(message, (folder_ / "file").string());
  expect_contains(message, "Not a directory");
}

// --- opening ---

class StoreOpenTest : public StoreFolder {
 protected:
  std::string open_error() {
    return message_of<DataError>([this] { Store::open(path_); });
  }
  void edit(const std::string& name, const std::function<void(nlohmann::json&)>& change) {
    nlohmann::json json = nlohmann::json::parse(read_file(path_ / name));
    change(json);
    write_text(path_ / name, json.dump());
  }
};

TEST_F(StoreOpenTest, NamesTheMissingFile) {
  expect_contains(open_error(), "there is no such folder");
  fs::create_directory(path_);
  expect_contains(open_error(), "it has no .ravine folder");
  fs::remove(path_);
  filled();
  for (const auto& [name, text] : content_of(path_)) {
    const bool metadata = name.find(".z") != std::string::npos;
    const bool coordinate = name == "alpha/0" || name == "beta/0" || name == "lambda/0";
    if (!metadata && !coordinate) continue;
    fs::remove(path_ / name);
    expect_contains(open_error(), "'" + name + "' is missing");
    write_text(path_ / name, text);
  }
  Store::open(path_);
}

TEST_F(StoreOpenTest, NoticesDamagedMetadata) {
  filled();
  for (const std::string name : {".zattrs", ".zgroup", ".zmetadata", "rate/.zarray", "rate/.zattrs", "beta/.zarray"}) {
    const std::string text = read_file(path_ / name);
    write_text(path_ / name, text.substr(0, text.size() / 2));
    expect_contains(open_error(), name);
    write_text(path_ / name, text);
  }
  edit("rate/.zarray", [](nlohmann::json& json) { json["shape"][0] = 3; });
  expect_contains(open_error(), "rate/.zarray");
}

TEST_F(StoreOpenTest, NoticesAnIdentityThatDoesNotFit) {
  filled();
  const std::string text = read_file(path_ / ".zattrs");
  edit(".zattrs", [](nlohmann::json& json) { json["ravine_identity"] = std::string(32, '0'); });
  expect_contains(open_error(), "ravine_identity is 00000000000000000000000000000000");
  expect_contains(open_error(), identity_of(small_spec(), small_grid()));
  write_text(path_ / ".zattrs", text);
  edit(".zattrs", [](nlohmann::json& json) { json["ravine_tile_shape"] = {1, 3, 5}; });
  expect_contains(open_error(), "ravine_identity");
  edit(".zattrs", [](nlohmann::json& json) { json["ravine_tile_shape"] = {0, 3, 5}; });
  expect_contains(open_error(), "tile shape (0, 3, 5)");
  edit(".zattrs", [](nlohmann::json& json) { json["ravine_tile_shape"] = "big"; });
  expect_contains(open_error(), "is not a list of whole numbers");
  edit(".zattrs", [](nlohmann::json& json) { json.erase("ravine_spec"); });
  expect_contains(open_error(), "no attribute \"ravine_spec\"");
}

TEST_F(StoreOpenTest, NamesBothModelVersions) {
  filled();
  edit(".zattrs", [](nlohmann::json& json) { json["ravine_model_version"] = model_version + 1; });
  expect_contains(open_error(), "model version " + std::to_string(model_version + 1));
  expect_contains(open_error(), "has " + std::to_string(model_version));
}

TEST_F(StoreOpenTest, NoticesACutCoordinate) {
  filled();
  fs::resize_file(path_ / "beta/0", 39);
  expect_contains(open_error(), "beta/0' is damaged: it has 39 bytes, wanted 40");
}

// --- a disk that is full ---

/// Limits the size of files, as a full disk does, for as long as it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST_F(StoreFailureTest, ATileThatDoesNotFitOnTheDiskIsAnIoErrorAndNotDone) {
  const Grid grid{{2, 3, 5000}, {1, 2, 5000}};
  Spec spec = small_spec();
  spec.axes[2] = Axis("beta", LinearRange{0.0, 1.0, 5000});
  const Store store = Store::create(path_, spec, grid);
  StoreWriter writer(store, Shard{}, RunInfo{"ravine run", "cpu", 1});
  {
    const FileSizeLimit limit(32768);
    const std::string message = message_of<IoError>([&] { writer.write_tile(tile_data(grid, 0)); });
    expect_contains(message, path_.string());
    expect_contains(message, "File too large");
  }
  EXPECT_EQ(store.check_tile(0, CheckDepth::checksums).state, TileState::missing);
  EXPECT_TRUE(fs::is_empty(path_ / ".ravine/tmp")) << "the space is given back";
  writer.write_tile(tile_data(grid, 0));
  EXPECT_EQ(store.check_tile(0, CheckDepth::checksums).state, TileState::done);
}

TEST_F(StoreFailureTest, AFullDiskDuringCreationLeavesNothing) {
  {
    const FileSizeLimit limit(16);
    expect_contains(message_of<IoError>([&] { Store::create(path_, small_spec(), small_grid()); }), "can't write");
  }
  EXPECT_TRUE(fs::is_empty(folder_));
  filled();
}

TEST_F(StoreFailureTest, ALostFolderIsMadeAgain) {
  const Store store = filled();
  const auto whole = content_of(path_);
  for (const char* name : {"rate", ".ravine/tiles", ".ravine/locks", ".ravine/tmp", ".ravine/runs"}) {
    if (std::string(name) != "rate") fs::remove_all(path_ / name);
  }
  fs::remove_all(path_ / "rate/1");
  fill(store);
  EXPECT_EQ(content_of(path_), whole);
}

}  // namespace
}  // namespace ravine
