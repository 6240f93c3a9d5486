// Writes finished tiles while the next is computed.
#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "ravine/store.hpp"

namespace ravine {

/// Holds at most one tile to write. A failed write is rethrown by the next call.
class BackgroundWriter {
 public:
  explicit BackgroundWriter(StoreWriter& store);
  ~BackgroundWriter();
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;
  BackgroundWriter(BackgroundWriter&&) = delete;
  BackgroundWriter& operator=(BackgroundWriter&&) = delete;

  /// Waits for the tile before, then hands over this one; gives back a used tile's buffers to fill again.
  TileData submit(TileData tile);
  /// Waits until everything handed over is durable.
  void drain();
  /// Seconds spent writing so far; call after drain().
  [[nodiscard]] double seconds() const { return seconds_; }

 private:
  void work(const std::stop_token& end);
  void wait_until_idle(std::unique_lock<std::mutex>& lock);

  StoreWriter& store_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<TileData> pending_;
  TileData spare_;
  bool busy_ = false;
  std::exception_ptr failure_;
  double seconds_ = 0;
  std::jthread thread_;  // last: joined first
};

}  // namespace ravine
