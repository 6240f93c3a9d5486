#include "io/lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ravine/error.hpp"
#include "ravine/store.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

std::string busy_message(const std::function<void()>& action) {
  try {
    action();
  } catch (const StoreBusyError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no StoreBusyError was thrown";
  return "";
}

void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

class LockTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ravine-lock-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    Spec spec;
    spec.quantities = {Quantity::regime};
    spec.axes = {Axis("alpha", LinearRange{0.0, 1.0, 4}), Axis("beta", LinearRange{0.0, 1.0, 2}),
                 Axis("lambda", ListedValues{{1.0}})};
    store_ = Store::create(folder_ / "map", spec, Grid{{4, 2, 1}, {1, 2, 1}});
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<StoreWriter> writer(Shard shard, const std::string& command_line = "ravine run spec.toml") {
    return std::make_unique<StoreWriter>(*store_, shard, RunInfo{command_line, "cpu", 1});
  }
  void write(StoreWriter& to, std::int64_t id) {
    Summary summary;
    summary.cells = 2;
    to.write_tile({id, {ByteBuffer(std::vector<std::byte>(2, std::byte{1}))}, summary});
  }
  [[nodiscard]] std::vector<std::string> names_in(const std::string& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(store_->path() / folder)) names.push_back(entry.path().filename());
    return names;
  }
  [[nodiscard]] nlohmann::json run_file(std::size_t number = 0) const {
    std::ifstream in(store_->path() / ".ravine/runs" / names_in(".ravine/runs").at(number));
    return nlohmann::json::parse(in);
  }

  fs::path folder_;
  std::optional<Store> store_;
};

TEST_F(LockTest, ASecondWriterIsRefusedWhileTheFirstLives) {
  auto first = writer(Shard{}, "ravine run first.toml");
  const std::string message = busy_message([&] { writer(Shard{}); });
  expect_contains(message, "process " + std::to_string(::getpid()));
  expect_contains(message, "on host " + detail::this_writer("").host);
  expect_contains(message, ": ravine run first.toml");
  expect_contains(message, "started 20");
  expect_contains(message, store_->path().string());
  first.reset();
  writer(Shard{});
}

TEST_F(LockTest, ShardsWriteSideBySideAndLeaveNoTrace) {
  auto first = writer(Shard{0, 2}, "ravine run --shard 1/2");
  auto second = writer(Shard{1, 2}, "ravine run --shard 2/2");
  for (const std::int64_t id : {0, 2}) write(*first, id);
  for (const std::int64_t id : {1, 3}) write(*second, id);
  first.reset();
  second.reset();
  for (std::int64_t id = 0; id < 4; ++id) {
    EXPECT_EQ(store_->check_tile(id, CheckDepth::checksums).state, TileState::done);
  }
  EXPECT_EQ(names_in(".ravine/locks"), std::vector<std::string>{"all"});
  EXPECT_EQ(fs::file_size(store_->path() / ".ravine/locks/all"), 0U);
  EXPECT_TRUE(names_in(".ravine/tmp").empty());
}

TEST_F(LockTest, TheSameShardTwiceIsRefused) {
  const auto first = writer(Shard{1, 3}, "ravine run --shard 2/3");
  expect_contains(busy_message([&] { writer(Shard{1, 3}); }), ": ravine run --shard 2/3");
  writer(Shard{2, 3});
}

TEST_F(LockTest, AnUnshardedRunExcludesShardsAndTheReverse) {
  auto whole = writer(Shard{}, "ravine run whole.toml");
  expect_contains(busy_message([&] { writer(Shard{0, 2}); }), ": ravine run whole.toml");
  whole.reset();
  auto part = writer(Shard{0, 2}, "ravine run part.toml --shard 1/2");
  expect_contains(busy_message([&] { writer(Shard{}); }), ": ravine run part.toml --shard 1/2");
  part.reset();
  writer(Shard{});
}

