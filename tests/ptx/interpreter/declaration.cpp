#include "declaration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "fault.hpp"
#include "statement.hpp"

namespace ravine::ptx {
namespace {

std::uint32_t number(int line, std::string_view text) {
  const auto bits = constant_bits(trim(text), Type::u32);
  if (!bits) throw ParseError(line, fmt::format("'{}' is no number", text));
  return static_cast<std::uint32_t>(*bits);
}

/// Passes the next word of `text`.
std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n"));
  text = trim(text.substr(word.size()));
  return word;
}

/// The product of the sizes in `[4][2]`; 0 for `[]`.
std::uint32_t elements_of(int line, std::string_view dimensions) {
  std::uint32_t count = 1;
  while (!dimensions.empty()) {
    const std::size_t end = dimensions.find(']');
    if (dimensions[0] != '[' || end == std::string_view::npos) {
      throw ParseError(line, fmt::format("'{}' is no size of an array", dimensions));
    }
    const std::string_view size = trim(dimensions.substr(1, end - 1));
    count *= size.empty() ? 0 : number(line, size);
    dimensions = trim(dimensions.substr(end + 1));
  }
  return count;
}

}  // namespace

Declaration parse_declaration(int line, std::string_view text) {
  const std::string_view whole = trim(text);
  const std::size_t equals = text.find('=');
  const std::string_view initial =
      equals == std::string_view::npos ? std::string_view() : trim(text.substr(equals + 1));
  text = trim(text.substr(0, equals));
  std::optional<Type> type;
  std::uint32_t alignment = 0;
  while (!text.empty() && text[0] == '.') {
    const std::string_view word = take_word(text);
    if (word == ".align") {
      const std::uint32_t value = number(line, take_word(text));
      if (!type) alignment = value;  // after the type and .ptr it is of what a pointer points to
    } else if (const auto named = type_of(word.substr(1))) {
      type = named;
    } else if (!type || (word != ".ptr" && word != ".global" && word != ".shared" && word != ".const")) {
      throw ParseError(line, fmt::format("{}: the interpreter does not model {}", whole, word));
    }
  }
  const std::string_view name = trim(text.substr(0, text.find('[')));
  if (!type || name.empty() || bytes_of(*type) == 0) throw ParseError(line, fmt::format("{}: no variable", whole));
  return {.name = std::string(name),
          .type = *type,
          .alignment = std::max(alignment, bytes_of(*type)),
          .bytes = bytes_of(*type) * elements_of(line, trim(text.substr(text.find(name) + name.size()))),
          .initial = initial};
}

std::vector<std::byte> initial_bytes(int line, const Declaration& declaration) {
  std::vector<std::byte> bytes(declaration.bytes);
  std::string flat(declaration.initial);
  std::replace_if(
      flat.begin(), flat.end(), [](char c) { return c == '{' || c == '}'; }, ' ');
  const std::uint32_t size = bytes_of(declaration.type);
  std::size_t offset = 0;
  for (const std::string& value : split(flat, ',')) {
    const auto bits = constant_bits(value, declaration.type);
    if (!bits) throw ParseError(line, fmt::format("{}: the initial value '{}' is no number", declaration.name, value));
    if (offset + size > bytes.size()) throw ParseError(line, fmt::format("{}: too many values", declaration.name));
    std::memcpy(&bytes[offset], &*bits, size);
    offset += size;
  }
  return bytes;
}

}  // namespace ravine::ptx
