/// \file
/// The program's exit codes, and which exception means which.
#pragma once

#include <exception>
#include <string>

namespace ravine::cli {

/// Numbers as in sysexits.h where it has a word for the case.
enum class ExitCode : int {
  done = 0,
  usage = 64,        ///< wrong usage or spec
  bad_data = 65,     ///< corrupt store, malformed input file
  no_backend = 69,   ///< backend unavailable
  bug = 70,          ///< a bug in this program
  store_busy = 73,   ///< the store is in use, exists already, or can't be created
  io_error = 74,     ///< the operating system refused
  interrupted = 75,  ///< stopped or incomplete: can be resumed
};

/// How a command failed: what to print after `ravine: error: `, and the code to leave with.
struct Failure {
  ExitCode code;
  std::string message;
};

/// Describes the exception in flight. Precondition: called from a catch block.
[[nodiscard]] Failure current_failure();

}  // namespace ravine::cli
