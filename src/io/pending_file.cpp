#include "io/pending_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace ravine::detail {

PendingFile::PendingFile(std::filesystem::path target)
    : target_(std::move(target)),
      temporary_(target_.parent_path() / fmt::format(".{}.{}.tmp", target_.filename().string(), ::getpid())),
      file_(open_file(temporary_, O_WRONLY | O_CREAT | O_TRUNC)) {}

PendingFile::~PendingFile() {
  if (temporary_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
}

void PendingFile::write_at(std::int64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_.get(), bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_io_error("write", target_, errno);
    offset += written;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void PendingFile::commit() {
  if (::fsync(file_.get()) != 0) throw_io_error("sync", target_, errno);
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) throw_io_error("create", target_, errno);
  temporary_.clear();
}

}  // namespace ravine::detail
