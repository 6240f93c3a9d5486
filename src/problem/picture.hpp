/// \file
/// Grey pictures: PGM files, plain (P2) and raw (P5), of 8 or 16 bits (https://netpbm.sourceforge.net/doc/pgm.html).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// Row after row from the top, each from the left.
struct Picture {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int32_t maximum = 0;           ///< white; from 1 to 65535
  std::vector<std::uint16_t> values;  ///< rows * columns, none above maximum
};

/// One picture and nothing after it. `name` is the file's, for messages. A size that the file can't hold is refused
/// before anything is allocated for it. \throws DataError (`file:line:column: found ...; wanted ...`; within the values
/// of a raw file, which has no lines, with the pixel).
[[nodiscard]] Picture parse_pgm(std::string_view bytes, const std::string& name);

/// \throws IoError, DataError.
[[nodiscard]] Picture read_pgm(const std::filesystem::path& path);

}  // namespace ravine
