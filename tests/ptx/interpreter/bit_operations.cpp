// Operations on bits: logic, shifts, fields, counts, permutations.
#include <algorithm>
#include <bit>

#include "decoder.hpp"
#include "operation.hpp"

namespace ravine::ptx {
namespace {

struct And {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a & b);
  }
};
struct Or {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a | b);
  }
};
struct Xor {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a ^ b);
  }
};
struct Not {
  template <class T>
  T operator()(T a) const {
    return static_cast<T>(~a);
  }
};
/// The same of a predicate.
struct LogicalNot {
  bool operator()(bool a) const { return !a; }
};
struct IsZero {
  template <class T>
  T operator()(T a) const {
    return a == 0 ? 1 : 0;
  }
};

/// Shifts past the width give zeros, or copies of the sign.
template <class T>
Step execute_shift_left(Thread& thread, const Instruction& i) {
  const auto by = read<std::uint32_t>(thread, i.from[1]);
  write<T>(thread, i.to[0], by >= 8 * sizeof(T) ? T{0} : static_cast<T>(wide(read<T>(thread, i.from[0])) << by));
  return Step::next;
}
template <class T>
Step execute_shift_right(Thread& thread, const Instruction& i) {
  constexpr std::uint32_t bits = 8 * sizeof(T);
  const auto by = read<std::uint32_t>(thread, i.from[1]);
  const T value = read<T>(thread, i.from[0]);
  if (by >= bits && std::is_unsigned_v<T>) {
    write<T>(thread, i.to[0], 0);
  } else {
    write<T>(thread, i.to[0], static_cast<T>(value >> std::min(by, bits - 1)));
  }
  return Step::next;
}

/// A funnel shift: 32 bits out of the 64 of from[1]:from[0]. mode: 0 left, 1 right; negated: the amount wraps around
/// at 32 instead of staying there.
Step execute_funnel_shift(Thread& thread, const Instruction& i) {
  const std::uint64_t both =
      std::uint64_t{read<std::uint32_t>(thread, i.from[1])} << 32 | read<std::uint32_t>(thread, i.from[0]);
  const auto amount = read<std::uint32_t>(thread, i.from[2]);
  const std::uint32_t by = i.negated ? amount % 32 : std::min(amount, 32U);
  write<std::uint32_t>(thread, i.to[0], static_cast<std::uint32_t>(i.mode == 0 ? (both << by) >> 32 : both >> by));
  return Step::next;
}

/// Any function of three bits, whose table of truth is from[3].
Step execute_lop3(Thread& thread, const Instruction& i) {
  const auto a = read<std::uint32_t>(thread, i.from[0]);
  const auto b = read<std::uint32_t>(thread, i.from[1]);
  const auto c = read<std::uint32_t>(thread, i.from[2]);
  const auto truth = read<std::uint32_t>(thread, i.from[3]);
  std::uint32_t result = 0;
  for (std::uint32_t row = 0; row < 8; ++row) {
    if ((truth >> row & 1) == 0) continue;
    result |= ((row & 4) != 0 ? a : ~a) & ((row & 2) != 0 ? b : ~b) & ((row & 1) != 0 ? c : ~c);
  }
  write<std::uint32_t>(thread, i.to[0], result);
  return Step::next;
}

template <class T>
Step execute_count_ones(Thread& thread, const Instruction& i) {
  write<std::uint32_t>(thread, i.to[0], static_cast<std::uint32_t>(std::popcount(read<T>(thread, i.from[0]))));
  return Step::next;
}
template <class T>
Step execute_count_leading_zeros(Thread& thread, const Instruction& i) {
  write<std::uint32_t>(thread, i.to[0], static_cast<std::uint32_t>(std::countl_zero(read<T>(thread, i.from[0]))));
  return Step::next;
}

struct ReverseBits {
  template <class T>
  T operator()(T a) const {
    T reversed = 0;
    for (std::uint32_t bit = 0; bit < 8 * sizeof(T); ++bit) {
      reversed = static_cast<T>(reversed << 1 | (a >> bit & 1));
    }
    return reversed;
  }
};

