#include "cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "fault.hpp"

namespace ravine::ptx {
namespace {

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("._$%:").find(c) != std::string_view::npos;
}

void blank(std::string& text, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < std::min(last, text.size()); ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

/// The text with blanks for its comments, on the same lines.
std::string without_comments(std::string text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '"') {
      i = std::min(text.find('"', i + 1), text.size() - 1);
    } else if (text[i] == '/' && text[i + 1] == '/') {
      blank(text, i, text.find('\n', i));
    } else if (text[i] == '/' && text[i + 1] == '*') {
      const std::size_t end = text.find("*/", i + 2);
      blank(text, i, end == std::string::npos ? end : end + 2);
    }
  }
  return text;
}

}  // namespace

Cursor::Cursor(std::string text) : text_(without_comments(std::move(text))) {}

void Cursor::pass(std::size_t count) {
  const std::size_t end = std::min(position_ + count, text_.size());
  line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(position_),
                                       text_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
  position_ = end;
}

bool Cursor::skip_blanks() {
  while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_])) != 0) pass(1);
  return position_ < text_.size();
}

std::string_view Cursor::peek_word() const {
  std::size_t end = position_;
  while (end < text_.size() && is_word_character(text_[end])) {
    // One colon ends a label; two belong to a qualifier such as .L1::no_allocate.
    const bool colon = text_[end] == ':';
    if (colon && !(end + 1 < text_.size() && text_[end + 1] == ':')) break;
    end += colon ? 2 : 1;
  }
  return std::string_view(text_).substr(position_, end - position_);
}

bool Cursor::at_label() const {
  const std::string_view word = peek_word();
  if (word.empty() || word[0] == '.') return false;
  const std::size_t after = text_.find_first_not_of(" \t", position_ + word.size());
  return after != std::string::npos && text_[after] == ':';
}

std::string_view Cursor::take_until(std::string_view ends) {
  const std::size_t end = text_.find_first_of(ends, position_);
  if (end == std::string::npos) throw ParseError(line_, fmt::format("the text ends before one of '{}'", ends));
  const std::string_view taken = std::string_view(text_).substr(position_, end - position_);
  pass(taken.size() + 1);
  return taken;
}

void Cursor::pass_braces() {
  take_until("{");
  for (int depth = 1; depth > 0;) {
    const std::string_view taken = take_until("{}");
    depth += *(taken.data() + taken.size()) == '{' ? 1 : -1;
  }
}

}  // namespace ravine::ptx
