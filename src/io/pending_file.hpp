/// \file
/// A file that appears under its name when it is whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "io/files.hpp"

namespace ravine::detail {

/// A file written under a name of its own beside `target`. commit() syncs it and renames it into place; destroyed
/// without that it is removed.
class PendingFile {
 public:
  /// \throws IoError.
  explicit PendingFile(std::filesystem::path target);
  ~PendingFile();
  PendingFile(PendingFile&&) = delete;
  PendingFile& operator=(PendingFile&&) = delete;
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  [[nodiscard]] const std::filesystem::path& target() const { return target_; }

  /// \throws IoError.
  void write_at(std::int64_t offset, std::span<const std::byte> bytes);
  /// Replaces what may be at the target. The directory is left to the caller to sync. \throws IoError.
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;  ///< empty once renamed
  FileDescriptor file_;
};

}  // namespace ravine::detail
