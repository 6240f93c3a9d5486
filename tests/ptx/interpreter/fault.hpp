/// \file
/// What can be wrong with a kernel, found while it runs, or with its text.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <utility>

namespace ravine::ptx {

/// Extent of a grid or a block, or a position in one.
struct Dim3 {
  std::uint32_t x = 1;
  std::uint32_t y = 1;
  std::uint32_t z = 1;

  [[nodiscard]] std::uint64_t count() const { return std::uint64_t{x} * y * z; }
  friend bool operator==(const Dim3&, const Dim3&) = default;
};

enum class FaultKind : std::uint8_t {
  out_of_bounds,        ///< an access outside every buffer or variable
  misaligned,           ///< an address that is no multiple of the access's size
  read_only,            ///< a write to memory that may only be read
  unwritten,            ///< a read of memory that nobody has written
  undefined_value,      ///< a consequence of a register that was never written
  race,                 ///< two threads touch the same shared memory, at least one writes, nothing orders them
  divergent_barrier,    ///< threads of a block wait at different barriers
  unreachable_barrier,  ///< threads wait for others that have exited or wait elsewhere
  outside_mask,         ///< a lane executes an instruction of its warp without being in the instruction's mask
  division_by_zero,     ///< of integers: the result is unspecified
  trap,                 ///< the kernel executed `trap`
  instruction_limit,    ///< more instructions than the launch was given
  bad_launch,           ///< a grid, block or arguments that the kernel can't be launched with
};

/// The name of a kind, as it stands in messages: "out_of_bounds".
[[nodiscard]] const char* name_of(FaultKind kind);
std::ostream& operator<<(std::ostream& stream, FaultKind kind);

/// Something a check found, before it is known where: the interpreter adds the place and throws a Fault.
struct Violation {
  FaultKind kind;
  std::string what;
};

/// Where a kernel did something wrong.
struct Place {
  std::string kernel;
  int line = 0;           ///< of the PTX text, counted from 1; 0: before the first instruction
  std::string statement;  ///< that line's instruction
  Dim3 thread = {0, 0, 0};
  Dim3 block = {0, 0, 0};
};

/// A kernel did something wrong: the launch ended there.
class Fault : public std::runtime_error {
 public:
  Fault(const Violation& violation, Place place);

  [[nodiscard]] FaultKind kind() const { return kind_; }
  [[nodiscard]] const Place& place() const { return place_; }

 private:
  FaultKind kind_;
  Place place_;
};

/// The text is no PTX, or PTX that the interpreter does not model. The message has the line and the text.
class ParseError : public std::runtime_error {
 public:
  ParseError(int line, const std::string& what);

  [[nodiscard]] int line() const { return line_; }

 private:
  int line_;
};

}  // namespace ravine::ptx
