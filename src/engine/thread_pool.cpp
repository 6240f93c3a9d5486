#include "engine/thread_pool.hpp"

#include <sched.h>

#include <algorithm>
#include <utility>

namespace ravine {

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < threads; ++i) {
    workers_.emplace_back([this](const std::stop_token& end) { work(end); });
  }
}

ThreadPool::~ThreadPool() {
  for (std::jthread& worker : workers_) worker.request_stop();
  wake_.notify_all();
}

ThreadPool::Result ThreadPool::for_each(std::int64_t count, const std::stop_token& stop,
                                        const std::function<void(std::int64_t)>& body) {
  {
    const std::scoped_lock lock(mutex_);
    body_ = &body;
    stop_ = stop;
    next_ = 0;
    count_ = count;
    failure_ = nullptr;
    ++loop_;
    busy_ = static_cast<int>(workers_.size());
  }
  wake_.notify_all();
  take_items();

  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return busy_ == 0; });
  body_ = nullptr;
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  return next_ < count_ ? Result::stopped : Result::complete;
}

void ThreadPool::work(const std::stop_token& end) {
  std::uint64_t joined = 0;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, end, [this, joined] { return loop_ != joined; })) return;
      joined = loop_;
    }
    take_items();
    const std::scoped_lock lock(mutex_);
    if (--busy_ == 0) done_.notify_one();
  }
}

void ThreadPool::take_items() {
  for (;;) {
    std::int64_t item = 0;
    {
      const std::scoped_lock lock(mutex_);
      if (next_ >= count_ || failure_ || stop_.stop_requested()) return;
      item = next_++;
    }
    try {
      (*body_)(item);
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  }
}

int ThreadPool::available() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace ravine
