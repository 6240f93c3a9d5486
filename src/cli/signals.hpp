/// \file
/// SIGINT and SIGTERM as a request to stop.
#pragma once

#include <array>
#include <csignal>
#include <stop_token>
#include <thread>

namespace ravine::cli {

/// Writing to a closed pipe and past a file size limit become errors of the write, not deaths of the process.
void ignore_write_signals();

/// While it lives, the first SIGINT or SIGTERM asks the token's holders to stop cleanly, and a second one ends the
/// process at once with exit code 75 (every finished tile is already durable). Whichever thread the system chooses may
/// take the signal: libraries have threads of their own (OpenBLAS from the program's start). A signal that was ignored
/// at the start (nohup, a shell's background job) stays so. One at a time.
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
  std::array<struct sigaction, 2> before_{};  ///< of SIGINT and SIGTERM
  int signals_ = -1;                          ///< counts the signals that have come
  int quit_ = -1;                             ///< readable when the watcher is to end
  std::thread watcher_;
};

/// While it lives, SIGINT and SIGTERM end the process at once, with a message and exit code 75: for work that can't be
/// asked to stop, such as LAPACK's. A signal that was ignored stays so. One at a time; inside a StopOnSignal it goes
/// first.
class EndOnSignal {
 public:
  /// `message` is literal text: a handler may not make any.
  explicit EndOnSignal(const char* message);
  ~EndOnSignal();
  EndOnSignal(const EndOnSignal&) = delete;
  EndOnSignal& operator=(const EndOnSignal&) = delete;
  EndOnSignal(EndOnSignal&&) = delete;
  EndOnSignal& operator=(EndOnSignal&&) = delete;

 private:
  std::array<struct sigaction, 2> before_{};  ///< of SIGINT and SIGTERM
};

}  // namespace ravine::cli
