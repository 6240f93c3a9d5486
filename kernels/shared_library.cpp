#include "kernels/shared_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <cstdlib>
#include <utility>

namespace ravine::cuda {
namespace {

/// The file that the environment names; empty if it names none.
std::string wanted_file(const LibraryNames& names) {
  const char* const file = std::getenv(names.variable.c_str());  // NOLINT(concurrency-mt-unsafe): never written
  return file == nullptr ? std::string{} : file;
}

/// What was looked for: RAVINE_CUBLAS=/opt/libcublas.so.13, or libcublas.so.13.
std::string tried(const LibraryNames& names) {
  const std::string file = wanted_file(names);
  return file.empty() ? names.soname : fmt::format("{}={}", names.variable, file);
}

std::string fix_of(const LibraryNames& names) {
  if (!wanted_file(names).empty()) {
    return fmt::format("unset {}, or let it name the file of {}", names.variable, names.soname);
  }
  return fmt::format(
      "install it ('apt install {}' from NVIDIA's repository, https://developer.nvidia.com/cuda-downloads), or say "
      "where it is: {}=/path/to/{}, or its folder in LD_LIBRARY_PATH",
      names.package, names.variable, names.soname);
}

/// What the loader says of its last failure.
std::string loader_said() {
  const char* const said = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc keeps one per thread
  return said == nullptr ? "the loader gives no reason" : said;
}

}  // namespace

SharedLibrary::SharedLibrary(LibraryNames names) : names_(std::move(names)) {
  const std::string file = wanted_file(names_);
  handle_ = ::dlopen(file.empty() ? names_.soname.c_str() : file.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (handle_ == nullptr) refuse(fmt::format("{} can't be loaded: {}", tried(names_), loader_said()));
}

std::string SharedLibrary::path() const {
  link_map* map = nullptr;
  return ::dlinfo(handle_, RTLD_DI_LINKMAP, &map) == 0 ? map->l_name : "";
}

void SharedLibrary::refuse(const std::string& reason) const {
  throw LibraryError(names_, reason, fix_of(names_));
}

void* SharedLibrary::find(const char* name) const {
  void* const function = ::dlsym(handle_, name);
  if (function == nullptr) refuse(fmt::format("{} lacks the function {}: {}", tried(names_), name, loader_said()));
  return function;
}

}  // namespace ravine::cuda
