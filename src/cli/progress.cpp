#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "cli/text.hpp"

namespace ravine::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto bar_interval = 100ms;  // faster than this nobody reads
constexpr auto line_interval = 30s;   // a log file should not fill with progress

/// "12.3 M cells/s, 4 min 10 s left"; both from the mean since the start.
std::string pace(const Progress& progress, double seconds) {
  if (progress.cells_done == 0 || !(seconds > 0)) return "starting";
  const double rate = static_cast<double>(progress.cells_done) / seconds;
  const double left = static_cast<double>(progress.cells_total - progress.cells_done) / rate;
  return fmt::format("{}, {} left", human_rate(rate), human_seconds(left));
}

std::string share_done(const Progress& progress) {
  return percent(static_cast<double>(progress.cells_done), static_cast<double>(progress.cells_total));
}

}  // namespace

ProgressDisplay::ProgressDisplay(Console& console)
    : console_(console), start_(Clock::now()), next_(console.error_is_terminal() ? start_ : start_ + line_interval) {}

void ProgressDisplay::update(const Progress& progress) {
  const auto now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const bool last = progress.tiles_done == progress.tiles_total;
  if (console_.error_is_terminal()) {
    if (now < next_ && !last) return;
    draw_bar(progress, seconds);
    next_ = now + bar_interval;
  } else if (now >= next_) {
    print_line(progress, seconds);
    next_ = now + line_interval;
  }
}

void ProgressDisplay::finish() {
  if (bar_drawn_) console_.write_error("\n");
  bar_drawn_ = false;
}

void ProgressDisplay::draw_bar(const Progress& progress, double seconds) {
  const std::string text = fmt::format(" {:>6}  {}", share_done(progress), pace(progress, seconds));
  const auto room = static_cast<std::int64_t>(console_.error_columns()) - static_cast<std::int64_t>(text.size()) - 3;
  constexpr std::int64_t widest = 40;
  const auto width = std::clamp<std::int64_t>(room, 0, widest);
  const double done = progress.cells_total > 0
                          ? static_cast<double>(progress.cells_done) / static_cast<double>(progress.cells_total)
                          : 1.0;
  const auto filled = static_cast<std::size_t>(static_cast<double>(width) * done);
  std::string bar(filled, '#');
  bar.resize(static_cast<std::size_t>(width), '.');
  console_.write_error(fmt::format("\r\033[K[{}]{}", bar, text));
  bar_drawn_ = true;
}

void ProgressDisplay::print_line(const Progress& progress, double seconds) {
  console_.write_error(fmt::format("ravine: {} done, tile {} of {}, {}\n", share_done(progress),
                                   grouped(progress.tiles_done), grouped(progress.tiles_total),
                                   pace(progress, seconds)));
}

}  // namespace ravine::cli
