#include "engine/background_writer.hpp"

#include <chrono>
#include <utility>

namespace ravine {

BackgroundWriter::BackgroundWriter(StoreWriter& store)
    : store_(store), thread_([this](const std::stop_token& end) { work(end); }) {}

BackgroundWriter::~BackgroundWriter() {
  thread_.request_stop();
  changed_.notify_all();
}

TileData BackgroundWriter::submit(TileData tile) {
  std::unique_lock lock(mutex_);
  wait_until_idle(lock);
  pending_ = std::move(tile);
  changed_.notify_all();
  return std::exchange(spare_, TileData{});
}

void BackgroundWriter::drain() {
  std::unique_lock lock(mutex_);
  wait_until_idle(lock);
}

void BackgroundWriter::wait_until_idle(std::unique_lock<std::mutex>& lock) {
  changed_.wait(lock, [this] { return !pending_ && !busy_; });
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void BackgroundWriter::work(const std::stop_token& end) {
  for (;;) {
    TileData tile;
    {
      std::unique_lock lock(mutex_);
      // A tile handed over before the end is still written.
      changed_.wait(lock, end, [this] { return pending_.has_value(); });
      if (!pending_) return;
      tile = std::move(*pending_);
      pending_.reset();
      busy_ = true;
    }
    const auto start = std::chrono::steady_clock::now();
    std::exception_ptr failure;
    try {
      store_.write_tile(tile);
    } catch (...) {
      failure = std::current_exception();
    }
    const std::scoped_lock lock(mutex_);
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    failure_ = failure;
    spare_ = std::move(tile);
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace ravine
