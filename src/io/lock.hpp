/// \file
/// Who may write to a store: flock-based locks under `.ravine/locks/`, released by the kernel when their holder dies.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "io/files.hpp"
#include "ravine/store.hpp"

namespace ravine::detail {

/// How a writer is named to others.
struct WriterLabel {
  std::string host;
  std::int64_t pid = 0;
  std::string start;  ///< UTC, as 2026-01-31T12:00:00Z
  std::string command_line;
};

/// This process, now.
[[nodiscard]] WriterLabel this_writer(const std::string& command_line);
/// UTC, as 2026-01-31T12:00:00Z.
[[nodiscard]] std::string utc_now();
/// "all" for an unsharded run, else "shard-1-of-3" (counted from 1, as on the command line).
[[nodiscard]] std::string lock_name(Shard shard);

/// Takes an exclusive lock on a file, made where it is missing. \throws StoreBusyError with `busy` as its message.
[[nodiscard]] FileDescriptor lock_exclusively(const std::filesystem::path& file, const std::string& busy);

/// The right to write one shard. An unsharded run holds `all` exclusively; a shard holds `all` shared and its own lock
/// exclusively. Whoever has the store to itself removes what killed writers left under `.ravine/tmp` and
/// `.ravine/locks`.
class StoreLock {
 public:
  /// \throws StoreBusyError naming the holder, IoError.
  StoreLock(const std::filesystem::path& store, Shard shard, const WriterLabel& writer);
  ~StoreLock();
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  StoreLock(StoreLock&&) = delete;
  StoreLock& operator=(StoreLock&&) = delete;

 private:
  void lock_everything(const std::string& label);
  void lock_shard(Shard shard, const std::string& label);
  void remove_leftovers() const;

  std::filesystem::path store_;
  std::filesystem::path locks_;
  std::filesystem::path shard_file_;  ///< empty for an unsharded run
  FileDescriptor all_;
  FileDescriptor shard_;
};

}  // namespace ravine::detail
