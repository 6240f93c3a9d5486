// cvt, between every pair of integers, float and double, with the roundings that round to nearest or to an integer.
#include <cmath>
#include <limits>

#include "decoder.hpp"
#include "operation.hpp"

namespace ravine::ptx {
namespace {

/// To an integer: to nearest even, towards zero, down, up. `exact`: none was given.
enum class Rounding : std::uint8_t { rni, rzi, rmi, rpi, exact };

template <class F>
F round_to_integer(Rounding rounding, F value) {
  switch (rounding) {
    case Rounding::rni:
      return std::nearbyint(value);
    case Rounding::rzi:
      return std::trunc(value);
    case Rounding::rmi:
      return std::floor(value);
    case Rounding::rpi:
      return std::ceil(value);
    case Rounding::exact:
      return value;
  }
  return value;
}

/// What PTX makes of a NaN: zero, or the highest bit alone where one of the types has 64 bits.
template <class To, class From>
constexpr To integer_of_nan() {
  const bool narrow = sizeof(From) < 8 && sizeof(To) < 8;
  return narrow ? To{0} : static_cast<To>(std::uint64_t{1} << (8 * sizeof(To) - 1));
}

/// The integer that `value` is, or the nearest that there is.
template <class To, class From>
To to_integer(From value) {
  using Limits = std::numeric_limits<To>;
  // 2^digits, which every floating-point type holds exactly; the largest To itself might round up to it.
  const From above = std::ldexp(From{1}, Limits::digits);
  if (std::isnan(value)) return integer_of_nan<To, From>();
  if (value >= above) return Limits::max();
  if (value <= static_cast<From>(Limits::min())) return Limits::min();
  return static_cast<To>(value);
}

/// An integer result lies in its register with its sign, or with zeros above it: i.mask is the register's bits.
template <class To>
void write_integer(Thread& thread, const Instruction& i, To value) {
  write_bits(thread, i.to[0], static_cast<std::uint64_t>(value) & i.mask);
}

template <class To, class From>
Step execute_float_to_integer(Thread& thread, const Instruction& i) {
  const From rounded = round_to_integer(static_cast<Rounding>(i.mode), read<From>(thread, i.from[0]));
  write_integer<To>(thread, i, to_integer<To>(rounded));
  return Step::next;
}

template <class To, class From>
Step execute_integer_to_float(Thread& thread, const Instruction& i) {
  write<To>(thread, i.to[0], static_cast<To>(read<From>(thread, i.from[0])));
  return Step::next;
}

/// variant 1: clamped to [0, 1], a NaN to 0.
template <class To, class From>
Step execute_float_to_float(Thread& thread, const Instruction& i) {
  const From rounded = round_to_integer(static_cast<Rounding>(i.mode), read<From>(thread, i.from[0]));
  To value = static_cast<To>(rounded);
  if (i.variant == 1) value = value > 0 ? (value < 1 ? value : 1) : 0;
  write<To>(thread, i.to[0], value);
  return Step::next;
}

/// variant 1: to the nearest that there is, instead of the low bits.
template <class To, class From>
Step execute_integer_to_integer(Thread& thread, const Instruction& i) {
  using Limits = std::numeric_limits<To>;
  const From value = read<From>(thread, i.from[0]);
  To result = static_cast<To>(value);
  if (i.variant == 1 && std::cmp_greater(value, Limits::max())) result = Limits::max();
  if (i.variant == 1 && std::cmp_less(value, Limits::min())) result = Limits::min();
  write_integer<To>(thread, i, result);
  return Step::next;
}

template <class To>
Execute conversion_to(Type from) {
  const Execute of_float = for_float(from, []<class From>() -> Execute {
    if constexpr (std::is_floating_point_v<To>)
      return &execute_float_to_float<To, From>;
    else
      return &execute_float_to_integer<To, From>;
  });
  const Execute of_integer = for_integer(from, []<class From>() -> Execute {
    if constexpr (std::is_floating_point_v<To>)
      return &execute_integer_to_float<To, From>;
    else
      return &execute_integer_to_integer<To, From>;
  });
  return is_float(from) ? of_float : of_integer;
}

/// Takes the rounding that a pair of types must have, or must not have.
Rounding take_rounding(Decoder& decoder, Type to, Type from) {
  const bool to_integer = is_float(from) && (!is_float(to) || to == from);
  const bool inexact = is_float(to) && (!is_float(from) || bits_of(to) < bits_of(from));
  if (inexact) decoder.take_one({"rn"});
  if (!to_integer) return Rounding::exact;
  for (const Rounding rounding : {Rounding::rni, Rounding::rzi, Rounding::rmi, Rounding::rpi}) {
    static constexpr std::array<std::string_view, 4> names = {"rni", "rzi", "rmi", "rpi"};
    if (decoder.take(names.at(static_cast<std::size_t>(rounding)))) return rounding;
  }
  if (!is_float(to)) decoder.fail("a conversion to an integer says how it rounds");
  return Rounding::exact;
}

void decode_cvt(Decoder& decoder) {
  const Type to = decoder.take_type();
  const Type from = decoder.take_type();
  Instruction& result = decoder.instruction;
  result.mode = static_cast<std::uint8_t>(take_rounding(decoder, to, from));
  const bool saturates = decoder.take("sat");
  if (saturates && is_float(to) && !is_float(from)) decoder.fail("an integer clamped to [0, 1]");
  result.variant = saturates ? 1 : 0;
  decoder.plain_operands(from, 1);
  result.mask = low_bits(decoder.register_bits(decoder.operand(0)));
  result.execute = for_number(to, [from]<class To>() -> Execute { return conversion_to<To>(from); });
}

}  // namespace

void add_conversions(DecodeTable& table) {
  table["cvt"] = &decode_cvt;
}

}  // namespace ravine::ptx
