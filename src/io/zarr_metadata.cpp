#include "io/zarr_metadata.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "io/files.hpp"
#include "ravine/error.hpp"
#include "ravine/field.hpp"
#include "ravine/spectrum_store.hpp"
#include "ravine/store.hpp"
#include "ravine/version.hpp"

namespace ravine::detail {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

static_assert(std::endian::native == std::endian::little, "chunks are written as they lie in memory, little-endian");

constexpr std::int64_t coordinate_chunk = std::int64_t{1} << 20;

std::string dump(const Json& json) {
  return json.dump(4) + "\n";
}

std::string long_name_of_axis(const std::string& name) {
  if (name == "alpha") return "step size alpha";
  if (name == "beta") return "momentum beta";
  if (name == "lambda") return "eigenvalue lambda";
  if (name == "step") return "step k";
  if (name == "bin") return "lower edge of the bin";
  if (name == "quantile") return "probability";
  return name;
}

Json fill_of(ValueType type) {
  switch (type) {
    case ValueType::uint8:
      return 0;
    case ValueType::int64:
      return int64_fill;
    case ValueType::float32:
    case ValueType::float64:
      break;
  }
  return "NaN";
}

Json zarray(ValueType type, const Index& shape, const Index& chunks) {
  return {{"zarr_format", 2},
          {"shape", shape},
          {"chunks", chunks},
          {"dtype", dtype_of(type)},
          {"fill_value", fill_of(type)},
          {"order", "C"},
          {"filters", nullptr},
          {"compressor", nullptr},
          {"dimension_separator", "/"}};
}

std::vector<std::string> axis_names(const std::vector<Axis>& axes) {
  std::vector<std::string> names;
  for (const Axis& axis : axes) names.push_back(axis.name());
  return names;
}

std::vector<std::string> dimension_names(const std::vector<Dimension>& dimensions) {
  std::vector<std::string> names;
  for (const Dimension& dimension : dimensions) names.push_back(dimension.axis.name());
  return names;
}

std::vector<std::string> quantity_names(const Spec& spec) {
  std::vector<std::string> names;
  for (const Quantity quantity : spec.quantities) names.emplace_back(name_of(quantity));
  return names;
}

Json field_attributes(const Spec& spec, const Field& field) {
  Json json = {{"_ARRAY_DIMENSIONS", dimension_names(array_dimensions(spec, field))}, {"units", "1"}};
  json["long_name"] = fmt::format("{}{}", info_of(field.quantity).long_name,
                                  spec.lambda_reduction == Reduction::worst ? ", worst over lambda" : "");
  if (const auto names = code_names(field.quantity); !names.empty()) {
    for (std::size_t code = 0; code < names.size(); ++code) json["flag_values"].push_back(code);
    json["flag_meanings"] = fmt::format("{}", fmt::join(names, " "));
  }
  return json;
}

Json global_attributes(const StoreHead& head) {
  const Spec& spec = head.spec;
  Json json = {{"Conventions", "CF-1.10"},
               {"source", fmt::format("ravine {}", version)},
               {"ravine_identity", head.identity},
               {"ravine_model_version", model_version},
               {"ravine_spec", canonical_json(spec)},
               {"ravine_tile_shape", head.grid.tile_shape}};
  json["title"] = fmt::format("{}: {} over ({})", name_of(spec.method), fmt::join(quantity_names(spec), ", "),
                              fmt::join(axis_names(map_axes(spec)), ", "));
  for (const Axis& axis : spec.axes) {
    if (axis.name() != "lambda" || spec.lambda_reduction == Reduction::none) continue;
    const char* const how =
        spec.lambda_reduction == Reduction::worst
            ? "worst of {} values (largest rate, smallest gap, regime of the first worst eigenvalue)"
            : "sum over {} values (one problem with all of them)";
    json["ravine_reduction"] = "lambda: " + fmt::format(fmt::runtime(how), axis.size());
  }
  return json;
}

/// Every metadata file but .zmetadata.
std::map<std::string, Json> metadata(const StoreHead& head) {
  const Spec& spec = head.spec;
  std::map<std::string, Json> files;
  files[".zgroup"] = {{"zarr_format", 2}};
  files[".zattrs"] = global_attributes(head);
  for (const Dimension& coordinate : coordinates_of(spec)) {
    const std::string& name = coordinate.axis.name();
    const std::int64_t count = coordinate.axis.size();
    files[name + "/.zarray"] = zarray(coordinate.type, {count}, {std::min(count, coordinate_chunk)});
    files[name + "/.zattrs"] = {{"_ARRAY_DIMENSIONS", {name}}, {"long_name", long_name_of_axis(name)}, {"units", "1"}};
  }
  for (const Field& field : fields_of(spec)) {
    const std::string name(name_of(field.quantity));
    const Grid grid = array_grid(head.grid, field);
    files[name + "/.zarray"] = zarray(field.type, grid.shape, grid.tile_shape);
    files[name + "/.zattrs"] = field_attributes(spec, field);
  }
  return files;
}

Json consolidated(const std::map<std::string, Json>& files) {
  return {{"metadata", files}, {"zarr_consolidated_format", 1}};
}

/// The bytes of one coordinate chunk, padded with the fill value to the chunk's size.
class CoordinateChunks {
 public:
  explicit CoordinateChunks(const Dimension& coordinate)
      : axis_(coordinate.axis), type_(coordinate.type), chunk_(std::min(axis_.size(), coordinate_chunk)) {}
  [[nodiscard]] std::int64_t count() const { return (axis_.size() + chunk_ - 1) / chunk_; }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(chunk_) * size_of(type_); }
  [[nodiscard]] fs::path path(std::int64_t number) const { return fs::path(axis_.name()) / std::to_string(number); }
  /// Valid until the next call.
  std::span<const std::byte> operator()(std::int64_t number) {
    const std::int64_t first = number * chunk_;
    const auto present = static_cast<std::size_t>(std::min(chunk_, axis_.size() - first));
    values_.assign(static_cast<std::size_t>(chunk_), std::numeric_limits<double>::quiet_NaN());
    axis_.fill(first, std::span{values_}.first(present));
    if (type_ == ValueType::float64) return std::as_bytes(std::span{values_});
    return type_ == ValueType::int64 ? converted(whole_, present) : converted(rounded_, values_.size());
  }

