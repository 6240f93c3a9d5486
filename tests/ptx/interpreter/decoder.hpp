/// \file
/// Turns one statement into one instruction: qualifiers, operands, and the function that executes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "instruction.hpp"
#include "statement.hpp"
#include "types.hpp"

namespace ravine::ptx {

/// What a name of a variable stands for: an address in its state space.
struct Symbol {
  std::uint64_t address;
  std::uint32_t bytes;
};

/// A register as declared.
struct Register {
  Slot slot;
  std::uint32_t bits;
};

/// The names that a statement can use, and the slots of the constants and special registers that it needs.
class Names {
 public:
  virtual ~Names() = default;
  [[nodiscard]] virtual const Register* find_register(std::string_view name) const = 0;
  [[nodiscard]] virtual std::optional<Symbol> find_symbol(std::string_view name) = 0;
  [[nodiscard]] virtual std::optional<Slot> special_slot(std::string_view name) = 0;
  [[nodiscard]] virtual Slot constant_slot(std::uint64_t value) = 0;
};

/// An address operand: a register or a constant in a slot, and a displacement.
struct Address {
  Slot base;
  std::int64_t offset;
  bool is_32;
};

class Decoder {
 public:
  Decoder(const Statement& statement, Names& names);

  /// Is the qualifier there, and not used up?
  [[nodiscard]] bool has(std::string_view qualifier) const;
  /// The same; it is used up.
  bool take(std::string_view qualifier);
  /// Uses up the qualifiers among these that the statement has: those that change nothing here.
  void ignore(std::initializer_list<std::string_view> qualifiers);
  /// The number of the first of these qualifiers that the statement has, which is used up. Throws ParseError.
  std::uint8_t take_one(std::initializer_list<std::string_view> qualifiers);
  /// Uses up the next qualifier that is a type. Throws ParseError.
  Type take_type();

  [[nodiscard]] std::size_t operand_count() const { return statement_.operands.size(); }
  [[nodiscard]] const std::string& operand(std::size_t i) const;
  /// Throws ParseError unless there are so many.
  void expect_operands(std::size_t count) const;

  /// The slot of a value: a register, a special register, a constant of this type, the address of a variable.
  Slot source(std::string_view operand, Type type);
  /// A predicate, as `%p1` or `!%p1`; the latter sets `negated` of the instruction.
  Slot predicate(std::string_view operand);
  /// The slot of a result; `_` is the sink.
  Slot destination(std::string_view operand);
  /// The width of the register that an operand names; 64 for what is no register.
  [[nodiscard]] std::uint32_t register_bits(std::string_view operand);
  Address address(std::string_view operand);
  /// The elements of `{a, b}`; a single operand is its own only element.
  [[nodiscard]] static std::vector<std::string> elements(std::string_view operand);
  /// An integer constant. Throws ParseError if the operand is none.
  [[nodiscard]] std::int64_t integer(std::string_view operand) const;

  /// Sets instruction.to[0] and from[0...] from the operands in their order: one result and `sources` values, all of
  /// one type.
  void plain_operands(Type type, std::size_t sources);

  [[noreturn]] void fail(const std::string& what) const;
  /// Throws ParseError if a qualifier is left, or no function was found.
  Instruction finish() const;

  Instruction instruction;

 private:
  const Statement& statement_;
  std::vector<std::string> qualifiers_;  ///< those not used up
  Names& names_;
};

/// Decodes the statements of one opcode.
using Decode = void (*)(Decoder&);
using DecodeTable = std::unordered_map<std::string_view, Decode>;

/// The opcodes of each group.
void add_arithmetic(DecodeTable& table);
void add_bit_operations(DecodeTable& table);
void add_selections(DecodeTable& table);
void add_conversions(DecodeTable& table);
void add_memory_operations(DecodeTable& table);
void add_atomics(DecodeTable& table);
void add_control(DecodeTable& table);

/// The instruction of a statement. The target of a branch is left to the parser, which knows the labels. Throws
/// ParseError.
[[nodiscard]] Instruction decode(const Statement& statement, Names& names);

}  // namespace ravine::ptx
