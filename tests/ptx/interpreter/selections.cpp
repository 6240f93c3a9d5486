// Comparisons and what is chosen by them: setp, set, selp, slct, testp; copysign.
#include <cmath>

#include "decoder.hpp"
#include "operation.hpp"

namespace ravine::ptx {
namespace {

/// As in the text. The first six are false where an operand is a NaN, but for ne, which is false too (neu is true); the
/// ones with u (unordered) are true there. lo, ls, hi, hs are lt, le, gt, ge of unsigned integers.
enum class Comparison : std::uint8_t { eq, ne, lt, le, gt, ge, lo, ls, hi, hs, equ, neu, ltu, leu, gtu, geu, num, nan };

template <class T>
bool compare(Comparison comparison, T a, T b) {
  const bool unordered = !(a == a) || !(b == b);
  switch (comparison) {
    case Comparison::eq:
      return a == b;
    case Comparison::ne:
      return !unordered && a != b;
    case Comparison::lt:
    case Comparison::lo:
      return a < b;
    case Comparison::le:
    case Comparison::ls:
      return a <= b;
    case Comparison::gt:
    case Comparison::hi:
      return a > b;
    case Comparison::ge:
    case Comparison::hs:
      return a >= b;
    case Comparison::equ:
      return unordered || a == b;
    case Comparison::neu:
      return unordered || a != b;
    case Comparison::ltu:
      return unordered || a < b;
    case Comparison::leu:
      return unordered || a <= b;
    case Comparison::gtu:
      return unordered || a > b;
    case Comparison::geu:
      return unordered || a >= b;
    case Comparison::num:
      return !unordered;
    case Comparison::nan:
      return unordered;
  }
  return false;
}

/// How a comparison's result is combined with the predicate operand.
enum class Combination : std::uint8_t { none, with_and, with_or, with_xor };

bool combine(Combination combination, bool compared, bool with) {
  switch (combination) {
    case Combination::none:
      return compared;
    case Combination::with_and:
      return compared && with;
    case Combination::with_or:
      return compared || with;
    case Combination::with_xor:
      return compared != with;
  }
  return false;
}

/// mode: the comparison, variant: the combination with from[2]. to[1] is the combination of the opposite.
template <class T>
Step execute_setp(Thread& thread, const Instruction& i) {
  const bool compared =
      compare(static_cast<Comparison>(i.mode), read<T>(thread, i.from[0]), read<T>(thread, i.from[1]));
  const auto combination = static_cast<Combination>(i.variant);
  const bool with = (thread.slots[i.from[2]] != 0) != i.negated;
  write<bool>(thread, i.to[0], combine(combination, compared, with));
  write<bool>(thread, i.to[1], combine(combination, !compared, with));
  return Step::next;
}

/// The same, whose result is i.mask or zero.
template <class T>
Step execute_set(Thread& thread, const Instruction& i) {
  const bool compared =
      compare(static_cast<Comparison>(i.mode), read<T>(thread, i.from[0]), read<T>(thread, i.from[1]));
  const bool with = (thread.slots[i.from[2]] != 0) != i.negated;
  write_bits(thread, i.to[0], combine(static_cast<Combination>(i.variant), compared, with) ? i.mask : 0);
  return Step::next;
}

Step execute_selp(Thread& thread, const Instruction& i) {
  const bool first = (thread.slots[i.from[2]] != 0) != i.negated;
  write_bits(thread, i.to[0], thread.slots[first ? i.from[0] : i.from[1]]);
  return Step::next;
}

/// Chooses by the sign of a T.
template <class T>
Step execute_slct(Thread& thread, const Instruction& i) {
  write_bits(thread, i.to[0], thread.slots[read<T>(thread, i.from[2]) >= 0 ? i.from[0] : i.from[1]]);
  return Step::next;
}

enum class Property : std::uint8_t { finite, infinite, number, notanumber, normal, subnormal };

template <class T>
bool has_property(Property property, T value) {
  switch (property) {
    case Property::finite:
      return std::isfinite(value);
    case Property::infinite:
      return std::isinf(value);
    case Property::number:
      return !std::isnan(value);
    case Property::notanumber:
      return std::isnan(value);
    case Property::normal:
      return std::isnormal(value);
    case Property::subnormal:
      return std::fpclassify(value) == FP_SUBNORMAL;
  }
  return false;
}

template <class T>
Step execute_testp(Thread& thread, const Instruction& i) {
  write<bool>(thread, i.to[0], has_property(static_cast<Property>(i.mode), read<T>(thread, i.from[0])));
  return Step::next;
}

/// The sign of the first, the rest of the second; of their bits, NaNs included. mask: the sign's bit.
Step execute_copysign(Thread& thread, const Instruction& i) {
  write_bits(thread, i.to[0], (thread.slots[i.from[0]] & i.mask) | (thread.slots[i.from[1]] & ~i.mask));
  return Step::next;
}

/// Takes the comparison and its combination; true if the statement has a combination, and so a third operand.
bool decode_comparison(Decoder& decoder) {
  Instruction& result = decoder.instruction;
  result.mode = decoder.take_one({"eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu",
                                  "leu", "gtu", "geu", "num", "nan"});
  const bool combined = decoder.has("and") || decoder.has("or") || decoder.has("xor");
  if (combined) result.variant = static_cast<std::uint8_t>(decoder.take_one({"and", "or", "xor"}) + 1);
  return combined;
}

/// The compared operands and the predicate to combine with.
void decode_compared(Decoder& decoder, Type type, bool combined) {
  Instruction& result = decoder.instruction;
  decoder.expect_operands(combined ? 4 : 3);
  result.from[0] = decoder.source(decoder.operand(1), type);
  result.from[1] = decoder.source(decoder.operand(2), type);
  if (combined) result.from[2] = decoder.predicate(decoder.operand(3));
}

void decode_setp(Decoder& decoder) {
  const bool combined = decode_comparison(decoder);
  const Type type = decoder.take_type();
  decode_compared(decoder, type, combined);
  const std::vector<std::string> results = split(decoder.operand(0), '|');
  for (std::size_t i = 0; i < results.size() && i < 2; ++i) {
    decoder.instruction.to.at(i) = decoder.destination(results[i]);
  }
  decoder.instruction.execute = for_number(type, []<class T>() -> Execute { return &execute_setp<T>; });
}

void decode_set(Decoder& decoder) {
  constexpr std::uint64_t one = 0x3F800000;  // the bits of 1.0f
  const bool combined = decode_comparison(decoder);
  const Type result = decoder.take_type();
  const Type type = decoder.take_type();
  decode_compared(decoder, type, combined);
  decoder.instruction.to[0] = decoder.destination(decoder.operand(0));
  decoder.instruction.mask = result == Type::f32 ? one : low_bits(32);
  if (bits_of(result) != 32) decoder.fail("the result of set has 32 bits");
  decoder.instruction.execute = for_number(type, []<class T>() -> Execute { return &execute_set<T>; });
}

void decode_selp(Decoder& decoder) {
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 3);
  decoder.instruction.from[2] = decoder.predicate(decoder.operand(3));
  decoder.instruction.undefined = Undefined::matters_if_selected;
  decoder.instruction.execute = &execute_selp;
}

void decode_slct(Decoder& decoder) {
  const Type type = decoder.take_type();
  const Type by = decoder.take_type();
  decoder.plain_operands(type, 3);
  decoder.instruction.from[2] = decoder.source(decoder.operand(3), by);
  if (by == Type::s32) decoder.instruction.execute = &execute_slct<std::int32_t>;
  if (by == Type::f32) decoder.instruction.execute = &execute_slct<float>;
}

void decode_testp(Decoder& decoder) {
  decoder.instruction.mode = decoder.take_one({"finite", "infinite", "number", "notanumber", "normal", "subnormal"});
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 1);
  decoder.instruction.execute = for_float(type, []<class T>() -> Execute { return &execute_testp<T>; });
}

void decode_copysign(Decoder& decoder) {
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 2);
  decoder.instruction.mask = std::uint64_t{1} << (bits_of(type) - 1);
  decoder.instruction.execute = &execute_copysign;
}

}  // namespace

void add_selections(DecodeTable& table) {
  table["setp"] = &decode_setp;
  table["set"] = &decode_set;
  table["selp"] = &decode_selp;
  table["slct"] = &decode_slct;
  table["testp"] = &decode_testp;
  table["copysign"] = &decode_copysign;
}

}  // namespace ravine::ptx
