/// \file
/// Zip archives for tests of what reads them.
#pragma once

#include <zip.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ravine {

/// Names and contents.
using ZipEntries = std::vector<std::pair<std::string, std::string>>;

/// An archive of these entries, written by libzip.
inline std::string zip_of(const ZipEntries& entries, zip_int32_t method) {
  const std::unique_ptr<zip_source_t, decltype(&zip_source_free)> target(
      zip_source_buffer_create(nullptr, 0, 0, nullptr), &zip_source_free);
  zip_source_keep(target.get());  // the archive gives its own back when it is closed
  zip_t* const archive = zip_open_from_source(target.get(), ZIP_TRUNCATE, nullptr);
  for (const auto& [name, bytes] : entries) {
    zip_source_t* const source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0);
  }
  zip_stat_t stat;
  if (zip_close(archive) != 0 || zip_source_stat(target.get(), &stat) != 0) {
    throw std::runtime_error("libzip can't write an archive");
  }
  std::string bytes(stat.size, '\0');
  zip_source_open(target.get());
  const zip_int64_t got = zip_source_read(target.get(), bytes.data(), bytes.size());
  zip_source_close(target.get());
  if (got != static_cast<zip_int64_t>(bytes.size())) throw std::runtime_error("libzip can't read its archive");
  return bytes;
}

}  // namespace ravine