TEST_F(LockTest, ADeadWriterIsNoObstacle) {
  for (const Shard shard : {Shard{}, Shard{0, 2}}) {
    int ready[2] = {};
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto held = writer(shard, "ravine run doomed.toml");
      if (::write(ready[1], "x", 1) != 1) ::_exit(1);
      for (;;) ::pause();
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    ::close(ready[0]);
    ::close(ready[1]);
    expect_contains(busy_message([&] { writer(Shard{}); }), "process " + std::to_string(child));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    writer(Shard{0, 2});
    writer(Shard{});
  }
  EXPECT_EQ(names_in(".ravine/locks"), std::vector<std::string>{"all"});
}

TEST_F(LockTest, AStaleOrUnreadableLockFileIsNoObstacle) {
  std::ofstream(store_->path() / ".ravine/locks/all") << "\xff not JSON";
  std::ofstream(store_->path() / ".ravine/locks/shard-1-of-2") << "{\"pid\": \"what\"}";
  writer(Shard{0, 2});
  writer(Shard{});
  const auto held = writer(Shard{});
  std::ofstream(store_->path() / ".ravine/locks/all") << "[";
  expect_contains(busy_message([&] { writer(Shard{}); }), "another writer");
}

TEST_F(LockTest, TheLastShardRemovesWhatKilledOnesLeft) {
  std::ofstream(store_->path() / ".ravine/locks/shard-7-of-9") << "{}";
  std::ofstream(store_->path() / ".ravine/tmp/shard-7-of-9.host.1.0") << "half";
  auto first = writer(Shard{0, 2});
  writer(Shard{1, 2}).reset();
  EXPECT_EQ(names_in(".ravine/tmp").size(), 1U) << "not while another shard may be writing";
  first.reset();
  EXPECT_TRUE(names_in(".ravine/tmp").empty());
  EXPECT_EQ(names_in(".ravine/locks"), std::vector<std::string>{"all"});
}

TEST_F(LockTest, CommandLinesOfAnyBytesAreNoted) {
  const auto held = writer(Shard{}, "ravine run \xff\x01\n.toml");
  expect_contains(busy_message([&] { writer(Shard{}); }), "ravine run ");
}

TEST_F(LockTest, RunFilesTellHowTheRunEnded) {
  auto run = writer(Shard{}, "ravine run a.toml");
  EXPECT_EQ(run_file().at("outcome"), "running");
  EXPECT_EQ(run_file().at("command_line"), "ravine run a.toml");
  EXPECT_EQ(run_file().at("pid"), ::getpid());
  write(*run, 0);
  run->finish("interrupted", 1, 2.5);
  run.reset();
  EXPECT_EQ(run_file().at("outcome"), "interrupted");
  EXPECT_EQ(run_file().at("tiles_written"), 1);
  EXPECT_EQ(run_file().at("seconds"), 2.5);
  EXPECT_TRUE(run_file().contains("start") && run_file().contains("end"));
}

TEST_F(LockTest, ARunThatThrowsIsNotedAsFailed) {
  auto run = writer(Shard{});
  write(*run, 2);
  run.reset();
  EXPECT_EQ(run_file().at("outcome"), "failed");
  EXPECT_EQ(run_file().at("tiles_written"), 1);
}

TEST_F(LockTest, EachRunHasItsOwnFile) {
  for (int k = 0; k < 3; ++k) writer(Shard{})->finish("complete", 0, 0);
  EXPECT_EQ(names_in(".ravine/runs").size(), 3U);
}

TEST_F(LockTest, ManyProcessesCreatingOneStoreLeaveOneWhole) {
  const Store& model = *store_;
  const fs::path target = folder_ / "contested";
  std::vector<pid_t> children;
  for (int k = 0; k < 6; ++k) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      try {
        Store::create(target, model.spec(), model.grid());
        ::_exit(0);
      } catch (const StoreBusyError&) {
        ::_exit(1);
      } catch (...) {
        ::_exit(2);
      }
    }
    children.push_back(child);
  }
  int winners = 0;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_NE(WEXITSTATUS(status), 2);
    winners += WEXITSTATUS(status) == 0 ? 1 : 0;
  }
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(Store::open(target).identity(), model.identity());
  EXPECT_FALSE(fs::exists(folder_ / ".contested.creating"));
}

}  // namespace
}  // namespace ravine