 private:
  /// The first `count` values as T; what is beyond keeps the fill value.
  template <class T>
  std::span<const std::byte> converted(std::vector<T>& out, std::size_t count) {
    out.assign(values_.size(), static_cast<T>(int64_fill));
    std::transform(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(count), out.begin(),
                   [](double v) { return static_cast<T>(v); });
    return std::as_bytes(std::span{out});
  }

  const Axis& axis_;
  ValueType type_;
  std::int64_t chunk_;
  std::vector<double> values_;
  std::vector<float> rounded_;
  std::vector<std::int64_t> whole_;
};

std::string required_text(const fs::path& store, const std::string& name) {
  std::optional<std::string> text = read_text(store / name);
  if (text) return *std::move(text);
  throw DataError(
      fmt::format("the store '{}' is damaged: its file '{}' is missing; restore it, or compute the map "
                  "again in another store",
                  store.string(), name));
}

[[noreturn]] void throw_damaged(const fs::path& file, const std::string& what) {
  throw DataError(
      fmt::format("'{}' is damaged: {}; restore it, or compute the map again in another store", file.string(), what));
}

Json required_json(const fs::path& store, const std::string& name) {
  Json json = Json::parse(required_text(store, name), nullptr, false);
  if (!json.is_object()) throw_damaged(store / name, "it is not a JSON object");
  return json;
}

/// Whether every number is a whole one that was written as such: the library would cast 1e300 to an integer.
bool has_no_fractions(const Json& json) {
  if (json.is_array()) return std::all_of(json.begin(), json.end(), has_no_fractions);
  return !json.is_number_float();
}

