#include "statement.hpp"

#include <fmt/format.h>

#include <bit>
#include <cerrno>
#include <cstdlib>

#include "fault.hpp"

namespace ravine::ptx {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string collapse_blanks(std::string_view text) {
  std::string collapsed;
  for (const char c : trim(text)) {
    const bool blank = blanks.find(c) != std::string_view::npos;
    if (!blank) collapsed += c;
    if (blank && collapsed.back() != ' ') collapsed += ' ';
  }
  return collapsed;
}

/// The text up to the first blank; the rest stays in `text`.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find_first_of(blanks));
  text = trim(text.substr(word.size()));
  return word;
}

std::optional<std::uint64_t> whole_number(const std::string& text, int base) {
  if (text.empty()) return std::nullopt;
  errno = 0;
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text.c_str(), &end, base);
  const std::string_view rest = end;
  if (errno != 0 || !(rest.empty() || rest == "U")) return std::nullopt;
  return value;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  if (trim(text).empty()) return parts;
  int depth = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && (text[i] == '{' || text[i] == '[' || text[i] == '(')) ++depth;
    if (i < text.size() && (text[i] == '}' || text[i] == ']' || text[i] == ')')) --depth;
    if (i == text.size() || (text[i] == separator && depth == 0)) {
      parts.emplace_back(trim(text.substr(first, i - first)));
      first = i + 1;
    }
  }
  return parts;
}

Statement parse_statement(int line, std::string_view text) {
  Statement statement;
  statement.line = line;
  statement.text = collapse_blanks(text);
  std::string_view rest = statement.text;
  if (!rest.empty() && rest[0] == '@') {
    std::string_view guard = take_word(rest).substr(1);
    statement.guard_negated = !guard.empty() && guard[0] == '!';
    if (statement.guard_negated) guard.remove_prefix(1);
    statement.guard = guard;
  }
  std::vector<std::string> parts = split(take_word(rest), '.');
  if (parts.empty() || parts[0].empty()) throw ParseError(line, fmt::format("no instruction in '{}'", statement.text));
  statement.name = parts[0];
  statement.qualifiers.assign(parts.begin() + 1, parts.end());
  statement.operands = split(rest, ',');
  return statement;
}

std::optional<std::uint64_t> constant_bits(std::string_view text, Type type) {
  const bool negative = !text.empty() && text[0] == '-';
  const std::string digits(text.substr(negative ? 1 : 0));
  if (digits.empty() || !is_digit(digits[0])) return std::nullopt;
  if (digits.size() > 2 && digits[0] == '0' && std::string_view("fFdD").find(digits[1]) != std::string_view::npos) {
    return whole_number(digits.substr(2), 16);
  }
  if (is_float(type)) {
    char* end = nullptr;
    const std::string whole(text);
    const double value = std::strtod(whole.c_str(), &end);
    if (digits.find('.') == std::string::npos || *end != '\0') return std::nullopt;
    return type == Type::f64 ? std::bit_cast<std::uint64_t>(value)
                             : std::bit_cast<std::uint32_t>(static_cast<float>(value));
  }
  const bool binary = digits.size() > 2 && digits[0] == '0' && (digits[1] == 'b' || digits[1] == 'B');
  const auto magnitude = binary ? whole_number(digits.substr(2), 2) : whole_number(digits, 0);
  if (!magnitude) return std::nullopt;
  const std::uint64_t value = negative ? 0 - *magnitude : *magnitude;
  return type == Type::pred ? static_cast<std::uint64_t>(value != 0) : value & low_bits(bits_of(type));
}

}  // namespace ravine::ptx
