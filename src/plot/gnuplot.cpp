#include "plot/gnuplot.hpp"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ravine/error.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): not every unistd.h declares it

namespace ravine::detail {
namespace {

namespace fs = std::filesystem;

constexpr const char* script_name = "figure.gp";
constexpr const char* errors_name = "errors.txt";

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw IoError(fmt::format("can't write {}: {}", path.string(), std::strerror(errno)));
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What a program wrote to its standard error, as the end of a message; nothing if it was silent.
std::string said(const fs::path& errors) {
  std::string text = read_file(errors);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
  return text.empty() ? "" : "; it said: " + text;
}

/// posix_spawn's list of things to do in the child.
class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  void open(int descriptor, const char* path, int flags) {
    posix_spawn_file_actions_addopen(&actions_, descriptor, path, flags, 0600);
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

/// The environment with a UTF-8 locale, so that the terminals measure text the same everywhere.
std::vector<std::string> environment() {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (text.starts_with("LC_") || text.starts_with("LANG=") || text.starts_with("GNUPLOT_")) continue;
    result.emplace_back(text);
  }
  result.emplace_back("LC_ALL=C.UTF-8");
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Runs the program on the script; its exit status, as of waitpid.
int run_program(const std::string& program, const fs::path& script, const fs::path& errors) {
  std::vector<std::string> arguments = {program, "-d", script.string()};
  std::vector<std::string> variables = environment();
  FileActions actions;
  actions.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  actions.open(STDOUT_FILENO, "/dev/null", O_WRONLY);
  actions.open(STDERR_FILENO, errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
  pid_t child = 0;
  const int failure = posix_spawnp(&child, program.c_str(), actions.get(), nullptr, pointers(arguments).data(),
                                   pointers(variables).data());
  if (failure != 0) {
    throw BackendError(fmt::format("can't start {}, which draws the pictures: {}; install it: apt install gnuplot-nox",
                                   program, std::strerror(failure)));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw IoError(fmt::format("lost {} while it drew: {}", program, std::strerror(errno)));
  }
  return status;
}

/// Puts a finished file in place of an older one in one step, across file systems too.
void publish(const fs::path& from, const fs::path& to) {
  const fs::path beside = to.parent_path() / fmt::format(".{}.{}", to.filename().string(), getpid());
  std::error_code error;
  fs::copy_file(from, beside, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(beside, to, error);
  if (!error) return;
  std::error_code ignored;
  fs::remove(beside, ignored);
  throw IoError(fmt::format("can't write {}: {}", to.string(), error.message()));
}

std::string driver(const Figure& figure, const fs::path& folder) {
  std::string text = fmt::format("cd {}\n", single_quoted(folder.string()));
  const auto add = [&](const std::string& terminal, const char* output) {
    text += fmt::format("reset\nset terminal {} noenhanced\nset output '{}'\n{}unset multiplot\nunset output\n",
                        terminal, output, figure.script());
  };
  // Scaled so that text is as large in both: pngcairo's points are 4/3 pixels, svg's are pixels.
  const std::string size = fmt::format("size {},{}", canvas_width, canvas_height);
  add("pngcairo " + size + " font 'DejaVu Sans,13' fontscale 0.86", "figure.png");
  add("svg " + size + " font 'DejaVu Sans,13' fontscale 1.15 standalone", "figure.svg");
  return text;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::error_code error;
  std::string name = (fs::temp_directory_path(error) / "ravine-plot-XXXXXX").string();
  if (error || mkdtemp(name.data()) == nullptr) {
    throw IoError(fmt::format("can't create a temporary folder {}: {}; set TMPDIR to a folder that can be written",
                              name, error ? error.message() : std::strerror(errno)));
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void draw(const Figure& figure, const std::string& program, const fs::path& png, const fs::path& svg) {
  const TemporaryFolder folder;
  for (const DataFile& file : figure.files()) write_file(folder.path() / file.name, file.bytes);
  write_file(folder.path() / script_name, driver(figure, folder.path()));
  const fs::path errors = folder.path() / errors_name;
  const int status = run_program(program, folder.path() / script_name, errors);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    const std::string how = WIFSIGNALED(status) ? fmt::format("was ended by signal {}", WTERMSIG(status))
                                                : fmt::format("ended with status {}", WEXITSTATUS(status));
    throw BackendError(fmt::format("{} {} while drawing{}", program, how, said(errors)));
  }
  for (const char* name : {"figure.png", "figure.svg"}) {
    std::error_code error;
    if (fs::file_size(folder.path() / name, error) > 0 && !error) continue;
    throw BackendError(
        fmt::format("{} ended well but wrote no {}; gnuplot with its pngcairo and svg terminals is "
                    "wanted: apt install gnuplot-nox{}",
                    program, name, said(errors)));
  }
  publish(folder.path() / "figure.png", png);
  publish(folder.path() / "figure.svg", svg);
}

}  // namespace ravine::detail
