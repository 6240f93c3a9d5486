#include "io/record.hpp"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "io/files.hpp"
#include "ravine/error.hpp"
#include "ravine/version.hpp"

namespace ravine::detail {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

constexpr int record_format = 1;
constexpr std::int64_t records_per_folder = 4096;
constexpr const char* checksum_key = "checksum";

/// As a string in shortest round-trip form: JSON numbers have no infinities.
std::string text_of(double value) {
  return fmt::format("{}", value);
}

double double_from(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) throw DataError(fmt::format("'{}' is not a number", text));
  return value;
}

OrderedJson to_json(const std::optional<BestCell>& best) {
  if (!best) return nullptr;
  return {{"value", text_of(best->value)}, {"cell", best->cell}};
}

std::optional<BestCell> best_cell_from(const OrderedJson& json) {
  if (json.is_null()) return std::nullopt;
  return BestCell{double_from(json.at("value").get<std::string>()), json.at("cell").get<std::int64_t>()};
}

OrderedJson to_json(const Summary& summary) {
  OrderedJson json;
  json["cells"] = summary.cells;
  json["convergent"] = summary.convergent ? OrderedJson(*summary.convergent) : OrderedJson(nullptr);
  json["best_rate"] = to_json(summary.best_rate);
  json["best_gap"] = to_json(summary.best_gap);
  json["regimes"] = summary.regimes ? OrderedJson(*summary.regimes) : OrderedJson(nullptr);
  return json;
}

Summary summary_from(const OrderedJson& json) {
  Summary summary;
  summary.cells = json.at("cells").get<std::int64_t>();
  if (!json.at("convergent").is_null()) summary.convergent = json.at("convergent").get<std::int64_t>();
  summary.best_rate = best_cell_from(json.at("best_rate"));
  summary.best_gap = best_cell_from(json.at("best_gap"));
  if (!json.at("regimes").is_null()) {
    summary.regimes = json.at("regimes").get<std::array<std::int64_t, regime_count>>();
  }
  return summary;
}

OrderedJson to_json(const TileRecord& record) {
  OrderedJson json;
  json["format"] = record_format;
  json["tile"] = record.id;
  json["identity"] = record.identity;
  json["chunks"] = OrderedJson::array();
  for (const ChunkRecord& chunk : record.chunks) {
    json["chunks"].push_back({{"quantity", chunk.quantity}, {"bytes", chunk.bytes}, {"xxh3_128", chunk.checksum}});
  }
  json["summary"] = to_json(record.summary);
  return json;
}

TileRecord record_from(const OrderedJson& json) {
  if (const int format = json.at("format").get<int>(); format != record_format) {
    throw DataError(fmt::format("its format is {}, this program reads {}", format, record_format));
  }
  TileRecord record;
  record.id = json.at("tile").get<std::int64_t>();
  record.identity = json.at("identity").get<std::string>();
  for (const OrderedJson& chunk : json.at("chunks")) {
    record.chunks.push_back({chunk.at("quantity").get<std::string>(), chunk.at("bytes").get<std::int64_t>(),
                             chunk.at("xxh3_128").get<std::string>()});
  }
  record.summary = summary_from(json.at("summary"));
  return record;
}

std::string dump(const OrderedJson& json) {
  return json.dump(1, ' ', true, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace

std::filesystem::path tile_record_path(std::int64_t id) {
  return fmt::format(".ravine/tiles/{}/{}", id / records_per_folder, id);
}

std::string to_text(const TileRecord& record) {
  OrderedJson json = to_json(record);
  json[checksum_key] = checksum_of(dump(json));
  return dump(json);
}

TileRecord parse_tile_record(std::string_view text) {
  TileRecord record;
  try {
    record = record_from(OrderedJson::parse(text));
  } catch (const Json::exception& error) {
    throw DataError(fmt::format("not a tile record: {}", error.what()));
  }
  // Only one text stands for a record, so that comparing texts checks the checksum and every other byte at once.
  if (to_text(record) != text) throw DataError("its content does not match its checksum");
  return record;
}

std::string run_file_text(const WriterLabel& writer, const RunInfo& info, const RunEnd* end) {
  OrderedJson json;
  json["host"] = writer.host;
  json["pid"] = writer.pid;
  json["device"] = info.device;
  json["threads"] = info.threads;
  json["command_line"] = info.command_line;
  json["version"] = version;
  json["model_version"] = model_version;
  json["start"] = writer.start;
  json["outcome"] = end != nullptr ? end->outcome : "running";
  if (end != nullptr) {
    json["end"] = end->time;
    json["tiles_written"] = end->tiles_written;
    json["seconds"] = end->seconds;
  }
  return dump(json);
}

}  // namespace ravine::detail
