/// \file
/// Numbers and command lines as people read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ravine::cli {

[[nodiscard]] std::string grouped(std::int64_t count);          ///< 2003001 -> "2,003,001"
[[nodiscard]] std::string human_bytes(std::int64_t bytes);      ///< "15.3 MiB"
[[nodiscard]] std::string human_seconds(double seconds);        ///< "0.42 s", "3 min 04 s", "2 h 05 min"
[[nodiscard]] std::string human_rate(double cells_per_second);  ///< "12.3 M cells/s"
[[nodiscard]] std::string percent(double part, double whole);   ///< "12.5 %"; "100 %" only for the whole

/// The whole text as an integer or a finite number; nothing if it is anything else.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

/// One word of a command line, quoted for a POSIX shell where it needs to be.
[[nodiscard]] std::string shell_quoted(std::string_view word);

}  // namespace ravine::cli
