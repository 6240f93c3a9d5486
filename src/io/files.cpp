#include "io/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <new>
#include <system_error>
#include <vector>

#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

namespace fs = std::filesystem;

/// Small enough to be still in the cache when the kernel copies what was just hashed.
constexpr std::size_t piece_bytes = std::size_t{1} << 20;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}

std::string_view fix_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "; free some space, then resume";
    case EFBIG:
      return "; raise the limit on file sizes (ulimit -f), then resume";
    case EACCES:
    case EPERM:
      return "; check the owner and the permissions of the path and its folders";
    case EROFS:
      return "; choose a path on a writable file system";
    case ENOTDIR:
      return "; a part of the path is a file: choose another path";
    case EMFILE:
    case ENFILE:
      return "; raise the limit on open files (ulimit -n)";
    default:
      return "";
  }
}

bool means_missing(int error) {
  return error == ENOENT || error == ENOTDIR;
}

/// Repeats a system call that a signal interrupted.
template <typename Call>
auto retried(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

std::optional<struct stat> status_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return status;
  if (means_missing(errno)) return std::nullopt;
  throw_io_error("look at", path, errno);
}

void write_all(const FileDescriptor& file, std::span<const std::byte> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = retried([&] { return ::write(file.get(), bytes.data(), bytes.size()); });
    if (written < 0) throw_io_error("write", path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

}  // namespace

void throw_io_error(std::string_view action, const fs::path& path, int error) {
  throw IoError(fmt::format("can't {} '{}': {}{}", action, path.string(), std::generic_category().message(error),
                            fix_for(error)));
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);  // what matters was synced, so that nothing is left for close to report
}

void Checksum::Deleter::operator()(XXH3_state_s* state) const {
  XXH3_freeState(state);
}

Checksum::Checksum() : state_(XXH3_createState()) {
  if (!state_ || XXH3_128bits_reset(state_.get()) == XXH_ERROR) throw std::bad_alloc();
}

void Checksum::update(std::span<const std::byte> bytes) {
  if (!bytes.empty()) XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
}

std::string Checksum::hex() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string checksum_of(std::string_view text) {
  Checksum checksum;
  checksum.update(bytes_of(text));
  return checksum.hex();
}

FileDescriptor open_file(const fs::path& path, int flags) {
  const int fd = retried([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
  if (fd < 0) throw_io_error((flags & O_CREAT) != 0 ? "create" : "open", path, errno);
  return FileDescriptor(fd);
}

std::optional<FileDescriptor> open_existing(const fs::path& path) {
  const int fd = retried([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); });
  if (fd >= 0) return FileDescriptor(fd);
  if (means_missing(errno)) return std::nullopt;
  throw_io_error("open", path, errno);
}

std::optional<std::int64_t> size_of_file(const fs::path& path) {
  const std::optional<struct stat> status = status_of(path);
  if (!status) return std::nullopt;
  return static_cast<std::int64_t>(status->st_size);
}

bool folder_exists(const fs::path& path) {
  const std::optional<struct stat> status = status_of(path);
  return status && S_ISDIR(status->st_mode);
}

std::size_t read_some(const FileDescriptor& file, std::span<std::byte> out, const fs::path& path) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::span<std::byte> rest = out.subspan(done);
    const ssize_t got = retried([&] { return ::read(file.get(), rest.data(), rest.size()); });
    if (got < 0) throw_io_error("read", path, errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

std::optional<std::string> read_text(const fs::path& path) {
  const std::optional<FileDescriptor> file = open_existing(path);
  if (!file) return std::nullopt;
  std::string text;
  std::size_t got = 0;
  do {
    const std::size_t before = text.size();
    const std::size_t step = std::clamp(before, std::size_t{4096}, piece_bytes);
    text.resize(before + step);
    got = read_some(*file, std::as_writable_bytes(std::span{text}).subspan(before), path);
    text.resize(before + got);
  } while (got > 0);
  return text;
}

std::string checksum_of_file(const fs::path& path) {
  const FileDescriptor file = open_file(path, O_RDONLY);
  std::vector<std::byte> piece(piece_bytes);
  Checksum checksum;
  while (const std::size_t got = read_some(file, piece, path)) checksum.update(std::span(piece).first(got));
  return checksum.hex();
}

void sync_directory(const fs::path& path) {
  const FileDescriptor directory = open_file(path, O_RDONLY | O_DIRECTORY);
  // EINVAL: a file system that has nothing to sync for a directory.
  if (retried([&] { return ::fsync(directory.get()); }) < 0 && errno != EINVAL) throw_io_error("sync", path, errno);
}

void make_directories(const fs::path& path) {
  if (path.empty() || folder_exists(path)) return;
  make_directories(path.parent_path());
  // Another writer may have made it meanwhile and not synced it yet. A power cut just then can leave a record
  // without its chunk, which every check reports: not worth a sync per tile.
  if (::mkdir(path.c_str(), 0777) < 0) {
    const int error = errno;
    if (error == EEXIST && folder_exists(path)) return;
    throw_io_error("create the folder", path, error == EEXIST ? ENOTDIR : error);
  }
  sync_directory(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

std::string write_file(const fs::path& path, std::span<const std::byte> bytes) {
  const FileDescriptor file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  Checksum checksum;
  while (!bytes.empty()) {
    const std::span<const std::byte> piece = bytes.first(std::min(piece_bytes, bytes.size()));
    checksum.update(piece);
    write_all(file, piece, path);
    bytes = bytes.subspan(piece.size());
  }
  if (retried([&] { return ::fdatasync(file.get()); }) < 0) throw_io_error("sync", path, errno);
  return checksum.hex();
}

std::string write_file(const fs::path& path, std::string_view text) {
  return write_file(path, bytes_of(text));
}

void remove_durably(const fs::path& path) {
  if (::unlink(path.c_str()) == 0) {
    sync_directory(path.parent_path());
  } else if (!means_missing(errno)) {
    throw_io_error("remove", path, errno);
  }
}

Scratch::Scratch(fs::path folder, std::string prefix) : folder_(std::move(folder)), prefix_(std::move(prefix)) {}

fs::path Scratch::next() {
  return folder_ / fmt::format("{}.{}", prefix_, counter_.fetch_add(1));
}

std::string write_durably(const fs::path& target, std::span<const std::byte> bytes, Scratch& scratch) {
  const fs::path temporary = scratch.next();
  try {
    std::string checksum = write_file(temporary, bytes);
    make_directories(target.parent_path());
    if (std::rename(temporary.c_str(), target.c_str()) < 0) throw_io_error("move a finished file to", target, errno);
    sync_directory(target.parent_path());
    return checksum;
  } catch (...) {
    ::unlink(temporary.c_str());  // gives the space back; a name that is gone already does not matter
    throw;
  }
}

std::string write_durably(const fs::path& target, std::string_view text, Scratch& scratch) {
  return write_durably(target, bytes_of(text), scratch);
}

}  // namespace ravine::detail
