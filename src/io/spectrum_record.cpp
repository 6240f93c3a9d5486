#include "io/spectrum_record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/files.hpp"
#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

using Json = nlohmann::json;

/// The files of a spectrum have five levels.
constexpr int most_depth = 16;

/// Bytes of an array, and a chunk that is filled up beside them, stay within std::int64_t.
constexpr std::int64_t most_bytes = std::int64_t{1} << 60;
constexpr std::int64_t value_bytes = 8;  // both types

void want(bool is_so, const std::string& where, const char* what) {
  if (!is_so) throw DataError(fmt::format("{} is not {}", where, what));
}

std::int64_t count_at(const Json& json, const char* key) {
  const Json& value = json.at(key);
  // A number above the greatest std::int64_t comes out below zero.
  const bool is_count = value.is_number_integer() && value.get<std::int64_t>() >= 0;
  want(is_count, fmt::format("the attribute '{}'", key), "a count");
  return value.get<std::int64_t>();
}

/// What ravine reads of the attributes; others may stand beside it.
void check_attributes(const Json& attributes) {
  for (const char* const key : {"title", "kind", "solver"}) {
    want(attributes.at(key).is_string(), fmt::format("the attribute '{}'", key), "a text");
  }
  const std::int64_t n = count_at(attributes, "n");
  want(n >= 1, "the attribute 'n'", "above 0");
  want(count_at(attributes, "kernel") <= n, "the attribute 'kernel'", "at most n");
  static_cast<void>(count_at(attributes, "nonzeros"));
  static_cast<void>(count_at(attributes, "components"));
  const Json& tolerance = attributes.at("zero_tolerance");
  want(tolerance.is_number() && tolerance.get<double>() >= 0, "the attribute 'zero_tolerance'", "a number from 0 on");
  const auto positive = attributes.find("positive_beyond_kernel");
  want(positive == attributes.end() || positive->is_boolean(), "the attribute 'positive_beyond_kernel'", "a boolean");
  const Json& checks = attributes.at("checks");
  for (const char* const key : {"residual", "orthogonality", "trace", "frobenius"}) {
    const Json& figure = checks.at(key);
    want(figure.is_null() || figure.is_number(), fmt::format("'{}' of the checks", key), "a number or null");
  }
  want(checks.at("tolerance").is_number(), "'tolerance' of the checks", "a number");
  const Json& notes = attributes.at("notes");
  want(notes.is_array() && std::all_of(notes.begin(), notes.end(), [](const Json& note) { return note.is_string(); }),
       "the attribute 'notes'", "a list of texts");
}

bool is_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::vector<std::int64_t> shape_from(const Json& json) {
  std::vector<std::int64_t> shape;
  std::int64_t bytes = value_bytes;
  for (const Json& value : json) {
    want(value.is_number_integer(), "an extent of an array", "an integer");
    const auto extent = value.get<std::int64_t>();
    const std::int64_t factor = std::max<std::int64_t>(extent, 1);
    want(extent >= 0 && bytes <= most_bytes / factor, "the shape of an array", "one that an array can have");
    bytes *= factor;
    shape.push_back(extent);
  }
  want(shape.size() == 1 || shape.size() == 2, "the shape of an array", "of one dimension or two");
  return shape;
}

ArrayRecord array_from(const Json& json) {
  ArrayRecord array{json.at("name").get<std::string>(), json.at("dtype").get<std::string>(),
                    shape_from(json.at("shape")), json.at("checksum").get<std::string>()};
  want(is_name(array.name), "the name of an array", "of letters, digits and underscores");
  want(array.dtype == "<f8" || array.dtype == "<i8", "the type of an array", "'<f8' or '<i8'");
  return array;
}

/// Every reader takes these three side by side.
void check_modes(const std::vector<ArrayRecord>& arrays, std::int64_t n) {
  std::vector<std::vector<std::int64_t>> shapes;
  for (const char* const name : {"mode", "eigenvalue", "eigenvalue_bound"}) {
    const auto found =
        std::find_if(arrays.begin(), arrays.end(), [&](const auto& array) { return array.name == name; });
    if (found == arrays.end()) throw DataError(fmt::format("there is no array '{}'", name));
    shapes.push_back(found->shape);
  }
  const std::vector<std::int64_t>& shape = shapes.front();
  want(shape.size() == 1 && shape[0] >= 1 && shape[0] <= n, "the number of eigenvalues", "from 1 to n");
  want(shapes[1] == shape && shapes[2] == shape, "the shape of 'eigenvalue', or of 'eigenvalue_bound',",
       "that of 'mode'");
}

SpectrumRecord record_from(const Json& json) {
  const Json& attributes = json.at("attributes");
  check_attributes(attributes);
  SpectrumRecord record{
      json.at("identity").get<std::string>(), attributes.dump(), json.at("metadata_checksum").get<std::string>(), {}};
  for (const Json& array : json.at("arrays")) record.arrays.push_back(array_from(array));
  check_modes(record.arrays, attributes.at("n").get<std::int64_t>());
  return record;
}

}  // namespace

std::optional<Json> parse_shallow_json(std::string_view text) {
  bool is_shallow = true;
  const auto look = [&is_shallow](int depth, Json::parse_event_t, Json&) {
    is_shallow = is_shallow && depth <= most_depth;
    return is_shallow;  // false: what is below is left out
  };
  Json json = Json::parse(text, look, false);
  if (!is_shallow || json.is_discarded()) return std::nullopt;
  return json;
}

std::string to_text(const SpectrumRecord& record) {
  Json json = {{"identity", record.identity},
               {"attributes", Json::parse(record.attributes)},
               {"metadata_checksum", record.metadata_checksum},
               {"arrays", Json::array()}};
  for (const ArrayRecord& array : record.arrays) {
    json["arrays"].push_back(
        {{"name", array.name}, {"dtype", array.dtype}, {"shape", array.shape}, {"checksum", array.checksum}});
  }
  json["checksum"] = checksum_of(json.dump());
  return json.dump() + "\n";
}

SpectrumRecord parse_unsealed_record(std::string_view text) {
  const std::optional<Json> json = parse_shallow_json(text);
  if (!json) throw DataError("it is not JSON, or nested too deep");
  try {
    return record_from(*json);
  } catch (const Json::exception& error) {
    throw DataError(fmt::format("it is no record of a spectrum ({})", error.what()));
  }
}

SpectrumRecord parse_spectrum_record(std::string_view text) {
  SpectrumRecord record = parse_unsealed_record(text);
  // Only one text stands for a record, so that comparing texts checks the checksum and every other byte at once.
  if (to_text(record) != text) throw DataError("its checksum is not that of its content");
  return record;
}

}  // namespace ravine::detail
