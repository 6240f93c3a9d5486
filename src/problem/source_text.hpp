/// \file
/// Text files of problems: lines, the words in them, and errors that say where.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// A text file that is in memory. Places in it are offsets: only an error needs the line, and can afford to count.
struct SourceText {
  std::string_view bytes;
  const std::string& name;  ///< for messages

  /// Where a part of `bytes` begins.
  [[nodiscard]] std::int64_t offset_of(std::string_view part) const { return part.data() - bytes.data(); }
  /// From 1.
  [[nodiscard]] std::int64_t line_at(std::int64_t offset) const;
  /// Throws DataError "file:line:column: <message>".
  [[noreturn]] void fail(std::int64_t offset, const std::string& message) const;
  /// The same, at a part of `bytes`.
  [[noreturn]] void fail(std::string_view part, const std::string& message) const { fail(offset_of(part), message); }
  [[noreturn]] void fail_at_end(const std::string& message) const;
};

/// The lines of a text, without their ends (\n or \r\n), one after the other.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  [[nodiscard]] std::optional<std::string_view> next();
  /// What no line was made of yet.
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// Puts the words of a line, which spaces and tabs part, into `words`.
void split_words(std::string_view line, std::vector<std::string_view>& words);

/// A whole number, decimal, with a minus where it is below zero; nothing if it is none or beyond 64 bits.
[[nodiscard]] std::optional<std::int64_t> whole_number_in(std::string_view word);

/// The most rows, columns and vertices: their numbers are kept in 32 bits.
inline constexpr std::int64_t most_rows = 2147483647;

}  // namespace ravine