/// The place of the highest one, of a negative number of the highest zero; all ones if there is none.
/// mode 1: counted from the top instead.
template <class T>
Step execute_find_highest(Thread& thread, const Instruction& i) {
  using Unsigned = std::make_unsigned_t<T>;
  const T value = read<T>(thread, i.from[0]);
  const auto bits = static_cast<Unsigned>(value < 0 ? ~value : value);
  const auto above = static_cast<std::uint32_t>(std::countl_zero(bits));
  const std::uint32_t place = i.mode == 1 ? above : 8 * sizeof(T) - 1 - above;
  write<std::uint32_t>(thread, i.to[0], bits == 0 ? ~0U : place);
  return Step::next;
}

/// The field of from[2] bits at place from[1], with its sign if T has one. As PTX defines it, bit by bit.
template <class T>
Step execute_extract_field(Thread& thread, const Instruction& i) {
  constexpr std::uint32_t top = 8 * sizeof(T) - 1;
  const std::uint64_t value = wide(static_cast<std::make_unsigned_t<T>>(read<T>(thread, i.from[0])));
  const std::uint32_t place = read<std::uint32_t>(thread, i.from[1]) & 0xFF;
  const std::uint32_t length = read<std::uint32_t>(thread, i.from[2]) & 0xFF;
  const bool has_sign = std::is_signed_v<T> && length != 0;
  const std::uint64_t sign = has_sign ? value >> std::min(place + length - 1, top) & 1 : 0;
  std::uint64_t field = 0;
  for (std::uint32_t bit = 0; bit <= top; ++bit) {
    field |= (bit < length && place + bit <= top ? value >> (place + bit) & 1 : sign) << bit;
  }
  write<T>(thread, i.to[0], static_cast<T>(field));
  return Step::next;
}

/// from[1] with the low from[3] bits of from[0] inserted at place from[2].
template <class T>
Step execute_insert_field(Thread& thread, const Instruction& i) {
  const std::uint64_t value = wide(read<T>(thread, i.from[0]));
  const std::uint32_t place = read<std::uint32_t>(thread, i.from[2]) & 0xFF;
  const std::uint32_t length = read<std::uint32_t>(thread, i.from[3]) & 0xFF;
  const std::uint64_t field = place >= 8 * sizeof(T) ? 0 : low_bits(length) << place;
  const std::uint64_t moved = place >= 8 * sizeof(T) ? 0 : value << place;
  write<T>(thread, i.to[0], static_cast<T>((wide(read<T>(thread, i.from[1])) & ~field) | (moved & field)));
  return Step::next;
}

/// The bytes of from[1]:from[0] that the four selectors of four bits in from[2] name; the fourth bit of a selector
/// asks for copies of that byte's sign instead.
Step execute_permute_bytes(Thread& thread, const Instruction& i) {
  const std::uint64_t bytes =
      std::uint64_t{read<std::uint32_t>(thread, i.from[1])} << 32 | read<std::uint32_t>(thread, i.from[0]);
  const auto selectors = read<std::uint32_t>(thread, i.from[2]);
  std::uint32_t result = 0;
  for (std::uint32_t place = 0; place < 4; ++place) {
    const std::uint32_t selector = selectors >> (4 * place) & 0xF;
    const auto byte = static_cast<std::uint32_t>(bytes >> (8 * (selector & 7)) & 0xFF);
    const std::uint32_t sign = (byte & 0x80) != 0 ? 0xFF : 0;
    result |= ((selector & 8) != 0 ? sign : byte) << (8 * place);
  }
  write<std::uint32_t>(thread, i.to[0], result);
  return Step::next;
}

/// and, or, xor: of predicates too.
template <class Operation>
void decode_logic(Decoder& decoder) {
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 2);
  decoder.instruction.mask = low_bits(bits_of(type));
  const Type bits = type == Type::pred ? Type::b8 : type;
  decoder.instruction.execute = for_integer(bits, []<class T>() -> Execute { return &execute_binary<T, Operation>; });
}

void decode_not(Decoder& decoder) {
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 1);
  decoder.instruction.execute = type == Type::pred
                                    ? &execute_unary<bool, LogicalNot>
                                    : for_integer(type, []<class T>() -> Execute { return &execute_unary<T, Not>; });
}

