/// \file
/// A frozen spectrum: a Zarr v2 group that is written once and whole (docs/store.md). What other specs read from it is
/// an input from then on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ravine {

/// One array of a spectrum's store.
struct StoredArray {
  std::string name;
  std::vector<std::string> dimensions;  ///< names, slowest first
  std::vector<std::int64_t> shape;
  std::string long_name;
  std::variant<std::vector<double>, std::vector<std::int64_t>> values;  ///< in C order
};

/// An existing one. Cheap to copy.
class SpectrumStore {
 public:
  /// Writes the folder. `identity` says of what it is the spectrum; `attributes` is a JSON object for readers.
  /// \throws StoreBusyError if `path` exists and is not an empty folder; IoError.
  static SpectrumStore create(const std::filesystem::path& path, const std::string& identity,
                              const std::string& attributes, const std::vector<StoredArray>& arrays);
  /// \throws DataError if there is none at `path`, or its description is damaged; IoError.
  static SpectrumStore open(const std::filesystem::path& path);
  [[nodiscard]] static bool exists(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::string& identity() const { return identity_; }
  /// The JSON object that create() was given.
  [[nodiscard]] const std::string& attributes() const { return attributes_; }

  [[nodiscard]] bool has(std::string_view array) const;
  [[nodiscard]] std::vector<std::string> arrays() const;
  /// \throws DataError if there is no such array.
  [[nodiscard]] const std::vector<std::int64_t>& shape(std::string_view array) const;
  /// XXH3-128 of the array's values.
  [[nodiscard]] const std::string& checksum(std::string_view array) const;
  /// All values; checked against the checksum. \throws DataError if there is no such array of that type, or it is
  /// damaged; IoError.
  [[nodiscard]] std::vector<double> numbers(std::string_view array) const;
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view array) const;
  /// Rows [first, first + count) of an array of two dimensions, unchecked. \throws as numbers().
  [[nodiscard]] std::vector<double> rows(std::string_view array, std::int64_t first, std::int64_t count) const;

  /// One line for each array or file of metadata that is not what was written. \throws IoError.
  [[nodiscard]] std::vector<std::string> damage() const;

 private:
  /// An array as its record has it.
  struct Entry {
    std::string name;
    std::string dtype;  ///< "<f8" or "<i8"
    std::vector<std::int64_t> shape;
    std::string checksum;
  };
  [[nodiscard]] const Entry& entry(std::string_view array, std::string_view dtype) const;
  [[nodiscard]] const Entry& entry(std::string_view array) const;

  std::filesystem::path path_;
  std::string identity_;
  std::string attributes_;
  std::string metadata_checksum_;
  std::vector<Entry> entries_;
};

}  // namespace ravine
