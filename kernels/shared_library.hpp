// A shared library that is opened at run time: the program starts, and does what it can, where it is not installed.
#pragma once

#include <string>

#include "kernels/errors.hpp"

namespace ravine::cuda {

/// How a library is looked for.
struct LibraryNames {
  std::string name;      ///< as people call it: cuBLAS
  std::string soname;    ///< for the loader: libcublas.so.13
  std::string variable;  ///< of the environment; the file that it names is opened instead
  std::string package;   ///< of NVIDIA's repository for Debian
};

/// Why a library can't be used, and what to do about it.
class LibraryError : public BackendError {
 public:
  LibraryError(const LibraryNames& names, const std::string& reason, const std::string& fix)
      : BackendError(names.name + " can't be used: " + reason + "; " + fix), reason_(reason), fix_(fix) {}
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] const std::string& fix() const { return fix_; }

 private:
  std::string reason_;
  std::string fix_;
};

/// An open library. It is never closed: libraries of CUDA keep threads and exit handlers of their own.
class SharedLibrary {
 public:
  /// Opens the file that the library's variable names, or else what the loader finds under its soname.
  /// \throws LibraryError with what was tried and what the loader said.
  explicit SharedLibrary(LibraryNames names);

  /// Points `function` to the library's function of that name. \throws LibraryError if it has none.
  template <class Function>
  void bind(Function*& function, const char* name) const {
    function = reinterpret_cast<Function*>(find(name));
  }

  [[nodiscard]] const LibraryNames& names() const { return names_; }
  /// The file that it was loaded from.
  [[nodiscard]] std::string path() const;

  /// Refuses the library, with the fix of one that is not the wanted one.
  [[noreturn]] void refuse(const std::string& reason) const;

 private:
  [[nodiscard]] void* find(const char* name) const;

  LibraryNames names_;
  void* handle_ = nullptr;
};

}  // namespace ravine::cuda
