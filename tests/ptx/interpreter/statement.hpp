/// \file
/// Takes the text of a statement apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types.hpp"

namespace ravine::ptx {

/// An instruction as written: `@!%p1 ld.global.v2.f64 {%fd1, %fd2}, [%rd1+16];`
struct Statement {
  int line = 0;
  std::string text;   ///< the whole, blanks collapsed
  std::string guard;  ///< "%p1"; empty: none
  bool guard_negated = false;
  std::string name;                     ///< "ld"
  std::vector<std::string> qualifiers;  ///< "global", "v2", "f64"
  std::vector<std::string> operands;    ///< "{%fd1, %fd2}", "[%rd1+16]"
};

/// The statement of a text without the semicolon. Throws ParseError.
[[nodiscard]] Statement parse_statement(int line, std::string_view text);

/// The text without the blanks around it.
[[nodiscard]] std::string_view trim(std::string_view text);

/// The parts of `text` between the separators that are in no brackets, trimmed. Nothing for a blank text.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

/// The words, each with `before` in front of it, and commas between them.
template <class Words>
[[nodiscard]] std::string listed(const Words& words, std::string_view before = "") {
  std::string text;
  for (const auto& word : words) {
    if (!text.empty()) text += ", ";
    text += before;
    text += word;
  }
  return text;
}

/// The bits of a constant as an instruction of this type reads it: 12, -1, 0x1F, 0f3F800000, 0d3FF0000000000000, 1.5.
/// Nothing if the text is no constant.
[[nodiscard]] std::optional<std::uint64_t> constant_bits(std::string_view text, Type type);

}  // namespace ravine::ptx
