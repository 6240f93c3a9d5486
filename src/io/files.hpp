/// \file
/// Files as the store needs them: descriptors that close themselves, errors that name the path, durable writes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

struct XXH3_state_s;

namespace ravine::detail {

/// Throws IoError "can't <action> '<path>': <strerror>", with the fix where one is known.
[[noreturn]] void throw_io_error(std::string_view action, const std::filesystem::path& path, int error);

/// An open file, closed on destruction.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_ = -1;
};

/// XXH3-128, fed piece by piece.
class Checksum {
 public:
  Checksum();
  void update(std::span<const std::byte> bytes);
  /// Of everything so far: 32 hexadecimal digits, as xxhsum -H2 prints them.
  [[nodiscard]] std::string hex() const;

 private:
  struct Deleter {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Deleter> state_;
};

[[nodiscard]] std::string checksum_of(std::string_view text);

/// Opens with O_CLOEXEC and mode 0666. \throws IoError.
[[nodiscard]] FileDescriptor open_file(const std::filesystem::path& path, int flags);
/// Opens for reading; nothing if there is no such file. \throws IoError for any other trouble.
[[nodiscard]] std::optional<FileDescriptor> open_existing(const std::filesystem::path& path);

/// Size in bytes; nothing if there is no such file.
[[nodiscard]] std::optional<std::int64_t> size_of_file(const std::filesystem::path& path);
[[nodiscard]] bool folder_exists(const std::filesystem::path& path);
/// The whole file; nothing if there is no such file.
[[nodiscard]] std::optional<std::string> read_text(const std::filesystem::path& path);
/// checksum_of its content, read in pieces. \throws IoError.
[[nodiscard]] std::string checksum_of_file(const std::filesystem::path& path);
/// Fills `out` from the file's current position; the number of bytes read, less than out.size() only at the end.
[[nodiscard]] std::size_t read_some(const FileDescriptor& file, std::span<std::byte> out,
                                    const std::filesystem::path& path);

/// Makes the entries of a directory durable.
void sync_directory(const std::filesystem::path& path);
/// Makes a directory and its missing parents, each entry durable.
void make_directories(const std::filesystem::path& path);

/// Writes a new file (or empties an old one), hashing each piece while it is in the cache, and syncs its data.
/// Returns the checksum. Does not sync the directory.
std::string write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
std::string write_file(const std::filesystem::path& path, std::string_view text);

/// Removes a file, if there is one, and syncs its directory.
void remove_durably(const std::filesystem::path& path);

/// Where one writer puts the files that are not whole yet: a folder on the target's file system, and a prefix of its
/// own.
class Scratch {
 public:
  Scratch(std::filesystem::path folder, std::string prefix);
  [[nodiscard]] std::filesystem::path next();

 private:
  std::filesystem::path folder_;
  std::string prefix_;
  std::atomic<std::uint64_t> counter_ = 0;
};

/// Writes the file under a scratch name, syncs it, renames it into place and syncs the directory (making it where it
/// is missing): after a kill at any point the target is what it was before, or whole. Returns the checksum.
std::string write_durably(const std::filesystem::path& target, std::span<const std::byte> bytes, Scratch& scratch);
std::string write_durably(const std::filesystem::path& target, std::string_view text, Scratch& scratch);

}  // namespace ravine::detail
