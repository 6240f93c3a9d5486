/// \file
/// SIGINT and SIGTERM as a request to stop.
#pragma once

#include <csignal>
#include <stop_token>
#include <thread>

namespace ravine::cli {

/// Writing to a closed pipe and past a file size limit become errors of the write, not deaths of the process.
void ignore_write_signals();

/// While it lives, the first SIGINT or SIGTERM asks the token's holders to stop cleanly, and a second one ends the
/// process at once with exit code 75 (every finished tile is already durable). Create it before any other thread: they
/// must inherit its signal mask. A signal that was ignored at the start (nohup, a shell's background job) stays so.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  StopOnSignal(StopOnSignal&&) = delete;
  StopOnSignal& operator=(StopOnSignal&&) = delete;

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  [[nodiscard]] bool stopped() const { return source_.stop_requested(); }

 private:
  void watch();

  std::stop_source source_;
  sigset_t watched_{};
  sigset_t before_{};
  int signals_ = -1;  ///< readable when a watched signal has come
  int quit_ = -1;     ///< readable when the watcher is to end
  std::thread watcher_;
};

}  // namespace ravine::cli
