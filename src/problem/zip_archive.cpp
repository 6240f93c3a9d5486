#include "problem/zip_archive.hpp"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <utility>

#include "io/messages.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

/// libzip's account of what went wrong.
class ZipError {
 public:
  ZipError() { zip_error_init(&error_); }
  ~ZipError() { zip_error_fini(&error_); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  [[nodiscard]] zip_error_t* get() { return &error_; }
  [[nodiscard]] std::string text() { return zip_error_strerror(&error_); }

 private:
  zip_error_t error_{};
};

struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

/// The most bytes that so many deflated ones can give: two bits can repeat 258 bytes, and nothing repeats more.
zip_uint64_t most_inflated(zip_uint64_t deflated) {
  constexpr zip_uint64_t most_per_byte = zip_uint64_t{4} * 258;
  return deflated * most_per_byte;
}

/// Why the entry is not to be read; empty if it is.
std::string refusal_of(const zip_stat_t& entry, std::size_t archive_bytes) {
  constexpr zip_uint64_t all = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if ((entry.valid & all) != all) return "without its sizes";
  if (entry.encryption_method != ZIP_EM_NONE) return "encrypted";
  if (entry.comp_size > archive_bytes)
    return fmt::format("of {} bytes in an archive of {}", entry.comp_size, archive_bytes);
  const bool stored = entry.comp_method == ZIP_CM_STORE;
  if (!stored && entry.comp_method != ZIP_CM_DEFLATE) return fmt::format("compressed by method {}", entry.comp_method);
  if (stored ? entry.size != entry.comp_size : entry.size > most_inflated(entry.comp_size)) {
    return fmt::format("that claims {} bytes from {}", entry.size, entry.comp_size);
  }
  return {};
}

}  // namespace

void ZipArchive::Discard::operator()(zip* archive) const {
  zip_discard(archive);
}

ZipArchive::ZipArchive(std::string_view bytes, std::string name) : size_(bytes.size()), name_(std::move(name)) {
  ZipError error;
  zip_source_t* const source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, error.get());
  if (source != nullptr) {
    archive_.reset(zip_open_from_source(source, ZIP_RDONLY, error.get()));
    if (!archive_) zip_source_free(source);
  }
  if (!archive_) throw DataError(fmt::format("{}: found no zip archive ({}); wanted one", name_, error.text()));
}

void ZipArchive::fail(const std::string& entry, std::string_view finding) const {
  throw DataError(
      fmt::format("{}: found an entry {} {}; wanted it whole, stored or deflated", name_, in_quotes(entry), finding));
}

std::optional<std::string> ZipArchive::read(const std::string& entry) const {
  const zip_int64_t index = zip_name_locate(archive_.get(), entry.c_str(), 0);
  if (index < 0) return std::nullopt;
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(archive_.get(), static_cast<zip_uint64_t>(index), 0, &stat) != 0) fail(entry, "without its sizes");
  const std::string refusal = refusal_of(stat, size_);
  if (!refusal.empty()) fail(entry, refusal);

  const std::unique_ptr<zip_file_t, CloseFile> file(
      zip_fopen_index(archive_.get(), static_cast<zip_uint64_t>(index), 0));
  if (!file) fail(entry, fmt::format("that can't be opened ({})", zip_strerror(archive_.get())));
  std::string content(stat.size, '\0');
  std::size_t done = 0;
  char beyond = 0;  // reading past the end is what makes libzip compare the checksum
  while (true) {
    constexpr std::size_t piece = std::size_t{1} << 20;
    const bool whole = done == content.size();
    const zip_int64_t got =
        zip_fread(file.get(), whole ? &beyond : &content[done], whole ? 1 : std::min(piece, content.size() - done));
    if (got < 0) fail(entry, fmt::format("that is corrupt ({})", zip_file_strerror(file.get())));
    if (got == 0 && whole) return content;
    if (got == 0 || whole) fail(entry, fmt::format("that does not have the {} bytes it claims", content.size()));
    done += static_cast<std::size_t>(got);
  }
}

}  // namespace ravine
