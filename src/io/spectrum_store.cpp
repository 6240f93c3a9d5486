#include "ravine/spectrum_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <span>

#include "io/files.hpp"
#include "io/new_folder.hpp"
#include "io/spectrum_record.hpp"
#include "ravine/error.hpp"
#include "ravine/version.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* record_name = ".ravine/spectrum.json";

/// An array is cut into chunks along its first dimension, of at most about so many bytes.
constexpr std::int64_t most_chunk_bytes = std::int64_t{1} << 26;
constexpr std::int64_t value_bytes = 8;  // both types

std::int64_t product(std::span<const std::int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

/// How an array lies in files: whole rows of its first dimension, as many as one chunk holds.
struct Layout {
  explicit Layout(const std::vector<std::int64_t>& shape)
      : rows(shape.front()), row_values(product(std::span(shape).subspan(1))) {
    const std::int64_t fitting = most_chunk_bytes / std::max<std::int64_t>(1, row_values * value_bytes);
    chunk_rows = std::clamp<std::int64_t>(fitting, 1, std::max<std::int64_t>(rows, 1));
  }
  [[nodiscard]] std::int64_t chunks() const { return (rows + chunk_rows - 1) / chunk_rows; }
  [[nodiscard]] std::size_t chunk_bytes() const {
    return static_cast<std::size_t>(chunk_rows * row_values * value_bytes);
  }

  std::int64_t rows;
  std::int64_t row_values;
  std::int64_t chunk_rows = 1;
};

std::string chunk_name(std::int64_t number, std::size_t dimensions) {
  std::string name = std::to_string(number);
  for (std::size_t k = 1; k < dimensions; ++k) name += "/0";
  return name;
}

std::span<const std::byte> bytes_of(const StoredArray& array) {
  return std::visit([](const auto& values) { return std::as_bytes(std::span(values)); }, array.values);
}

const char* dtype_of(const StoredArray& array) {
  return std::holds_alternative<std::vector<double>>(array.values) ? "<f8" : "<i8";
}

Json zarray(const StoredArray& array) {
  const bool is_float = std::holds_alternative<std::vector<double>>(array.values);
  std::vector<std::int64_t> chunks = array.shape;
  chunks.front() = Layout(array.shape).chunk_rows;
  return {{"zarr_format", 2},
          {"shape", array.shape},
          {"chunks", chunks},
          {"dtype", dtype_of(array)},
          {"fill_value", is_float ? Json("NaN") : Json(nullptr)},
          {"order", "C"},
          {"filters", nullptr},
          {"compressor", nullptr},
          {"dimension_separator", "/"}};
}

std::map<std::string, Json> metadata(const Json& attributes, const std::vector<StoredArray>& arrays) {
  std::map<std::string, Json> files;
  files[".zgroup"] = {{"zarr_format", 2}};
  files[".zattrs"] = attributes;
  for (const StoredArray& array : arrays) {
    files[array.name + "/.zarray"] = zarray(array);
    files[array.name + "/.zattrs"] = {
        {"_ARRAY_DIMENSIONS", array.dimensions}, {"long_name", array.long_name}, {"units", "1"}};
  }
  return files;
}

std::string dump(const Json& json) {
  return json.dump(4, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string checksum_of_bytes(std::span<const std::byte> bytes) {
  detail::Checksum checksum;
  checksum.update(bytes);
  return checksum.hex();
}

/// Chunks have whole rows; the last one is filled up.
void write_array(const fs::path& folder, const StoredArray& array) {
  const Layout layout(array.shape);
  const std::span<const std::byte> bytes = bytes_of(array);
  detail::make_directories(folder);
  for (std::int64_t number = 0; number < layout.chunks(); ++number) {
    const std::size_t first = static_cast<std::size_t>(number) * layout.chunk_bytes();
    const std::span<const std::byte> part = bytes.subspan(first, std::min(layout.chunk_bytes(), bytes.size() - first));
    std::vector<std::byte> whole(part.begin(), part.end());
    whole.resize(layout.chunk_bytes());
    const fs::path file = folder / chunk_name(number, array.shape.size());
    detail::make_directories(file.parent_path());
    detail::write_file(file, std::span<const std::byte>(whole));
    detail::sync_directory(file.parent_path());
  }
  detail::sync_directory(folder);
}

[[noreturn]] void throw_damaged(const fs::path& file, const std::string& what) {
  throw DataError(fmt::format("'{}' is damaged: {}; restore it, or remove the folder and compute the spectrum again",
                              file.string(), what));
}

std::string required_text(const fs::path& file) {
  std::optional<std::string> text = detail::read_text(file);
  if (!text) throw_damaged(file, "it is missing");
  return *std::move(text);
}

void check_size(const fs::path& chunk, std::int64_t found, const Layout& layout) {
  const auto wanted = static_cast<std::int64_t>(layout.chunk_bytes());
  if (found != wanted) throw_damaged(chunk, fmt::format("it has {} bytes, wanted {}", found, wanted));
}

/// Reads whole chunks of an array; what is beyond the array is left out. Memory is taken only once all files have the
/// sizes that the shape gives them.
std::vector<std::byte> read_array(const fs::path& folder, const std::vector<std::int64_t>& shape) {
  const Layout layout(shape);
  const auto chunk = [&](std::int64_t number) { return folder / chunk_name(number, shape.size()); };
  for (std::int64_t number = 0; number < layout.chunks(); ++number) {
    const std::optional<std::int64_t> size = detail::size_of_file(chunk(number));
    if (!size) throw_damaged(chunk(number), "it is missing");
    check_size(chunk(number), *size, layout);
  }
  std::vector<std::byte> bytes;
  bytes.reserve(static_cast<std::size_t>(layout.chunks()) * layout.chunk_bytes());
  for (std::int64_t number = 0; number < layout.chunks(); ++number) {
    const std::string text = required_text(chunk(number));
    check_size(chunk(number), static_cast<std::int64_t>(text.size()), layout);
    const auto part = std::as_bytes(std::span(text));
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  bytes.resize(static_cast<std::size_t>(product(shape) * value_bytes));
  return bytes;
}

template <class T>
std::vector<T> as_values(std::span<const std::byte> bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

void write_content(const fs::path& folder, const std::string& identity, const SpectrumContent& content) {
  Json global = Json::parse(content.attributes);
  global["Conventions"] = "CF-1.10";
  global["source"] = fmt::format("ravine {}", version);
  const std::map<std::string, Json> files = metadata(global, content.arrays);
  const std::string consolidated = dump({{"metadata", files}, {"zarr_consolidated_format", 1}});
  detail::SpectrumRecord record{identity, content.attributes, detail::checksum_of(consolidated), {}};
  for (const StoredArray& array : content.arrays) {
    record.arrays.push_back({array.name, dtype_of(array), array.shape, checksum_of_bytes(bytes_of(array))});
  }
  const std::string record_text = detail::to_text(record);
  static_cast<void>(detail::parse_spectrum_record(record_text));  // none is written that open() would refuse
  for (const StoredArray& array : content.arrays) write_array(folder / array.name, array);
  for (const auto& [name, json] : files) detail::write_file(folder / name, dump(json));
  detail::write_file(folder / ".zmetadata", consolidated);
  detail::write_file(folder / record_name, record_text);
  detail::sync_directory(folder / ".ravine");
  detail::sync_directory(folder);
}

}  // namespace

SpectrumStore SpectrumStore::create(const fs::path& path, const std::string& identity,
                                    const std::function<SpectrumContent()>& compute) {
  detail::create_whole(path, [&](const fs::path& staging) { write_content(staging, identity, compute()); });
  return open(path);
}

bool SpectrumStore::exists(const fs::path& path) {
  return detail::size_of_file(path / record_name).has_value();
}

SpectrumStore SpectrumStore::open(const fs::path& path) {
  if (!exists(path)) {
    throw DataError(fmt::format("'{}' holds no spectrum: {}; 'ravine spectrum SPEC' makes one", path.string(),
                                detail::folder_exists(path) ? "it is another folder" : "there is no such folder"));
  }
  const fs::path file = path / record_name;
  const std::string text = required_text(file);
  try {
    return {path, std::make_shared<const detail::SpectrumRecord>(detail::parse_spectrum_record(text))};
  } catch (const DataError& error) {
    throw_damaged(file, error.what());
  }
}

const std::string& SpectrumStore::identity() const {
  return record_->identity;
}

const std::string& SpectrumStore::attributes() const {
  return record_->attributes;
}

bool SpectrumStore::has(std::string_view array) const {
  const std::vector<detail::ArrayRecord>& known = record_->arrays;
  return std::any_of(known.begin(), known.end(), [array](const auto& one) { return one.name == array; });
}

std::vector<std::string> SpectrumStore::arrays() const {
  std::vector<std::string> names;
  for (const detail::ArrayRecord& known : record_->arrays) names.push_back(known.name);
  return names;
}

namespace {

const detail::ArrayRecord& array_of(const SpectrumStore& store, const detail::SpectrumRecord& record,
                                    std::string_view array) {
  const auto found = std::find_if(record.arrays.begin(), record.arrays.end(),
                                  [array](const detail::ArrayRecord& known) { return known.name == array; });
  if (found == record.arrays.end()) {
    throw DataError(fmt::format("the spectrum '{}' has no array '{}'", store.path().string(), array));
  }
  return *found;
}

std::vector<std::byte> checked_bytes(const fs::path& store, const detail::ArrayRecord& array) {
  const fs::path folder = store / array.name;
  std::vector<std::byte> bytes = read_array(folder, array.shape);
  if (const std::string found = checksum_of_bytes(bytes); found != array.checksum) {
    throw_damaged(folder, fmt::format("its values have checksum {}, the record wants {}", found, array.checksum));
  }
  return bytes;
}

template <class T>
std::vector<T> checked_values(const fs::path& store, const detail::ArrayRecord& array, std::string_view dtype) {
  if (array.dtype != dtype) {
    throw DataError(
        fmt::format("the array '{}' of '{}' is of type {}, wanted {}", array.name, store.string(), array.dtype, dtype));
  }
  return as_values<T>(checked_bytes(store, array));
}

}  // namespace

const std::vector<std::int64_t>& SpectrumStore::shape(std::string_view array) const {
  return array_of(*this, *record_, array).shape;
}

const std::string& SpectrumStore::checksum(std::string_view array) const {
  return array_of(*this, *record_, array).checksum;
}

std::vector<double> SpectrumStore::numbers(std::string_view array) const {
  return checked_values<double>(path_, array_of(*this, *record_, array), "<f8");
}

std::vector<double> SpectrumStore::numbers(std::string_view array, const std::vector<std::int64_t>& shape) const {
  const std::vector<std::int64_t>& found = this->shape(array);
  if (found == shape) return numbers(array);
  throw DataError(fmt::format("the array '{}' of '{}' has the shape {}, wanted {}", array, path_.string(),
                              fmt::join(found, " x "), fmt::join(shape, " x ")));
}

std::vector<std::int64_t> SpectrumStore::integers(std::string_view array) const {
  return checked_values<std::int64_t>(path_, array_of(*this, *record_, array), "<i8");
}

std::vector<std::string> SpectrumStore::damage() const {
  std::vector<std::string> lines;
  const auto note = [&lines](const std::function<void()>& look) {
    try {
      look();
    } catch (const DataError& error) {
      lines.emplace_back(error.what());
    }
  };
  for (const detail::ArrayRecord& known : record_->arrays) {
    note([&] { static_cast<void>(checked_bytes(path_, known)); });
  }
  note([&] {
    const fs::path file = path_ / ".zmetadata";
    const std::string text = required_text(file);
    if (detail::checksum_of(text) != record_->metadata_checksum) throw_damaged(file, "it is not what was written");
    const std::optional<Json> consolidated = detail::parse_shallow_json(text);
    if (!consolidated || !consolidated->is_object() || !consolidated->contains("metadata")) {
      throw_damaged(file, "it is no metadata");
    }
    for (const auto& [name, json] : consolidated->at("metadata").items()) {
      note([&, name = name, json = json] {
        if (required_text(path_ / name) != dump(json)) throw_damaged(path_ / name, "it is not what was written");
      });
    }
  });
  return lines;
}

}  // namespace ravine
