#include "process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <thread>

#include "io/data_files.hpp"
#include "io/files.hpp"
#include "ravine/error.hpp"

namespace ravine::gpu_check {
namespace {

constexpr std::chrono::milliseconds between_looks(1);

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// This process's environment with some variables set.
std::vector<std::string> environment_with(const std::vector<std::string>& settings) {
  std::vector<std::string> all = settings;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string variable = *entry;
    const std::string name = variable.substr(0, variable.find('=') + 1);
    bool is_set = false;
    for (const std::string& setting : settings) is_set = is_set || setting.compare(0, name.size(), name) == 0;
    if (!is_set) all.push_back(variable);
  }
  return all;
}

/// Where a child's streams go.
class FileActions {
 public:
  explicit FileActions(const std::filesystem::path& output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  FileActions(FileActions&&) = delete;
  FileActions& operator=(FileActions&&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

std::string text_of(const Command& command) {
  std::string text;
  for (const std::string& setting : command.environment) text += setting + " ";
  for (const std::string& word : command.words) text += word + " ";
  text.pop_back();
  return text;
}

Child::Child(const Command& command) {
  std::vector<std::string> words = command.words;
  std::vector<std::string> environment = environment_with(command.environment);
  const FileActions actions(command.output);
  const int error = posix_spawnp(&process_, words.front().c_str(), actions.get(), nullptr, pointers_to(words).data(),
                                 pointers_to(environment).data());
  if (error != 0) detail::throw_io_error("run", words.front(), error);
}

Child::~Child() {
  if (ended_) return;
  static_cast<void>(kill(process_, SIGKILL));
  static_cast<void>(waitpid(process_, &status_, 0));
}

bool Child::has_ended() {
  ended_ = ended_ || waitpid(process_, &status_, WNOHANG) == process_;
  return ended_;
}

void Child::signal(int number) const {
  if (!ended_) static_cast<void>(kill(process_, number));
}

int Child::wait(std::chrono::seconds longest) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (!has_ended()) {
    if (std::chrono::steady_clock::now() > end) signal(SIGKILL);
    std::this_thread::sleep_for(between_looks);
  }
  return WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_);
}

std::string end_of_output(const Command& command) {
  constexpr std::size_t most_bytes = 2000;
  const std::string output = read_file_bytes(command.output);
  return output.size() <= most_bytes ? output : "... " + output.substr(output.size() - most_bytes);
}

TemporaryFolder::TemporaryFolder(const std::filesystem::path& parent) {
  std::string path = (parent / "gpu_check.XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) detail::throw_io_error("make a folder in", parent, errno);
  path_ = path;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace ravine::gpu_check
