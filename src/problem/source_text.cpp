#include "problem/source_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "ravine/error.hpp"

namespace ravine {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

}  // namespace

std::int64_t SourceText::line_at(std::int64_t offset) const {
  return 1 + std::count(bytes.begin(), bytes.begin() + offset, '\n');
}

void SourceText::fail(std::int64_t offset, const std::string& message) const {
  const std::string_view before = bytes.substr(0, static_cast<std::size_t>(offset));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  throw DataError(fmt::format("{}:{}:{}: {}", name, line_at(offset), before.size() - line_start + 1, message));
}

void SourceText::fail_at_end(const std::string& message) const {
  fail(static_cast<std::int64_t>(bytes.size()), message);
}

std::optional<std::string_view> Lines::next() {
  if (rest_.empty()) return std::nullopt;
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void split_words(std::string_view line, std::vector<std::string_view>& words) {
  words.clear();
  const char* const end = line.data() + line.size();
  for (const char* at = line.data(); at != end;) {
    const char* const first = std::find_if_not(at, end, is_space);
    at = std::find_if(first, end, is_space);
    if (first != at) words.emplace_back(first, static_cast<std::size_t>(at - first));
  }
}

std::optional<std::int64_t> whole_number_in(std::string_view word) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

}  // namespace ravine
