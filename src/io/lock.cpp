#include "io/lock.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <thread>

#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view shard_prefix = "shard-";
/// A lock may be held for a moment by somebody who cleans up or looks who holds it: patience for that.
constexpr int attempts = 10;
constexpr std::chrono::milliseconds pause{20};

enum class Taken { yes, busy };

Taken try_lock(const FileDescriptor& file, int operation, const fs::path& path) {
  while (::flock(file.get(), operation | LOCK_NB) < 0) {
    if (errno == EWOULDBLOCK) return Taken::busy;
    if (errno != EINTR) throw_io_error("lock", path, errno);
  }
  return Taken::yes;
}

/// False if the file was removed, or replaced by another, since it was opened: then the lock on it guards nothing.
bool is_still_at(const fs::path& path, const FileDescriptor& file) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(file.get(), &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

/// Takes the lock, or nothing if somebody else keeps it.
std::optional<FileDescriptor> take(const fs::path& path, int operation) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(pause);
    FileDescriptor file = open_file(path, O_RDWR | O_CREAT);
    if (try_lock(file, operation, path) == Taken::yes && is_still_at(path, file)) return file;
  }
  return std::nullopt;
}

std::string label_text(const WriterLabel& writer) {
  const Json json = {
      {"host", writer.host}, {"pid", writer.pid}, {"start", writer.start}, {"command_line", writer.command_line}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

/// The label helps a person find the writer; the lock itself does not depend on it, so that nothing is synced.
void write_label(const FileDescriptor& file, const std::string& label, const fs::path& path) {
  if (::ftruncate(file.get(), 0) < 0) throw_io_error("write", path, errno);
  if (::pwrite(file.get(), label.data(), label.size(), 0) < 0) throw_io_error("write", path, errno);
}

std::string describe_holder(const fs::path& lock_file) {
  const Json json = Json::parse(read_text(lock_file).value_or(""), nullptr, false);
  const auto field = [&json](const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string("?");
  };
  if (!json.is_object())
    return fmt::format("another writer (which has not noted its name in '{}')", lock_file.string());
  const Json pid = json.value("pid", Json());
  return fmt::format("process {} on host {}, started {}: {}", pid.is_number_integer() ? pid.dump() : "?", field("host"),
                     field("start"), field("command_line"));
}

[[noreturn]] void throw_busy(const fs::path& store, const std::string& holder) {
  throw StoreBusyError(
      fmt::format("the store '{}' is being written by {}; wait for it to end or stop it", store.string(), holder));
}

std::vector<fs::path> entries_of(const fs::path& folder, std::string_view prefix) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string().starts_with(prefix)) found.push_back(entry->path());
  }
  return found;
}

/// Best effort: what stays is harmless, and whoever writes next meets the reason itself.
void remove_entries(const fs::path& folder, std::string_view prefix) {
  std::error_code ignored;
  for (const fs::path& entry : entries_of(folder, prefix)) fs::remove(entry, ignored);
}

/// The lock file of a shard that is being written, or nothing.
std::optional<fs::path> live_shard(const fs::path& locks) {
  for (const fs::path& file : entries_of(locks, shard_prefix)) {
    const std::optional<FileDescriptor> opened = open_existing(file);
    if (opened && try_lock(*opened, LOCK_SH, file) == Taken::busy) return file;
  }
  return std::nullopt;
}

}  // namespace

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

WriterLabel this_writer(const std::string& command_line) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) < 0) host = {"unknown"};
  return {host.data(), ::getpid(), utc_now(), command_line};
}

std::string lock_name(Shard shard) {
  if (shard.count == 1) return "all";
  return fmt::format("{}{}-of-{}", shard_prefix, shard.index + 1, shard.count);
}

FileDescriptor lock_exclusively(const fs::path& file, const std::string& busy) {
  std::optional<FileDescriptor> taken = take(file, LOCK_EX);
  if (!taken) throw StoreBusyError(busy);
  return std::move(*taken);
}

StoreLock::StoreLock(const fs::path& store, Shard shard, const WriterLabel& writer)
    : store_(store), locks_(store / ".ravine/locks") {
  make_directories(locks_);
  make_directories(store / ".ravine/tmp");
  if (shard.count == 1) {
    lock_everything(label_text(writer));
  } else {
    lock_shard(shard, label_text(writer));
  }
}

void StoreLock::lock_everything(const std::string& label) {
  const fs::path file = locks_ / "all";
  std::optional<FileDescriptor> taken = take(file, LOCK_EX);
  if (!taken) throw_busy(store_, describe_holder(live_shard(locks_).value_or(file)));
  all_ = std::move(*taken);
  remove_leftovers();
  write_label(all_, label, file);
}

void StoreLock::lock_shard(Shard shard, const std::string& label) {
  const fs::path file = locks_ / "all";
  std::optional<FileDescriptor> taken = take(file, LOCK_SH);
  if (!taken) throw_busy(store_, describe_holder(file));
  all_ = std::move(*taken);
  write_label(all_, "", file);  // a label that is still there is that of a killed writer

  const fs::path own = locks_ / lock_name(shard);
  std::optional<FileDescriptor> own_taken = take(own, LOCK_EX);
  if (!own_taken) throw_busy(store_, describe_holder(own));
  shard_ = std::move(*own_taken);
  shard_file_ = own;
  remove_entries(store_ / ".ravine/tmp", lock_name(shard) + ".");
  write_label(shard_, label, own);
}

void StoreLock::remove_leftovers() const {
  remove_entries(store_ / ".ravine/tmp", "");
  remove_entries(locks_, shard_prefix);
}

StoreLock::~StoreLock() {
  try {
    if (shard_file_.empty()) {
      write_label(all_, "", locks_ / "all");
      return;
    }
    std::error_code ignored;
    fs::remove(shard_file_, ignored);  // while it is locked: take() notices that it is gone
    if (try_lock(all_, LOCK_EX, locks_ / "all") == Taken::yes) remove_leftovers();
  } catch (const Error&) {
    // The locks end with the descriptors; what stays in the files does not hold anybody up.
  }
}

}  // namespace ravine::detail
