#include "cli/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <system_error>

#include "cli/exit_code.hpp"

namespace ravine::cli {

namespace {

constexpr std::array stop_signals = {SIGINT, SIGTERM};

/// Where a handler notes that its signal has come; a handler reaches only what is global.
std::atomic<int> counter = -1;
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void count_signal(int /*signal*/) {
  const int error = errno;
  const std::uint64_t one = 1;
  static_cast<void>(!::write(counter, &one, sizeof one));
  errno = error;
}

/// What a handler says that ends the process.
std::atomic<const char*> last_words = nullptr;
static_assert(std::atomic<const char*>::is_always_lock_free);

extern "C" void end_process(int /*signal*/) {
  const char* const text = last_words;
  static_cast<void>(!::write(STDERR_FILENO, text, std::strlen(text)));
  ::_exit(static_cast<int>(ExitCode::interrupted));
}

/// Gives SIGINT and SIGTERM a handler, but where they are ignored; what they had before.
std::array<struct sigaction, 2> handle_stop_signals(void (*handler)(int)) {
  std::array<struct sigaction, 2> before{};
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  for (std::size_t k = 0; k < stop_signals.size(); ++k) {
    ::sigaction(stop_signals[k], nullptr, &before[k]);
    if (before[k].sa_handler != SIG_IGN) ::sigaction(stop_signals[k], &action, nullptr);
  }
  return before;
}

void restore_stop_signals(const std::array<struct sigaction, 2>& before) {
  for (std::size_t k = 0; k < stop_signals.size(); ++k) ::sigaction(stop_signals[k], &before[k], nullptr);
}

int checked(int descriptor, const char* what) {
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
  return descriptor;
}

void say(std::string_view text) {
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

}  // namespace

void ignore_write_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

StopOnSignal::StopOnSignal()
    : signals_(checked(::eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE), "eventfd")),
      quit_(checked(::eventfd(0, EFD_CLOEXEC), "eventfd")) {
  counter = signals_;
  before_ = handle_stop_signals(count_signal);
  watcher_ = std::thread([this] { watch(); });
}

StopOnSignal::~StopOnSignal() {
  restore_stop_signals(before_);
  eventfd_write(quit_, 1);
  watcher_.join();
  counter = -1;
  ::close(signals_);
  ::close(quit_);
}

void StopOnSignal::watch() {
  std::array<pollfd, 2> waiting = {{{signals_, POLLIN, 0}, {quit_, POLLIN, 0}}};
  for (;;) {
    if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if ((waiting[0].revents & POLLIN) != 0) {
      eventfd_t one = 0;
      if (eventfd_read(signals_, &one) != 0) continue;
      if (!source_.request_stop()) ::_exit(static_cast<int>(ExitCode::interrupted));
      say("\nravine: stopping at the next whole step; once more to end at once\n");
    } else if (waiting[1].revents != 0) {
      return;
    }
  }
}

EndOnSignal::EndOnSignal(const char* message) {
  last_words = message;
  before_ = handle_stop_signals(end_process);
}

EndOnSignal::~EndOnSignal() {
  restore_stop_signals(before_);
}

}  // namespace ravine::cli
