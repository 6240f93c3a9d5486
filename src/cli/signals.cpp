#include "cli/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "cli/exit_code.hpp"

namespace ravine::cli {

namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM}) {
    if (!is_ignored(signal)) sigaddset(&set, signal);
  }
  return set;
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
    : watched_(stop_signals()),
      signals_(checked(::signalfd(-1, &watched_, SFD_CLOEXEC), "signalfd")),
      quit_(checked(::eventfd(0, EFD_CLOEXEC), "eventfd")) {
  pthread_sigmask(SIG_BLOCK, &watched_, &before_);
  watcher_ = std::thread([this] { watch(); });
}

StopOnSignal::~StopOnSignal() {
  eventfd_write(quit_, 1);
  watcher_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  ::close(signals_);
  ::close(quit_);
}

void StopOnSignal::watch() {
  std::array<pollfd, 2> waiting = {{{signals_, POLLIN, 0}, {quit_, POLLIN, 0}}};
  for (;;) {
    if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if ((waiting[0].revents & POLLIN) != 0) {
      signalfd_siginfo info{};
      if (::read(signals_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) continue;
      if (!source_.request_stop()) ::_exit(static_cast<int>(ExitCode::interrupted));
      say("\nravine: stopping at the next whole step; once more to end at once\n");
    } else if (waiting[1].revents != 0) {
      return;
    }
  }
}

}  // namespace ravine::cli
