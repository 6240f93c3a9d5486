/// \file
/// A kernel after decoding: instructions that name slots of a thread, and nothing else.
///
/// A slot is a 64-bit cell of a thread. Registers, the constants of the text and the special registers (%tid.x, ...)
/// all have one, so that reading an operand never asks what it is. A value lies in the low bits of its slot, the rest
/// is zero; a predicate is 0 or 1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "global_memory.hpp"

namespace ravine::ptx {

struct Thread;
struct Instruction;

using Slot = std::uint32_t;
/// Holds 1, always. The guard of an instruction without one, and the operand of an instruction that has fewer.
constexpr Slot true_slot = 0;
/// Where results go that nobody wants (`_`).
constexpr Slot sink_slot = 1;
/// The carry of add.cc and its like.
constexpr Slot carry_slot = 2;
constexpr Slot first_free_slot = 3;

/// Whether the thread goes on with its next instruction.
enum class Step : std::uint8_t {
  next,
  wait,  ///< for the other threads of its block or warp: the scheduler completes the instruction
  exit,
};

using Execute = Step (*)(Thread&, const Instruction&);

/// What an operand that has no defined value does to an instruction. A value counts as defined if it was computed from
/// defined ones alone: compilers leave moves and selects of undefined registers whose result nobody uses. What has a
/// consequence (a branch, a guard, an address, a stored value) must be defined.
enum class Undefined : std::uint8_t {
  makes_results_undefined,
  is_a_fault,
  matters_if_selected,  ///< selp: operand 2 selects 0 or 1
  is_absorbed_by_zero,  ///< and
  is_absorbed_by_ones,  ///< or
  is_shuffled,          ///< the value of a shuffle, operand 0, goes undefined where it goes; the others matter
  is_stored_locally,    ///< st.local: the bytes become undefined; the address, operand 0, matters
};

/// Instructions that several threads execute together.
enum class Collective : std::uint8_t { none, barrier, warp_barrier, shuffle, vote, match, reduce };

struct Instruction {
  Execute execute = nullptr;
  Slot guard = true_slot;
  std::uint32_t guard_value = 1;  ///< the instruction is executed where the guard has this value
  std::array<Slot, 4> to{sink_slot, sink_slot, sink_slot, sink_slot};
  std::array<Slot, 5> from{true_slot, true_slot, true_slot, true_slot, true_slot};
  std::uint32_t target = 0;    ///< of a branch; of an indirect one: the number of its table
  std::int64_t offset = 0;     ///< of an address from its register
  std::uint64_t mask = 0;      ///< the bits of the result, where it may be wider than the type
  std::uint8_t count = 1;      ///< elements of a vector
  std::uint8_t mode = 0;       ///< whatever else the instruction's own code distinguishes
  std::uint8_t variant = 0;    ///< the same
  bool negated = false;        ///< the predicate operand is `!p`
  bool address_is_32 = false;  ///< the address register has 32 bits
  Undefined undefined = Undefined::makes_results_undefined;
  Collective collective = Collective::none;
};

/// The special registers a kernel reads, and the slots they are wanted in.
enum class Special : std::uint8_t {
  tid_x,
  tid_y,
  tid_z,
  ntid_x,
  ntid_y,
  ntid_z,
  ctaid_x,
  ctaid_y,
  ctaid_z,
  nctaid_x,
  nctaid_y,
  nctaid_z,
  laneid,
  warpid,
  nwarpid,
  lanemask_eq,
  lanemask_le,
  lanemask_lt,
  lanemask_ge,
  lanemask_gt,
  dynamic_smem_size,
  total_smem_size,
};

/// A parameter's place among the argument bytes of a launch.
struct Parameter {
  std::string name;
  std::uint32_t offset;
  std::uint32_t bytes;
};

/// A variable's place in the shared or local memory of a kernel.
struct Extent {
  std::uint32_t offset;
  std::uint32_t bytes;
};

/// Where a statement stood in the text.
struct SourceLine {
  int number;
  std::string text;
};

struct Kernel {
  std::string name;
  std::vector<Parameter> parameters;
  std::uint32_t argument_bytes = 0;
  std::vector<Instruction> code;
  std::vector<SourceLine> lines;                          ///< of each instruction
  std::vector<std::vector<std::uint32_t>> branch_tables;  ///< targets of the indirect branches
  std::vector<std::uint64_t> slots;                       ///< a thread's slots when it starts
  std::vector<std::uint8_t> defined;                      ///< which of them have a value
  std::vector<std::string> slot_names;                    ///< for messages
  std::vector<std::pair<Special, Slot>> specials;
  std::vector<Extent> shared;             ///< static variables, apart from each other
  std::uint32_t dynamic_shared = 0;       ///< where the dynamic shared memory starts
  std::uint32_t static_shared_bytes = 0;  ///< the sum of the static variables, without what lies between them
  std::uint32_t local_bytes = 0;
  std::uint32_t maximum_threads = 1024;   ///< .maxntid's, or what any device allows
  GlobalMemory* module_memory = nullptr;  ///< the module's own .global and .const variables
};

}  // namespace ravine::ptx
