/// \file
/// Declarations of variables and parameters: `.align 8 .b8 name[48]`, `.u64 name`, `.align 4 .u32 name = 7`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "types.hpp"

namespace ravine::ptx {

struct Declaration {
  std::string name;
  Type type;
  std::uint32_t alignment;
  std::uint32_t bytes;       ///< 0 for `name[]`
  std::string_view initial;  ///< the text after `=`
};

/// Parses the text after the state space. Throws ParseError.
[[nodiscard]] Declaration parse_declaration(int line, std::string_view text);

/// The bytes of a declared variable, zeros where it has no initial value. Throws ParseError.
[[nodiscard]] std::vector<std::byte> initial_bytes(int line, const Declaration& declaration);

/// The first multiple of `alignment`, a power of two, from `offset` on.
[[nodiscard]] constexpr std::uint32_t aligned(std::uint32_t offset, std::uint32_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

}  // namespace ravine::ptx
