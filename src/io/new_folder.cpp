#include "io/new_folder.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "io/files.hpp"
#include "io/lock.hpp"
#include "ravine/error.hpp"
#include "ravine/spectrum_store.hpp"

namespace ravine::detail {
namespace {

namespace fs = std::filesystem;

/// The path without links and dots, so that its parent is the folder that the store's name stands in.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path result = fs::weakly_canonical(fs::absolute(path, error), error);
  if (error) throw_io_error("look at", path, error.value());
  return result.has_filename() ? result : result.parent_path();
}

void throw_if_taken(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    if (fs::status_known(status) || error.value() == ENOTDIR) return;
    throw_io_error("look at", path, error.value());
  }
  if (!fs::is_directory(status)) {
    throw StoreBusyError(fmt::format("'{}' is a file; name another folder with --store", path.string()));
  }
  if (SpectrumStore::exists(path)) {
    throw StoreBusyError(
        fmt::format("'{}' holds a spectrum; name another folder with --store, or remove it", path.string()));
  }
  if (folder_exists(path / ".ravine")) {
    throw StoreBusyError(
        fmt::format("'{}' holds a ravine store already; go on with it with --resume, or name another "
                    "folder with --store",
                    path.string()));
  }
  const bool empty = fs::is_empty(path, error);
  if (error) throw_io_error("look at", path, error.value());
  if (!empty) {
    throw StoreBusyError(
        fmt::format("the folder '{}' is not empty and holds no ravine store; name another folder "
                    "with --store, or empty it",
                    path.string()));
  }
}

/// Removes what an earlier creation that was killed left, but for the lock file that is held.
void clear(const fs::path& staging) {
  std::error_code error;
  for (fs::directory_iterator entry(staging, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename() == ".ravine") continue;
    fs::remove_all(entry->path(), error);
    if (error) throw_io_error("remove", entry->path(), error.value());
  }
  if (error) throw_io_error("list", staging, error.value());
}

/// Only a whole store ever bears the store's name.
void move_into_place(const fs::path& staging, const fs::path& target) {
  if (std::rename(staging.c_str(), target.c_str()) < 0) {
    const int error = errno;
    throw_if_taken(target);
    throw_io_error("move the new store to", target, error);
  }
  sync_directory(target.parent_path());
}

/// The lock that who makes the folder holds meanwhile.
FileDescriptor lock_staging(const fs::path& staging, const std::string& busy) {
  try {
    return lock_exclusively(staging / ".ravine/locks/all", busy);
  } catch (const StoreBusyError& error) {
    throw BeingMadeError(error.what());
  } catch (const IoError&) {
    if (folder_exists(staging)) throw;
    throw BeingMadeError(busy);  // it has just ended, and took its scratch folder away under our feet
  }
}

void create_in(const fs::path& staging, const fs::path& target, const std::function<void(const fs::path&)>& build) {
  const std::string busy = fmt::format(
      "another process is creating the store '{}' (in '{}'); wait for it, or name "
      "another folder with --store",
      target.string(), staging.string());
  make_directories(staging / ".ravine/locks");
  const FileDescriptor lock = lock_staging(staging, busy);
  try {
    throw_if_taken(target);
    clear(staging);
    build(staging);
    move_into_place(staging, target);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(staging, ignored);
    throw;
  }
}

}  // namespace

void require_free(const fs::path& path) {
  throw_if_taken(path);
  // Whoever stands in the folder that is renamed over would stand in a deleted one.
  if (resolved(path) == resolved(".")) {
    throw UsageError(fmt::format("store '{}': found the current folder; wanted one beside or below it", path.string()));
  }
}

void create_whole(const fs::path& path, const std::function<void(const fs::path&)>& build) {
  require_free(path);
  const fs::path target = resolved(path);
  try {
    create_in(target.parent_path() / fmt::format(".{}.creating", target.filename().string()), target, build);
  } catch (const IoError&) {
    throw_if_taken(target);  // another process was quicker, and took its scratch folder away under our feet
    throw;
  }
}

}  // namespace ravine::detail
