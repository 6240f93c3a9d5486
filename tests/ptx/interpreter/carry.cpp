#include "carry.hpp"

#include <limits>

#include "operation.hpp"

namespace ravine::ptx {
namespace {

template <class T>
struct WithCarry {
  T value;
  bool carry;
};

/// Adds or subtracts, with the carry or borrow as a third operand.
struct AddCarry {
  template <class T>
  WithCarry<T> operator()(T a, T b, bool in) const {
    const T sum = static_cast<T>(a + b);
    const T total = static_cast<T>(sum + (in ? 1 : 0));
    return {total, sum < a || total < sum};
  }
};
struct SubtractBorrow {
  template <class T>
  WithCarry<T> operator()(T a, T b, bool in) const {
    const T difference = static_cast<T>(a - b);
    return {static_cast<T>(difference - (in ? 1 : 0)), a < b || (in && difference == 0)};
  }
};

/// from[0] and from[1] are the terms, from[2] the carry; `negated` says that there is none.
template <class T, class Operation>
Step execute_carry(Thread& thread, const Instruction& i) {
  const bool in = !i.negated && thread.slots[i.from[2]] != 0;
  const auto result = Operation{}(read<T>(thread, i.from[0]), read<T>(thread, i.from[1]), in);
  write<T>(thread, i.to[0], result.value);
  write<bool>(thread, i.to[1], result.carry);
  return Step::next;
}

enum class Half : std::uint8_t { low, high };

template <class T>
T product_half(Half half, T a, T b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<T>(half == Half::high ? product >> std::numeric_limits<T>::digits : product);
}

/// The same with a product as the first term: from[0] and from[1] are its factors, from[2] the other term, from[3] the
/// carry; `mode` says which half of the product.
template <class T>
Step execute_multiply_carry(Thread& thread, const Instruction& i) {
  const bool in = !i.negated && thread.slots[i.from[3]] != 0;
  const T product = product_half(static_cast<Half>(i.mode), read<T>(thread, i.from[0]), read<T>(thread, i.from[1]));
  const auto result = AddCarry{}(product, read<T>(thread, i.from[2]), in);
  write<T>(thread, i.to[0], result.value);
  write<bool>(thread, i.to[1], result.carry);
  return Step::next;
}

/// The type of the statement, and the carry as the operand after its `sources` ones.
Type decode_operands(Decoder& decoder, Carry carry, std::size_t sources) {
  const bool out = decoder.take("cc");
  const Type type = decoder.take_type();
  decoder.plain_operands(type, sources);
  if (out) decoder.instruction.to[1] = carry_slot;
  decoder.instruction.negated = carry == Carry::none;
  if (carry == Carry::in) decoder.instruction.from.at(sources) = carry_slot;
  return type;
}

/// choose.operator()<T>() for the unsigned integer of this width: a carry is that of unsigned numbers.
template <class Choose>
Execute for_unsigned(Type type, Choose choose) {
  if (bits_of(type) == 64) return choose.template operator()<std::uint64_t>();
  return bits_of(type) == 32 ? choose.template operator()<std::uint32_t>() : nullptr;
}

}  // namespace

void decode_add_with_carry(Decoder& decoder, Carry carry) {
  const Type type = decode_operands(decoder, carry, 2);
  decoder.instruction.execute = for_unsigned(type, []<class T>() -> Execute { return &execute_carry<T, AddCarry>; });
}

void decode_subtract_with_carry(Decoder& decoder, Carry carry) {
  const Type type = decode_operands(decoder, carry, 2);
  decoder.instruction.execute =
      for_unsigned(type, []<class T>() -> Execute { return &execute_carry<T, SubtractBorrow>; });
}

void decode_multiply_add_with_carry(Decoder& decoder, Carry carry) {
  decoder.instruction.mode = decoder.take_one({"lo", "hi"});
  const Type type = decode_operands(decoder, carry, 3);
  if (is_signed(type) && decoder.instruction.mode != 0) decoder.fail("the high half of a signed product with carry");
  decoder.instruction.execute = for_unsigned(type, []<class T>() -> Execute { return &execute_multiply_carry<T>; });
}

}  // namespace ravine::ptx