void decode_cnot(Decoder& decoder) {
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 1);
  decoder.instruction.execute = for_integer(type, []<class T>() -> Execute { return &execute_unary<T, IsZero>; });
}

/// The operands of instructions whose first is of one type and the rest are 32-bit numbers.
Type decode_value_and_numbers(Decoder& decoder, std::size_t sources) {
  const Type type = decoder.take_type();
  decoder.plain_operands(Type::b32, sources);
  decoder.instruction.from[0] = decoder.source(decoder.operand(1), type);
  return type;
}

void decode_shift_left(Decoder& decoder) {
  const Type type = decode_value_and_numbers(decoder, 2);
  decoder.instruction.execute = for_integer(type, []<class T>() -> Execute { return &execute_shift_left<T>; });
}

void decode_shift_right(Decoder& decoder) {
  const Type type = decode_value_and_numbers(decoder, 2);
  decoder.instruction.execute = for_integer(type, []<class T>() -> Execute { return &execute_shift_right<T>; });
}

void decode_funnel_shift(Decoder& decoder) {
  decoder.instruction.mode = decoder.take_one({"l", "r"});
  decoder.instruction.negated = decoder.take_one({"clamp", "wrap"}) == 1;
  decoder.plain_operands(decoder.take_type(), 3);
  decoder.instruction.execute = &execute_funnel_shift;
}

void decode_lop3(Decoder& decoder) {
  decoder.plain_operands(decoder.take_type(), 4);
  decoder.instruction.execute = &execute_lop3;
}

void decode_popc(Decoder& decoder) {
  decoder.plain_operands(decoder.take_type(), 1);
  decoder.instruction.execute = &execute_count_ones<std::uint64_t>;  // a slot is zero above its value
}

void decode_clz(Decoder& decoder) {
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 1);
  decoder.instruction.execute =
      bits_of(type) == 64 ? &execute_count_leading_zeros<std::uint64_t> : &execute_count_leading_zeros<std::uint32_t>;
}

void decode_brev(Decoder& decoder) {
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 1);
  decoder.instruction.execute = for_integer(type, []<class T>() -> Execute { return &execute_unary<T, ReverseBits>; });
}

void decode_bfind(Decoder& decoder) {
  decoder.instruction.mode = decoder.take("shiftamt") ? 1 : 0;
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 1);
  decoder.instruction.execute = for_integer(type, []<class T>() -> Execute { return &execute_find_highest<T>; });
}

void decode_bfe(Decoder& decoder) {
  const Type type = decode_value_and_numbers(decoder, 3);
  decoder.instruction.execute = for_integer(type, []<class T>() -> Execute { return &execute_extract_field<T>; });
}

void decode_bfi(Decoder& decoder) {
  const Type type = decode_value_and_numbers(decoder, 4);
  decoder.instruction.from[1] = decoder.source(decoder.operand(2), type);
  decoder.instruction.execute = for_integer(type, []<class T>() -> Execute { return &execute_insert_field<T>; });
}

void decode_prmt(Decoder& decoder) {
  decoder.plain_operands(decoder.take_type(), 3);  // the modes f4e, b4e, ... are left over, and refused
  decoder.instruction.execute = &execute_permute_bytes;
}

}  // namespace

void add_bit_operations(DecodeTable& table) {
  table["and"] = [](Decoder& decoder) {
    decode_logic<And>(decoder);
    decoder.instruction.undefined = Undefined::is_absorbed_by_zero;
  };
  table["or"] = [](Decoder& decoder) {
    decode_logic<Or>(decoder);
    decoder.instruction.undefined = Undefined::is_absorbed_by_ones;
  };
  table["xor"] = &decode_logic<Xor>;
  table["not"] = &decode_not;
  table["cnot"] = &decode_cnot;
  table["shl"] = &decode_shift_left;
  table["shr"] = &decode_shift_right;
  table["shf"] = &decode_funnel_shift;
  table["lop3"] = &decode_lop3;
  table["popc"] = &decode_popc;
  table["clz"] = &decode_clz;
  table["brev"] = &decode_brev;
  table["bfind"] = &decode_bfind;
  table["bfe"] = &decode_bfe;
  table["bfi"] = &decode_bfi;
  table["prmt"] = &decode_prmt;
}

}  // namespace ravine::ptx