/// A global attribute, as its type; `wanted` says which in the message.
template <typename Value>
Value attribute(const Json& attributes, const char* key, const char* wanted, const fs::path& file) {
  const auto found = attributes.find(key);
  if (found == attributes.end()) throw_damaged(file, fmt::format("it has no attribute \"{}\"", key));
  if (!has_no_fractions(*found)) throw_damaged(file, fmt::format("its attribute \"{}\" is not {}", key, wanted));
  try {
    return found->get<Value>();
  } catch (const Json::exception&) {
    throw_damaged(file, fmt::format("its attribute \"{}\" is not {}", key, wanted));
  }
}

Grid grid_of(const Spec& spec, const Index& tile_shape, const fs::path& file) {
  Grid grid;
  for (const Axis& axis : map_axes(spec)) grid.shape.push_back(axis.size());
  grid.tile_shape = tile_shape;
  const auto fits = [](std::int64_t tile, std::int64_t size) { return tile >= 1 && tile <= size; };
  if (!std::equal(tile_shape.begin(), tile_shape.end(), grid.shape.begin(), grid.shape.end(), fits)) {
    throw_damaged(file, fmt::format("its tile shape ({}) does not fit its map of ({}) cells",
                                    fmt::join(tile_shape, ", "), fmt::join(grid.shape, ", ")));
  }
  return grid;
}

Spec spec_of(const std::string& text, const fs::path& file) {
  try {
    return spec_from_canonical_json(text);
  } catch (const Error& error) {
    throw_damaged(file, fmt::format("its attribute \"ravine_spec\": {}", error.what()));
  }
}

StoreHead head_of(const Json& attributes, const fs::path& file) {
  const auto made_by = attribute<std::int64_t>(attributes, "ravine_model_version", "a whole number", file);
  if (made_by != model_version) {
    throw DataError(fmt::format(
        "'{}': the store was made with model version {}, this program ({}) has {}; use the "
        "program that made it ({}), or compute the map again in another store",
        file.string(), made_by, version, model_version, attribute<std::string>(attributes, "source", "a text", file)));
  }
  StoreHead head;
  head.spec = spec_of(attribute<std::string>(attributes, "ravine_spec", "a text", file), file);
  head.grid =
      grid_of(head.spec, attribute<Index>(attributes, "ravine_tile_shape", "a list of whole numbers", file), file);
  head.identity = attribute<std::string>(attributes, "ravine_identity", "a text", file);
  const std::string wanted = identity_of(head.spec, head.grid);
  if (head.identity != wanted) {
    throw_damaged(file, fmt::format("its ravine_identity is {}, but its ravine_spec and ravine_tile_shape make it {}",
                                    head.identity, wanted));
  }
  return head;
}

/// What readers rely on must be as the spec makes it; other attributes (a title, say) may have been edited.
void check_metadata(const fs::path& store, const StoreHead& head) {
  std::map<std::string, Json> found;
  for (const auto& [name, wanted] : metadata(head)) {
    const Json& json = found[name] = required_json(store, name);
    const std::string dimensions = "_ARRAY_DIMENSIONS";
    const bool is_array_attributes = name.ends_with("/.zattrs");
    if (is_array_attributes && json.value(dimensions, Json()) != wanted.at(dimensions)) {
      throw_damaged(store / name, fmt::format("its {} are {}, its spec makes them {}", dimensions,
                                              json.value(dimensions, Json()).dump(), wanted.at(dimensions).dump()));
    }
    if (!name.ends_with(".zattrs") && json != wanted) {
      throw_damaged(store / name, fmt::format("it holds {}, its spec makes it {}", json.dump(), wanted.dump()));
    }
  }
  if (required_json(store, ".zmetadata") != consolidated(found)) {
    throw_damaged(store / ".zmetadata", "it is not the consolidation of the store's metadata files");
  }
}

