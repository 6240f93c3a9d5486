// Runs of the program that begin on one backend and end on the other.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "check.hpp"

namespace ravine::gpu_check {

/// How the first run ends: on request, with the tiles in work given up; or killed.
enum class Stop { asked, killed };

struct Crossing {
  std::string first;  ///< backends, as --backend takes them
  std::string second;
  Stop stop;
};

struct ResumePlan {
  std::filesystem::path ravine;  ///< the program
  std::filesystem::path folder;  ///< where stores are made, and removed again
  std::int64_t tiles = 800;      ///< of the map: so many that a run is stopped in their midst
};

/// A folder for stores: every tile is synced, which memory answers at once and a disk does not.
[[nodiscard]] std::filesystem::path fast_folder();

/// A store that was begun on one backend and finished on the other, compared file by file with that of one
/// uninterrupted run on the CPU.
[[nodiscard]] Check check_crossing(const ResumePlan& plan, const Crossing& crossing);

/// Both ways, stopped both ways.
void check_resume(const ResumePlan& plan, const std::function<void(Check)>& tell);

/// One line for each file that is in one store only or differs, but for what tells runs apart.
[[nodiscard]] std::vector<std::string> differences_of_stores(const std::filesystem::path& found,
                                                             const std::filesystem::path& wanted);

}  // namespace ravine::gpu_check
