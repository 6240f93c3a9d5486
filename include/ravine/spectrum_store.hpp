/// \file
/// A frozen spectrum: a Zarr v2 group that is written once and whole (docs/store.md). What other specs read from it is
/// an input from then on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ravine {

namespace detail {
struct SpectrumRecord;
}

/// One array of a spectrum's store.
struct StoredArray {
  std::string name;
  std::vector<std::string> dimensions;  ///< names, slowest first
  std::vector<std::int64_t> shape;      ///< one or two extents
  std::string long_name;
  std::variant<std::vector<double>, std::vector<std::int64_t>> values;  ///< in C order
};

/// What a spectrum's store is made of.
struct SpectrumContent {
  std::string attributes;  ///< a JSON object for readers
  std::vector<StoredArray> arrays;
};

/// An existing one. Cheap to copy.
class SpectrumStore {
 public:
  /// Writes the folder. `identity` says of what it is the spectrum. `compute` is called once the place is this
  /// process's alone, so that no other computes the same meanwhile.
  /// \throws StoreBusyError if `path` exists and is not an empty folder, or another process makes it; IoError; what
  /// `compute` throws.
  static SpectrumStore create(const std::filesystem::path& path, const std::string& identity,
                              const std::function<SpectrumContent()>& compute);
  /// \throws DataError if there is none at `path`, or its description is damaged; IoError.
  static SpectrumStore open(const std::filesystem::path& path);
  [[nodiscard]] static bool exists(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::string& identity() const;
  /// The JSON object that create() was given.
  [[nodiscard]] const std::string& attributes() const;

  [[nodiscard]] bool has(std::string_view array) const;
  [[nodiscard]] std::vector<std::string> arrays() const;
  /// \throws DataError if there is no such array.
  [[nodiscard]] const std::vector<std::int64_t>& shape(std::string_view array) const;
  /// XXH3-128 of the array's values.
  [[nodiscard]] const std::string& checksum(std::string_view array) const;
  /// All values; checked against the checksum. \throws DataError if there is no such array of that type, or it is
  /// damaged; IoError.
  [[nodiscard]] std::vector<double> numbers(std::string_view array) const;
  /// Those of an array that must have this shape. \throws DataError also if it has another.
  [[nodiscard]] std::vector<double> numbers(std::string_view array, const std::vector<std::int64_t>& shape) const;
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view array) const;

  /// One line for each array or file of metadata that is not what was written. \throws IoError.
  [[nodiscard]] std::vector<std::string> damage() const;

 private:
  SpectrumStore(std::filesystem::path path, std::shared_ptr<const detail::SpectrumRecord> record)
      : path_(std::move(path)), record_(std::move(record)) {}

  std::filesystem::path path_;
  std::shared_ptr<const detail::SpectrumRecord> record_;
};

}  // namespace ravine
