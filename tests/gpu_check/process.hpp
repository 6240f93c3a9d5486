// Programs that a check runs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace ravine::gpu_check {

struct Command {
  std::vector<std::string> words;        ///< the program first: a path, or a name on the PATH
  std::vector<std::string> environment;  ///< NAME=value, beside this process's own
  std::filesystem::path output;          ///< a file that takes both of its streams
};

/// The command as one would type it.
[[nodiscard]] std::string text_of(const Command& command);

/// A running program; killed where the scope ends before it does.
class Child {
 public:
  /// \throws IoError if it can't be started.
  explicit Child(const Command& command);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&&) = delete;
  Child& operator=(Child&&) = delete;

  [[nodiscard]] bool has_ended();
  /// `number` as for kill(2).
  void signal(int number) const;
  /// Its exit code, or 128 and the number of the signal that ended it. After `longest` it is killed.
  [[nodiscard]] int wait(std::chrono::seconds longest);

 private:
  pid_t process_ = 0;
  int status_ = 0;
  bool ended_ = false;
};

/// The last lines of what a command printed, for the reason of a failure.
[[nodiscard]] std::string end_of_output(const Command& command);

/// A new folder, removed with all that is in it at the end of the scope.
class TemporaryFolder {
 public:
  /// \throws IoError.
  explicit TemporaryFolder(const std::filesystem::path& parent);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  TemporaryFolder(TemporaryFolder&&) = delete;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace ravine::gpu_check
