#include "resume.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <set>
#include <system_error>
#include <thread>

#include "io/data_files.hpp"
#include "process.hpp"
#include "ravine/error.hpp"

namespace ravine::gpu_check {
namespace {

namespace fs = std::filesystem;

constexpr int exit_done = 0;
constexpr int exit_interrupted = 75;
constexpr std::int64_t cells_of_tile = 256;
constexpr std::chrono::seconds longest_run(300);

/// Records that a run has written when it is stopped.
constexpr std::int64_t least_records = 8;

/// A map of plan.tiles tiles of a few cells, with an axis that is padded.
void write_spec(const fs::path& path, std::int64_t tiles) {
  std::ofstream file(path);
  file << fmt::format(R"([sweep]
method     = "heavy-ball"
quantities = ["rate", "gap", "regime", "sigma1_re"]
order      = ["lambda", "alpha", "beta"]
[axes]
alpha  = {{ from = 0.0, to = 4.0, count = {} }}
beta   = {{ from = 0.0, to = 1.0, count = {} }}
lambda = {{ values = [0.75, 1.5] }}
)",
                      tiles / 4, 2 * cells_of_tile - 21);
  if (!file.flush()) throw IoError("can't write " + path.string());
}

/// `tiles` of them where a run is whole: lambda and alpha one by one, beta in two.
std::int64_t count_records(const fs::path& store) {
  std::error_code error;  // no folder yet, or a file that goes while we look
  std::int64_t count = 0;
  for (fs::recursive_directory_iterator at(store / ".ravine" / "tiles", error), end; !error && at != end;
       at.increment(error)) {
    count += at->is_regular_file(error) ? 1 : 0;
  }
  return count;
}

/// The runs of one crossing, in a folder of their own.
class Runs {
 public:
  explicit Runs(const ResumePlan& plan) : plan_(plan), folder_(plan.folder) {
    write_spec(folder_.path() / "map.toml", plan.tiles);
  }

  [[nodiscard]] fs::path store(const std::string& name) const { return folder_.path() / name; }

  /// Runs to the end.
  void finish(const std::string& name, const std::string& backend) const {
    const Command command = run_of(name, backend);
    const int code = Child(command).wait(longest_run);
    if (code != exit_done) refuse(command, code, exit_done);
  }

  /// Runs until some tiles are done, not all. \throws Error if it could not be stopped in time.
  void begin(const std::string& name, const std::string& backend, Stop stop) const {
    const Command command = run_of(name, backend);
    Child child(command);
    while (!child.has_ended() && count_records(store(name)) < least_records) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const bool is_asked = stop == Stop::asked;
    child.signal(is_asked ? SIGTERM : SIGKILL);
    const int code = child.wait(longest_run);
    const int wanted = is_asked ? exit_interrupted : 128 + SIGKILL;
    if (code != wanted) refuse(command, code, wanted);
    const std::int64_t records = count_records(store(name));
    if (records == 0 || records >= plan_.tiles) {
      throw Error(fmt::format("the run on {} was stopped with {} of {} tiles done, so nothing was resumed", backend,
                              records, plan_.tiles));
    }
  }

 private:
  [[nodiscard]] Command run_of(const std::string& name, const std::string& backend) const {
    const std::string tile = fmt::format("{}", cells_of_tile);
    return {{plan_.ravine.string(), "run", (folder_.path() / "map.toml").string(), "--store", store(name).string(),
             "--resume", "--tile", tile, "--backend", backend},
            {},
            folder_.path() / (name + "." + backend + ".log")};
  }
  [[noreturn]] static void refuse(const Command& command, int found, int wanted) {
    throw Error(
        fmt::format("'{}' ended with {}, wanted {}:\n{}", text_of(command), found, wanted, end_of_output(command)));
  }

  ResumePlan plan_;
  TemporaryFolder folder_;
};

/// The files of a store whose bytes every equal run has.
std::set<std::string> comparable_files(const fs::path& store) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(store)) {
    const std::string name = entry.path().lexically_relative(store).generic_string();
    const bool is_of_runs = name.rfind(".ravine/runs/", 0) == 0 || name.rfind(".ravine/locks/", 0) == 0;
    if (!entry.is_directory() && !is_of_runs) names.insert(name);
  }
  return names;
}

std::string name_of(const Crossing& crossing) {
  return fmt::format("resume: {} {}, then {}", crossing.first, crossing.stop == Stop::asked ? "stopped" : "killed",
                     crossing.second);
}

}  // namespace

fs::path fast_folder() {
  const fs::path memory = "/dev/shm";
  return access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path();
}

std::vector<std::string> differences_of_stores(const fs::path& found, const fs::path& wanted) {
  std::set<std::string> names = comparable_files(found);
  names.merge(comparable_files(wanted));
  std::vector<std::string> differences;
  for (const std::string& name : names) {
    if (!fs::exists(found / name)) {
      differences.push_back(name + " is missing");
    } else if (!fs::exists(wanted / name)) {
      differences.push_back(name + " should not be there");
    } else if (read_file_bytes(found / name) != read_file_bytes(wanted / name)) {
      differences.push_back(name + " differs");
    }
  }
  return differences;
}

Check check_crossing(const ResumePlan& plan, const Crossing& crossing) {
  const auto start = std::chrono::steady_clock::now();
  const std::string name = name_of(crossing);
  Check check;
  try {
    const Runs runs(plan);
    runs.finish("uninterrupted", "cpu");
    runs.begin("crossed", crossing.first, crossing.stop);
    const std::int64_t begun = count_records(runs.store("crossed"));
    runs.finish("crossed", crossing.second);
    const auto differences = differences_of_stores(runs.store("crossed"), runs.store("uninterrupted"));
    check = differences.empty()
                ? passed(name, fmt::format("{} of {} tiles by {}, the others by {}", begun, plan.tiles, crossing.first,
                                           crossing.second))
                : failed(name, fmt::format("{} files, the first: {}", differences.size(), differences.front()));
  } catch (const std::exception& error) {
    check = failed(name, error.what());
  }
  check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return check;
}

void check_resume(const ResumePlan& plan, const std::function<void(Check)>& tell) {
  for (const Stop stop : {Stop::asked, Stop::killed}) {
    tell(check_crossing(plan, {"cuda", "cpu", stop}));
    tell(check_crossing(plan, {"cpu", "cuda", stop}));
  }
}

}  // namespace ravine::gpu_check
