// Libraries that are opened at run time, with the C library in the place of CUDA's.
#include "kernels/shared_library.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string>

namespace ravine::cuda {
namespace {

constexpr const char* variable = "RAVINE_TEST_LIBRARY";

LibraryNames names_of(const std::string& soname) {
  return {"theLibrary", soname, variable, "the-package"};
}

/// Sets the variable until the end of the scope.
class Override {
 public:
  explicit Override(const char* file) { ::setenv(variable, file, 1); }
  ~Override() { ::unsetenv(variable); }
  Override(const Override&) = delete;
  Override& operator=(const Override&) = delete;
};

/// The failure of opening a library and looking for a function.
LibraryError failure_of(const std::string& soname, const char* function) {
  try {
    const SharedLibrary library(names_of(soname));
    int (*found)() = nullptr;
    library.bind(found, function);
  } catch (const LibraryError& error) {
    return error;
  }
  return {names_of(soname), "not refused", ""};
}

void expect_parts(const std::string& text, std::initializer_list<const char*> parts) {
  for (const char* part : parts) EXPECT_NE(text.find(part), std::string::npos) << part << " is not in: " << text;
}

TEST(SharedLibrary, functions_are_those_of_the_library) {
  const SharedLibrary library(names_of("libc.so.6"));
  decltype(&::strlen) length = nullptr;
  library.bind(length, "strlen");
  EXPECT_EQ(length("four"), 4U);
  EXPECT_NE(library.path().find("/libc.so.6"), std::string::npos) << library.path();
}

TEST(SharedLibrary, a_missing_library_is_refused_with_what_was_tried_and_the_fix) {
  const LibraryError error = failure_of("libno-such.so.13", "any");
  expect_parts(error.reason(), {"libno-such.so.13 can't be loaded: ", "No such file"});
  expect_parts(error.fix(),
               {"apt install the-package", "RAVINE_TEST_LIBRARY=/path/to/libno-such.so.13", "LD_LIBRARY_PATH"});
  expect_parts(error.what(), {"theLibrary", error.reason().c_str(), error.fix().c_str()});
}

TEST(SharedLibrary, the_override_is_the_only_file_that_is_tried) {
  const Override file("/nowhere/libc.so.6");
  const LibraryError error = failure_of("libc.so.6", "strlen");
  expect_parts(error.reason(), {"RAVINE_TEST_LIBRARY=/nowhere/libc.so.6 can't be loaded: ", "No such file"});
  expect_parts(error.fix(), {"unset RAVINE_TEST_LIBRARY", "libc.so.6"});
}

TEST(SharedLibrary, the_override_is_opened_instead) {
  const Override file("libm.so.6");
  EXPECT_NE(SharedLibrary(names_of("libno-such.so.13")).path().find("/libm.so.6"), std::string::npos);
}

TEST(SharedLibrary, an_empty_override_is_none) {
  const Override file("");
  EXPECT_NE(SharedLibrary(names_of("libc.so.6")).path().find("/libc.so.6"), std::string::npos);
}

TEST(SharedLibrary, a_library_that_lacks_a_function_is_refused) {
  const LibraryError bare = failure_of("libc.so.6", "cublasGetProperty");
  expect_parts(bare.reason(), {"libc.so.6 lacks the function cublasGetProperty: ", "undefined symbol"});
  const Override file("libm.so.6");
  const LibraryError overridden = failure_of("libc.so.6", "cublasGetProperty");
  expect_parts(overridden.reason(), {"RAVINE_TEST_LIBRARY=libm.so.6 lacks the function cublasGetProperty"});
  expect_parts(overridden.fix(), {"unset RAVINE_TEST_LIBRARY"});
}

TEST(SharedLibrary, a_file_that_is_no_library_is_refused) {
  const Override file("/etc/passwd");
  expect_parts(failure_of("libc.so.6", "strlen").reason(), {"RAVINE_TEST_LIBRARY=/etc/passwd", "invalid ELF header"});
}

}  // namespace
}  // namespace ravine::cuda
