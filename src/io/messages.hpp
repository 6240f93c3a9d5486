/// \file
/// Words for messages: quoted findings, lists of what is wanted, "did you mean".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// `"text"`, with control characters as ? and cut after 40 bytes (what was found may be a binary file). Bytes beyond
/// ASCII, such as those of UTF-8, pass as they are.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// `"a", "b" or "c"`
[[nodiscard]] std::string one_of(const std::vector<std::string>& names);

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// ` (did you mean "known"?)` for the nearest of `known` if it is near, else nothing.
[[nodiscard]] std::string did_you_mean(std::string_view unknown, const std::vector<std::string>& known);

}  // namespace ravine
