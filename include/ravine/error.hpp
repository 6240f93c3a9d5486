/// \file
/// The library's exceptions. One type per way to fail that a caller may want to tell apart; the program maps each to
/// its exit code. A message says what was found, what was wanted, where, and the fix.
#pragma once

#include <stdexcept>

namespace ravine {

/// Base of everything the library throws on purpose.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The spec or an argument is wrong (exit code 64). For a spec the message starts with `file:line:column: `.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// A file's content is bad: a corrupt store, a malformed input file (exit code 65).
class DataError : public Error {
 public:
  using Error::Error;
};

/// A backend can't be used here; the message gives the reason and the fix (exit code 69).
class BackendError : public Error {
 public:
  using Error::Error;
};

/// The store is in use by another writer, exists already, or has another identity (exit code 73).
class StoreBusyError : public Error {
 public:
  using Error::Error;
};

/// The operating system refused to read or write; the message names the path (exit code 74).
class IoError : public Error {
 public:
  using Error::Error;
};

/// A computation gave a result that fails its own check, or none: nothing of it is kept. The message has the figures
/// (exit code 70).
class NumericalError : public Error {
 public:
  using Error::Error;
};

}  // namespace ravine
