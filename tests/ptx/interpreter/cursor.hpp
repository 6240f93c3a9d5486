/// \file
/// Reads a text word by word and keeps the line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ravine::ptx {

/// A place in a text whose comments are blanks.
class Cursor {
 public:
  explicit Cursor(std::string text);

  [[nodiscard]] int line() const { return line_; }
  /// Moves to the next character that is no blank; false at the end.
  bool skip_blanks();
  [[nodiscard]] char peek() const { return text_[position_]; }
  /// The identifier, directive or opcode here; empty if there is none.
  [[nodiscard]] std::string_view peek_word() const;
  /// Is there a label here? A word and a colon.
  [[nodiscard]] bool at_label() const;
  /// Passes `count` characters.
  void pass(std::size_t count);
  /// The text up to the next of these characters, which is passed but not part of it. Throws ParseError at the end.
  std::string_view take_until(std::string_view ends);
  /// Passes the text up to the brace that closes the next one that opens. Throws ParseError at the end.
  void pass_braces();
  /// The text from here to the end.
  [[nodiscard]] std::string_view rest() const { return std::string_view(text_).substr(position_); }

 private:
  std::string text_;
  std::size_t position_ = 0;
  int line_ = 1;
};

}  // namespace ravine::ptx
