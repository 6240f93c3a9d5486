#include "cli/exit_code.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <new>
#include <system_error>

#include "ravine/error.hpp"

namespace ravine::cli {

namespace {

std::string bug_text(std::string_view what) {
  return fmt::format("{}\nthis is a bug in ravine, not in your input: please report it with the command and the spec",
                     what);
}

}  // namespace

Failure current_failure() {
  try {
    throw;
  } catch (const UsageError& error) {
    return {ExitCode::usage, error.what()};
  } catch (const DataError& error) {
    return {ExitCode::bad_data, error.what()};
  } catch (const BackendError& error) {
    return {ExitCode::no_backend, error.what()};
  } catch (const StoreBusyError& error) {
    return {ExitCode::store_busy, error.what()};
  } catch (const IoError& error) {
    return {ExitCode::io_error, error.what()};
  } catch (const NumericalError& error) {
    return {ExitCode::bug, error.what()};
  } catch (const std::filesystem::filesystem_error& error) {
    return {ExitCode::io_error, error.what()};
  } catch (const std::bad_alloc&) {
    return {ExitCode::io_error,
            "out of memory: the system gave no more; use a smaller --tile or fewer --threads, or free some memory"};
  } catch (const std::exception& error) {
    return {ExitCode::bug, bug_text(error.what())};
  } catch (...) {
    return {ExitCode::bug, bug_text("an exception of an unknown type")};
  }
}

}  // namespace ravine::cli
