#include "cli/console.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "ravine/error.hpp"

namespace ravine::cli {

namespace {

constexpr std::size_t flush_bytes = std::size_t{1} << 16;

/// Colours need a terminal that knows them and a user who has not refused them (https://no-color.org).
bool wants_colour(int descriptor) {
  const char* const refused = std::getenv("NO_COLOR");
  if (refused != nullptr && *refused != '\0') return false;
  const char* const terminal = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

/// Writes all of `text`; returns 0 or the error's number.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

Console::Console() : error_is_terminal_(::isatty(STDERR_FILENO) == 1), error_in_colour_(wants_colour(STDERR_FILENO)) {}

void Console::print(std::string_view text) {
  pending_ += text;
  if (pending_.size() >= flush_bytes) flush();
}

void Console::flush() {
  if (pending_.empty()) return;
  const std::string text = std::exchange(pending_, {});
  if (output_closed_) return;
  const int failure = write_all(STDOUT_FILENO, text);
  if (failure == EPIPE) {
    output_closed_ = true;
  } else if (failure != 0) {
    throw IoError(fmt::format("can't write to the standard output: {}", std::strerror(failure)));
  }
}

void Console::note(std::string_view text) {
  message("note", "\033[36m", text);
}
void Console::warn(std::string_view text) {
  message("warning", "\033[33m", text);
}
void Console::error(std::string_view text) {
  message("error", "\033[31m", text);
}

void Console::message(std::string_view kind, std::string_view colour, std::string_view text) {
  if (error_in_colour_) {
    write_error(fmt::format("ravine: {}{}:\033[0m {}\n", colour, kind, text));
  } else {
    write_error(fmt::format("ravine: {}: {}\n", kind, text));
  }
}

void Console::write_error(std::string_view text) {
  // Nothing is left to tell about an error stream that does not take its messages.
  static_cast<void>(write_all(STDERR_FILENO, text));
}

int Console::error_columns() const {
  constexpr int usual = 80;
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return size.ws_col;
}

}  // namespace ravine::cli
