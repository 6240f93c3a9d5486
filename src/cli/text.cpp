#include "cli/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace ravine::cli {

namespace {

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

}  // namespace

std::string grouped(std::int64_t count) {
  const std::string digits = fmt::format("{}", count);
  std::string text;
  for (std::size_t k = 0; k < digits.size(); ++k) {
    const std::size_t left = digits.size() - k;
    if (k > 0 && left % 3 == 0 && digits[k - 1] != '-') text += ',';
    text += digits[k];
  }
  return text;
}

std::string human_bytes(std::int64_t bytes) {
  constexpr std::array units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string human_seconds(double seconds) {
  if (!std::isfinite(seconds)) return "unknown";
  if (seconds < 10) return fmt::format("{:.2f} s", seconds);
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  constexpr double longest = 1e15;
  const auto whole = static_cast<std::int64_t>(std::min(seconds, longest));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::string human_rate(double cells_per_second) {
  if (!std::isfinite(cells_per_second)) return "unknown";
  if (cells_per_second >= 1e9) return fmt::format("{:.2f} G cells/s", cells_per_second / 1e9);
  if (cells_per_second >= 1e6) return fmt::format("{:.1f} M cells/s", cells_per_second / 1e6);
  if (cells_per_second >= 1e3) return fmt::format("{:.1f} k cells/s", cells_per_second / 1e3);
  return fmt::format("{:.1f} cells/s", cells_per_second);
}

std::string percent(double part, double whole) {
  if (!(whole > 0)) return "0 %";
  if (part == whole) return "100 %";
  // Rounded towards the whole's other side: what is not all done must not look all done.
  const double share = part / whole * 100;
  return fmt::format("{:.1f} %", std::min(share, 99.9));
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  return parse_whole<std::int64_t>(text);
}

std::optional<double> parse_number(std::string_view text) {
  const std::optional<double> value = parse_whole<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::string shell_quoted(std::string_view word) {
  constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%";
  if (!word.empty() && word.find_first_not_of(harmless) == std::string_view::npos) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace ravine::cli
