#include "decoder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fault.hpp"

namespace ravine::ptx {

Decoder::Decoder(const Statement& statement, Names& names)
    : statement_(statement), qualifiers_(statement.qualifiers), names_(names) {
  if (statement.guard.empty()) return;
  const Register* guard = names.find_register(statement.guard);
  if (guard == nullptr) fail(fmt::format("no predicate {}", statement.guard));
  instruction.guard = guard->slot;
  instruction.guard_value = statement.guard_negated ? 0 : 1;
}

bool Decoder::has(std::string_view qualifier) const {
  return std::find(qualifiers_.begin(), qualifiers_.end(), qualifier) != qualifiers_.end();
}

bool Decoder::take(std::string_view qualifier) {
  const auto found = std::find(qualifiers_.begin(), qualifiers_.end(), qualifier);
  if (found == qualifiers_.end()) return false;
  qualifiers_.erase(found);
  return true;
}

void Decoder::ignore(std::initializer_list<std::string_view> qualifiers) {
  for (const std::string_view qualifier : qualifiers) take(qualifier);
}

std::uint8_t Decoder::take_one(std::initializer_list<std::string_view> qualifiers) {
  const auto* found = std::find_if(qualifiers.begin(), qualifiers.end(),
                                   [this](std::string_view qualifier) { return take(qualifier); });
  if (found == qualifiers.end()) fail(fmt::format("wanted one of {}", listed(qualifiers, ".")));
  return static_cast<std::uint8_t>(found - qualifiers.begin());
}

Type Decoder::take_type() {
  for (const std::string& qualifier : qualifiers_) {
    if (const auto type = type_of(qualifier)) {
      take(qualifier);
      return *type;
    }
  }
  fail("no type that the interpreter models");
}

const std::string& Decoder::operand(std::size_t i) const {
  if (i >= statement_.operands.size()) fail("too few operands");
  return statement_.operands[i];
}

void Decoder::expect_operands(std::size_t count) const {
  if (operand_count() != count) fail(fmt::format("{} operands, wanted {}", operand_count(), count));
}

Slot Decoder::source(std::string_view operand, Type type) {
  if (const Register* found = names_.find_register(operand)) return found->slot;
  if (const auto constant = constant_bits(operand, type)) return names_.constant_slot(*constant);
  if (const auto special = names_.special_slot(operand)) return *special;
  if (operand == "WARP_SZ") return names_.constant_slot(32);
  const std::size_t plus = operand.find('+');
  if (const auto symbol = names_.find_symbol(trim(operand.substr(0, plus)))) {
    const std::int64_t offset = plus == std::string_view::npos ? 0 : integer(operand.substr(plus + 1));
    return names_.constant_slot(symbol->address + static_cast<std::uint64_t>(offset));
  }
  fail(fmt::format("operand '{}' is no register, constant or variable that is known", operand));
}

Slot Decoder::predicate(std::string_view operand) {
  instruction.negated = !operand.empty() && operand[0] == '!';
  return source(instruction.negated ? trim(operand.substr(1)) : operand, Type::pred);
}

Slot Decoder::destination(std::string_view operand) {
  if (operand == "_") return sink_slot;
  const Register* found = names_.find_register(operand);
  if (found == nullptr) fail(fmt::format("no register '{}'", operand));
  return found->slot;
}

std::uint32_t Decoder::register_bits(std::string_view operand) {
  const Register* found = names_.find_register(operand);
  return found == nullptr ? 64 : found->bits;
}

Address Decoder::address(std::string_view operand) {
  if (operand.size() < 2 || operand.front() != '[' || operand.back() != ']') {
    fail(fmt::format("operand '{}' is no address", operand));
  }
  const std::string_view inside = trim(operand.substr(1, operand.size() - 2));
  const std::size_t plus = inside.find('+');
  const std::string_view base = trim(inside.substr(0, plus));
  const std::int64_t offset = plus == std::string_view::npos ? 0 : integer(inside.substr(plus + 1));
  return {.base = source(base, Type::b64), .offset = offset, .is_32 = register_bits(base) == 32};
}

std::vector<std::string> Decoder::elements(std::string_view operand) {
  const bool vector = operand.size() >= 2 && operand.front() == '{' && operand.back() == '}';
  return vector ? split(operand.substr(1, operand.size() - 2), ',') : std::vector<std::string>{std::string(operand)};
}

std::int64_t Decoder::integer(std::string_view operand) const {
  const auto bits = constant_bits(trim(operand), Type::b64);
  if (!bits) fail(fmt::format("'{}' is no integer", operand));
  return static_cast<std::int64_t>(*bits);
}

void Decoder::plain_operands(Type type, std::size_t sources) {
  expect_operands(sources + 1);
  instruction.to[0] = destination(operand(0));
  for (std::size_t i = 0; i < sources; ++i) instruction.from.at(i) = source(operand(i + 1), type);
}

void Decoder::fail(const std::string& what) const {
  throw ParseError(statement_.line, fmt::format("{}: {}", statement_.text, what));
}

Instruction Decoder::finish() const {
  if (!qualifiers_.empty()) fail(fmt::format("the interpreter does not model {}", listed(qualifiers_, ".")));
  if (instruction.execute == nullptr) fail("the interpreter does not model this instruction for this type");
  return instruction;
}

Instruction decode(const Statement& statement, Names& names) {
  static const DecodeTable table = [] {
    DecodeTable all;
    add_arithmetic(all);
    add_bit_operations(all);
    add_selections(all);
    add_conversions(all);
    add_memory_operations(all);
    add_atomics(all);
    add_control(all);
    return all;
  }();
  Decoder decoder(statement, names);
  const auto found = table.find(statement.name);
  if (found == table.end()) decoder.fail("the interpreter does not model this instruction");
  found->second(decoder);
  return decoder.finish();
}

}  // namespace ravine::ptx
