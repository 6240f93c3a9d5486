// The end of a run before its work is done.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

namespace ravine {

/// Asked for by the caller, or come with the deadline.
class Ending {
 public:
  using Clock = std::chrono::steady_clock;

  Ending(const std::stop_token& stop, std::optional<Clock::time_point> deadline)
      : deadline_(deadline), forward_(stop, Request{source_}) {}

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  /// Whether it has come. Any thread may ask; asking is what notices the deadline.
  bool has_come() {
    if (deadline_ && Clock::now() >= *deadline_) source_.request_stop();
    return source_.stop_requested();
  }

 private:
  struct Request {
    std::stop_source& source;
    void operator()() const { source.request_stop(); }
  };
  std::optional<Clock::time_point> deadline_;
  std::stop_source source_;
  std::stop_callback<Request> forward_;
};

}  // namespace ravine
