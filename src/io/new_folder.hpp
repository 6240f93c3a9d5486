/// \file
/// Stores come into being whole: built beside their place, then renamed into it.
#pragma once

#include <filesystem>
#include <functional>

#include "ravine/error.hpp"

namespace ravine::detail {

/// Another process makes the folder right now.
class BeingMadeError : public StoreBusyError {
 public:
  using StoreBusyError::StoreBusyError;
};

/// That create_whole may make `path`. \throws as create_whole, but for other processes and the system.
void require_free(const std::filesystem::path& path);

/// Makes the folder `path` with what `build` writes into the folder it is given (and makes durable there). A kill at
/// any point leaves no folder of that name, and what it left beside is cleared by the next attempt. \throws
/// StoreBusyError if `path` is a file, a store, or a folder that is not empty; BeingMadeError; UsageError for the
/// current folder; IoError.
void create_whole(const std::filesystem::path& path, const std::function<void(const std::filesystem::path&)>& build);

}  // namespace ravine::detail
