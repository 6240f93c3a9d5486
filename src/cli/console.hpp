/// \file
/// What the program prints: results on standard output, everything else on standard error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ravine::cli {

/// The two output streams. A closed pipe is no error: what is written to it is dropped.
class Console {
 public:
  Console();

  /// Adds to the results. \throws IoError if standard output can't take them (a full disk, say).
  void print(std::string_view text);
  /// Hands the results printed so far to the system. \throws IoError as print does.
  void flush();
  /// True once nobody reads the results any more: a command may stop producing them.
  [[nodiscard]] bool output_closed() const { return output_closed_; }

  void note(std::string_view text);
  void warn(std::string_view text);
  void error(std::string_view text);
  /// Text for the standard error as it is: progress. Never fails.
  void write_error(std::string_view text);

  [[nodiscard]] bool error_is_terminal() const { return error_is_terminal_; }
  /// Columns of the terminal on standard error; 80 when it does not say.
  [[nodiscard]] int error_columns() const;

 private:
  void message(std::string_view kind, std::string_view colour, std::string_view text);

  std::string pending_;  ///< results not yet handed to the system
  bool output_closed_ = false;
  bool error_is_terminal_ = false;
  bool error_in_colour_ = false;
};

}  // namespace ravine::cli
