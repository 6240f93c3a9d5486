/// \file
/// The record of a frozen spectrum, .ravine/spectrum.json: what was written, and the checksums that it must have.
/// It is ravine's own, so a text that ravine would not have written is damage.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ravine::detail {

struct ArrayRecord {
  std::string name;                 ///< and that of its folder: letters, digits and underscores
  std::string dtype;                ///< "<f8" or "<i8"
  std::vector<std::int64_t> shape;  ///< one or two extents, not negative; their product can be counted in bytes
  std::string checksum;             ///< XXH3-128 of the values
};

struct SpectrumRecord {
  std::string identity;
  std::string attributes;         ///< a JSON object, with every member that ravine reads
  std::string metadata_checksum;  ///< of .zmetadata
  std::vector<ArrayRecord> arrays;
};

/// JSON that is nested no deeper than any file of a spectrum; nothing if it is deeper, or no JSON. What takes a value
/// apart afterwards may be recursive.
[[nodiscard]] std::optional<nlohmann::json> parse_shallow_json(std::string_view text);

/// With the checksum of itself.
[[nodiscard]] std::string to_text(const SpectrumRecord& record);

/// \throws DataError, which says what is wrong and not where, if it is not the text of a record to the byte.
[[nodiscard]] SpectrumRecord parse_spectrum_record(std::string_view text);

/// The same without the checksum: what is refused here would be wrong with any. For parse_spectrum_record, and for
/// tests of what a checksum keeps from being reached. \throws DataError.
[[nodiscard]] SpectrumRecord parse_unsealed_record(std::string_view text);

}  // namespace ravine::detail
