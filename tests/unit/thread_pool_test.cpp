#include "engine/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace ravine {
namespace {

class ThreadPoolTest : public testing::TestWithParam<int> {};

TEST_P(ThreadPoolTest, CallsEachItemOnce) {
  ThreadPool pool(GetParam());
  std::vector<std::atomic<int>> calls(1000);
  for (int loop = 1; loop <= 3; ++loop) {
    const auto result = pool.for_each(1000, {}, [&](std::int64_t i) { ++calls[static_cast<std::size_t>(i)]; });
    EXPECT_EQ(result, ThreadPool::Result::complete);
    for (const std::atomic<int>& count : calls) EXPECT_EQ(count, loop);
  }
}

TEST_P(ThreadPoolTest, AnEmptyLoopIsComplete) {
  ThreadPool pool(GetParam());
  EXPECT_EQ(pool.for_each(0, {}, [](std::int64_t) { FAIL(); }), ThreadPool::Result::complete);
}

TEST_P(ThreadPoolTest, StopsBetweenItems) {
  ThreadPool pool(GetParam());
  std::stop_source source;
  std::atomic<int> calls = 0;
  const auto result = pool.for_each(100000, source.get_token(), [&](std::int64_t) {
    if (++calls == 10) source.request_stop();
  });
  EXPECT_EQ(result, ThreadPool::Result::stopped);
  EXPECT_LT(calls, 10 + GetParam());  // at most one more item on each other thread
}

TEST_P(ThreadPoolTest, RethrowsAndCanBeUsedAgain) {
  ThreadPool pool(GetParam());
  const auto fail_at_seven = [](std::int64_t i) {
    if (i == 7) throw std::runtime_error("seven");
  };
  EXPECT_THROW(pool.for_each(1000, {}, fail_at_seven), std::runtime_error);
  std::atomic<int> calls = 0;
  EXPECT_EQ(pool.for_each(50, {}, [&](std::int64_t) { ++calls; }), ThreadPool::Result::complete);
  EXPECT_EQ(calls, 50);
}

INSTANTIATE_TEST_SUITE_P(Threads, ThreadPoolTest, testing::Values(1, 2, 7));

}  // namespace
}  // namespace ravine
