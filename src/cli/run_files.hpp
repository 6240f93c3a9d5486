/// \file
/// The notes that writers leave in a store: host, device, times, command line, outcome.
#pragma once

#include <string>
#include <vector>

#include "cli/report.hpp"
#include "ravine/store.hpp"

namespace ravine::cli {

struct RunFile {
  std::string name;
  Json content;  ///< null when the file can't be read as JSON: a writer may have been killed on its way
};

/// The run files of a store, by name.
[[nodiscard]] std::vector<RunFile> run_files(const Store& store);

/// One line of what a person wants to know of a run.
[[nodiscard]] std::string run_text(const RunFile& run);

}  // namespace ravine::cli
