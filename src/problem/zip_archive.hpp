/// \file
/// Zip archives that are in memory, such as NumPy's .npz.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct zip;

namespace ravine {

/// The entries of an archive, stored or deflated. `bytes` must outlive it. \throws DataError, starting with `name`.
class ZipArchive {
 public:
  ZipArchive(std::string_view bytes, std::string name);

  /// The content of an entry, its checksum compared; nothing if there is no such entry. An entry that claims more than
  /// its compressed bytes can give is refused before anything is allocated for it.
  [[nodiscard]] std::optional<std::string> read(const std::string& entry) const;

 private:
  struct Discard {
    void operator()(zip* archive) const;
  };
  [[noreturn]] void fail(const std::string& entry, std::string_view finding) const;

  std::size_t size_;
  std::string name_;
  std::unique_ptr<zip, Discard> archive_;
};

}  // namespace ravine