void check_coordinates_present(const fs::path& store, const StoreHead& head) {
  for (const Dimension& coordinate : coordinates_of(head.spec)) {
    const CoordinateChunks chunks(coordinate);
    for (std::int64_t number = 0; number < chunks.count(); ++number) {
      const std::optional<std::int64_t> size = size_of_file(store / chunks.path(number));
      if (!size) required_text(store, chunks.path(number).string());  // throws that it is missing
      if (size && *size != static_cast<std::int64_t>(chunks.bytes())) {
        throw_damaged(store / chunks.path(number), fmt::format("it has {} bytes, wanted {}", *size, chunks.bytes()));
      }
    }
  }
}

}  // namespace

std::map<std::string, std::string> metadata_files(const StoreHead& head) {
  const std::map<std::string, Json> files = metadata(head);
  std::map<std::string, std::string> texts;
  for (const auto& [name, json] : files) texts[name] = dump(json);
  texts[".zmetadata"] = dump(consolidated(files));
  return texts;
}

void write_coordinates(const fs::path& store, const StoreHead& head) {
  for (const Dimension& coordinate : coordinates_of(head.spec)) {
    CoordinateChunks chunks(coordinate);
    for (std::int64_t number = 0; number < chunks.count(); ++number) {
      write_file(store / chunks.path(number), chunks(number));
    }
  }
}

namespace {

/// A coordinate chunk that is not what the axis makes it.
struct WrongChunk {
  const fs::path& path;
  const Axis& axis;
  std::span<const std::byte> wanted;
  bool is_there;
};

/// Calls visit(WrongChunk) for each.
template <class Visit>
void for_each_wrong_chunk(const fs::path& store, const StoreHead& head, Visit visit) {
  for (const Dimension& coordinate : coordinates_of(head.spec)) {
    CoordinateChunks chunks(coordinate);
    std::vector<std::byte> found(chunks.bytes() + 1);  // one more, to see a file that is too long
    for (std::int64_t number = 0; number < chunks.count(); ++number) {
      const fs::path path = store / chunks.path(number);
      const std::optional<FileDescriptor> file = open_existing(path);
      const std::size_t got = file ? read_some(*file, found, path) : 0;
      const std::span<const std::byte> wanted = chunks(number);
      const auto read = std::span<const std::byte>(found).first(got);
      if (!std::equal(read.begin(), read.end(), wanted.begin(), wanted.end())) {
        visit(WrongChunk{path, coordinate.axis, wanted, file.has_value()});
      }
    }
  }
}

}  // namespace

std::vector<std::string> damaged_coordinates(const fs::path& store, const StoreHead& head) {
  std::vector<std::string> damaged;
  for_each_wrong_chunk(store, head, [&damaged](const WrongChunk& chunk) {
    const std::string what =
        chunk.is_there ? fmt::format("does not hold the values of axis {}", chunk.axis.name()) : "is missing";
    damaged.push_back(fmt::format("the coordinate chunk '{}' {}", chunk.path.string(), what));
  });
  return damaged;
}

std::int64_t repair_coordinates(const fs::path& store, const StoreHead& head, Scratch& scratch) {
  std::int64_t repaired = 0;
  for_each_wrong_chunk(store, head, [&](const WrongChunk& chunk) {
    write_durably(chunk.path, chunk.wanted, scratch);
    ++repaired;
  });
  return repaired;
}

StoreHead read_head(const fs::path& store) {
  if (SpectrumStore::exists(store)) {
    throw DataError(
        fmt::format("'{}' holds a spectrum, wanted a map, trajectories or a noise study; 'ravine verify' and "
                    "'ravine plot' take it, and the axis lambda = {{ store = \"{}\" }}",
                    store.string(), store.string()));
  }
  if (!folder_exists(store / ".ravine")) {
    throw DataError(fmt::format("'{}' is not a ravine store: {}", store.string(),
                                folder_exists(store) ? "it has no .ravine folder" : "there is no such folder"));
  }
  StoreHead head = head_of(required_json(store, ".zattrs"), store / ".zattrs");
  check_metadata(store, head);
  check_coordinates_present(store, head);
  return head;
}

}  // namespace ravine::detail
