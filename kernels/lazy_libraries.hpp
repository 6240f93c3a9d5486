// The libraries of CUDA that are loaded on first use, for people to look at. Plain C++, also without CUDA.
#pragma once

#include <string>
#include <vector>

namespace ravine::cuda {

struct LibraryStatus {
  std::string name;      ///< cuBLAS
  std::string soname;    ///< what the loader is asked for
  std::string variable;  ///< of the environment, naming another file
  std::string path;      ///< the file it was loaded from; empty if it can't be used
  std::string version;   ///< as it says itself: 13.1.0
  std::string reason;    ///< why it can't be used; empty if it can
  std::string fix;
};

/// Loads each library and asks for its version. They are large: a tenth of a second, and seconds where the system has
/// to read them from a disk. Empty without CUDA. Never throws for what it finds.
[[nodiscard]] std::vector<LibraryStatus> library_status();

}  // namespace ravine::cuda
