// A pool of threads for loops whose items are independent.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace ravine {

/// Runs loops on a fixed number of threads, the calling one among them. One loop at a time.
class ThreadPool {
 public:
  /// `threads` >= 1; one thread starts none.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ThreadPool(ThreadPool&&) = delete;
  ThreadPool& operator=(ThreadPool&&) = delete;

  [[nodiscard]] int threads() const { return static_cast<int>(workers_.size()) + 1; }

  enum class Result { complete, stopped };
  /// Calls body(item) once for each item of [0, count), in any order, and waits. No item starts after `stop` is asked
  /// for, or after one has thrown; the first exception is rethrown here.
  Result for_each(std::int64_t count, const std::stop_token& stop, const std::function<void(std::int64_t)>& body);

  /// As many threads as the process may use (its affinity), at least 1.
  static int available();

 private:
  void work(const std::stop_token& end);
  void take_items();

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::condition_variable done_;
  // The loop in hand; guarded by mutex_.
  const std::function<void(std::int64_t)>* body_ = nullptr;
  std::stop_token stop_;
  std::int64_t next_ = 0;
  std::int64_t count_ = 0;
  std::uint64_t loop_ = 0;  // counts loops, so that a worker joins each once
  int busy_ = 0;
  std::exception_ptr failure_;

  std::vector<std::jthread> workers_;  // last: destroyed, so joined, first
};

}  // namespace ravine
