/// \file
/// Running gnuplot.
#pragma once

#include <filesystem>
#include <string>

#include "plot/script.hpp"

namespace ravine::detail {

/// A folder of its own under the system's temporary one, removed with what is in it.
class TemporaryFolder {
 public:
  /// \throws IoError
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Draws `figure` with `program`, without a shell. `png` and `svg` are replaced when both are drawn, else left alone.
/// \throws BackendError if the program can't be started (with the package to install) or fails (with what it said);
/// IoError if a file can't be written.
void draw(const Figure& figure, const std::string& program, const std::filesystem::path& png,
          const std::filesystem::path& svg);

}  // namespace ravine::detail
