// Arithmetic on integers and floating-point numbers.
//
// The operations are the host's own, so this file must be compiled with the flags that exactness needs. Only round to
// nearest is modelled; approximate operations, flush to zero and saturation are left over as qualifiers, and refused.
#include <cmath>
#include <limits>

#include "carry.hpp"
#include "decoder.hpp"
#include "fault.hpp"
#include "operation.hpp"

namespace ravine::ptx {
namespace {

struct Add {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>)
      return a + b;
    else
      return static_cast<T>(wide(a) + wide(b));
  }
};

struct Subtract {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>)
      return a - b;
    else
      return static_cast<T>(wide(a) - wide(b));
  }
};

struct Multiply {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>)
      return a * b;
    else
      return static_cast<T>(wide(a) * wide(b));
  }
};

/// The upper half of the product.
struct MultiplyHigh {
  template <class T>
  T operator()(T a, T b) const {
    __extension__ using Signed = __int128;
    __extension__ using Unsigned = unsigned __int128;
    using Product = std::conditional_t<std::is_signed_v<T>, Signed, Unsigned>;
    return static_cast<T>((static_cast<Product>(a) * b) >> (8 * sizeof(T)));
  }
};

struct MultiplyAdd {
  template <class T>
  T operator()(T a, T b, T c) const {
    return Add{}(Multiply{}(a, b), c);
  }
};
struct MultiplyHighAdd {
  template <class T>
  T operator()(T a, T b, T c) const {
    return Add{}(MultiplyHigh{}(a, b), c);
  }
};

/// |a - b| + c
struct SumOfAbsoluteDifferences {
  template <class T>
  T operator()(T a, T b, T c) const {
    return static_cast<T>((a < b ? wide(b) - wide(a) : wide(a) - wide(b)) + wide(c));
  }
};

template <class T>
void require_divisor(T b) {
  if (b == 0) throw Violation{FaultKind::division_by_zero, "divides an integer by zero"};
}

/// Quotient and remainder of integers. The most negative one divided by -1 wraps around to itself.
struct Divide {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      return a / b;
    } else {
      require_divisor(b);
      if (std::is_signed_v<T> && b == static_cast<T>(-1)) return static_cast<T>(0 - wide(a));
      return static_cast<T>(a / b);
    }
  }
};
struct Remainder {
  template <class T>
  T operator()(T a, T b) const {
    require_divisor(b);
    if (std::is_signed_v<T> && b == static_cast<T>(-1)) return 0;
    return static_cast<T>(a % b);
  }
};

struct FusedMultiplyAdd {
  double operator()(double a, double b, double c) const { return __builtin_fma(a, b, c); }
  float operator()(float a, float b, float c) const { return __builtin_fmaf(a, b, c); }
};

struct SquareRoot {
  double operator()(double a) const { return __builtin_sqrt(a); }
  float operator()(float a) const { return __builtin_sqrtf(a); }
};

struct Reciprocal {
  template <class T>
  T operator()(T a) const {
    return 1 / a;
  }
};

/// The lesser, where -0 is less than +0, and a number is preferred to no number.
struct Minimum {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(a)) return b;
      if (a == b) return std::signbit(a) ? a : b;
      return b < a ? b : a;
    } else {
      return b < a ? b : a;
    }
  }
};

struct Maximum {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(a)) return b;
      if (a == b) return std::signbit(a) ? b : a;
      return a < b ? b : a;
    } else {
      return a < b ? b : a;
    }
  }
};

/// Negation and absolute value of floating-point numbers only touch the sign bit, of NaNs too.
template <class T>
constexpr T sign_bit = static_cast<T>(T{1} << (std::numeric_limits<T>::digits - 1));
struct FlipSign {
  template <class T>
  T operator()(T a) const {
    return a ^ sign_bit<T>;
  }
};
struct ClearSign {
  template <class T>
  T operator()(T a) const {
    return a & static_cast<T>(~sign_bit<T>);
  }
};
struct Negate {
  template <class T>
  T operator()(T a) const {
    return static_cast<T>(0 - wide(a));
  }
};
struct Absolute {
  template <class T>
  T operator()(T a) const {
    return a < 0 ? static_cast<T>(0 - wide(a)) : a;
  }
};

Type bits_as_integer(Type type) {
  return type == Type::f64 ? Type::u64 : Type::u32;
}

template <class Operation>
Execute binary_of(Type type) {
  return for_number(type, []<class T>() -> Execute { return &execute_binary<T, Operation>; });
}

/// Statements with one float or integer type and two operands.
template <class Operation>
void decode_binary(Decoder& decoder) {
  const Type type = decoder.take_type();
  if (is_float(type)) decoder.take("rn");
  decoder.plain_operands(type, 2);
  decoder.instruction.execute = binary_of<Operation>(type);
}

/// Float operations that are only defined with their rounding.
template <class Operation>
void decode_rounded_unary(Decoder& decoder) {
  decoder.take_one({"rn"});
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 1);
  decoder.instruction.execute = for_float(type, []<class T>() -> Execute { return &execute_unary<T, Operation>; });
}

void decode_fma(Decoder& decoder) {
  decoder.take_one({"rn"});
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 3);
  decoder.instruction.execute =
      for_float(type, []<class T>() -> Execute { return &execute_ternary<T, FusedMultiplyAdd>; });
}

template <class OnFloat, class OnInteger>
void decode_sign(Decoder& decoder) {
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 1);
  decoder.instruction.execute =
      is_float(type)
          ? for_integer(bits_as_integer(type), []<class T>() -> Execute { return &execute_unary<T, OnFloat>; })
          : for_integer(type, []<class T>() -> Execute { return &execute_unary<T, OnInteger>; });
}

/// Twice as many bits.
template <class T>
using Twice = std::conditional_t<std::is_signed_v<T>, std::conditional_t<sizeof(T) == 2, std::int32_t, std::int64_t>,
                                 std::conditional_t<sizeof(T) == 2, std::uint32_t, std::uint64_t>>;

/// mul.wide, mad.wide: the whole product of two Ts, and a term of that width.
template <class T>
Step execute_multiply_wide(Thread& thread, const Instruction& i) {
  const Twice<T> product = Multiply{}(Twice<T>{read<T>(thread, i.from[0])}, Twice<T>{read<T>(thread, i.from[1])});
  write<Twice<T>>(thread, i.to[0], product);
  return Step::next;
}
template <class T>
Step execute_multiply_wide_add(Thread& thread, const Instruction& i) {
  const Twice<T> product = Multiply{}(Twice<T>{read<T>(thread, i.from[0])}, Twice<T>{read<T>(thread, i.from[1])});
  write<Twice<T>>(thread, i.to[0], Add{}(product, read<Twice<T>>(thread, i.from[2])));
  return Step::next;
}

/// choose.operator()<T>() for integers of 16 and 32 bits.
template <class Choose>
Execute for_narrow_integer(Type type, Choose choose) {
  if (bits_of(type) == 16)
    return is_signed(type) ? choose.template operator()<std::int16_t>() : choose.template operator()<std::uint16_t>();
  if (bits_of(type) == 32)
    return is_signed(type) ? choose.template operator()<std::int32_t>() : choose.template operator()<std::uint32_t>();
  return nullptr;
}

Type twice(Type type) {
  return bits_of(type) == 16 ? Type::b32 : Type::b64;
}

void decode_add(Decoder& decoder) {
  const bool carry = decoder.has("cc");
  carry ? decode_add_with_carry(decoder, Carry::none) : decode_binary<Add>(decoder);
}

void decode_subtract(Decoder& decoder) {
  const bool carry = decoder.has("cc");
  carry ? decode_subtract_with_carry(decoder, Carry::none) : decode_binary<Subtract>(decoder);
}

void decode_multiply(Decoder& decoder) {
  const Type type = decoder.take_type();
  Instruction& result = decoder.instruction;
  decoder.plain_operands(type, 2);
  if (is_float(type)) {
    decoder.take("rn");
    result.execute = binary_of<Multiply>(type);
    return;
  }
  switch (decoder.take_one({"lo", "hi", "wide"})) {
    case 0:
      result.execute = binary_of<Multiply>(type);
      break;
    case 1:
      result.execute = for_integer(type, []<class T>() -> Execute { return &execute_binary<T, MultiplyHigh>; });
      break;
    default:
      result.execute = for_narrow_integer(type, []<class T>() -> Execute { return &execute_multiply_wide<T>; });
  }
}

void decode_multiply_add(Decoder& decoder) {
  if (decoder.has("cc")) {
    decode_multiply_add_with_carry(decoder, Carry::none);
    return;
  }
  const std::uint8_t half = decoder.take_one({"lo", "hi", "wide"});
  const Type type = decoder.take_type();
  Instruction& result = decoder.instruction;
  decoder.plain_operands(type, 3);
  if (half == 0)
    result.execute = for_integer(type, []<class T>() -> Execute { return &execute_ternary<T, MultiplyAdd>; });
  if (half == 1) {
    result.execute = for_integer(type, []<class T>() -> Execute { return &execute_ternary<T, MultiplyHighAdd>; });
  }
  if (half == 2) {
    result.from[2] = decoder.source(decoder.operand(3), twice(type));
    result.execute = for_narrow_integer(type, []<class T>() -> Execute { return &execute_multiply_wide_add<T>; });
  }
}

void decode_divide(Decoder& decoder) {
  const Type type = decoder.take_type();
  if (is_float(type)) decoder.take_one({"rn"});
  decoder.plain_operands(type, 2);
  decoder.instruction.execute = binary_of<Divide>(type);
}

void decode_remainder(Decoder& decoder) {
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 2);
  decoder.instruction.execute = for_integer(type, []<class T>() -> Execute { return &execute_binary<T, Remainder>; });
}

void decode_sad(Decoder& decoder) {
  const Type type = decoder.take_type();
  decoder.plain_operands(type, 3);
  decoder.instruction.execute =
      for_integer(type, []<class T>() -> Execute { return &execute_ternary<T, SumOfAbsoluteDifferences>; });
}

}  // namespace

void add_arithmetic(DecodeTable& table) {
  table["add"] = &decode_add;
  table["addc"] = [](Decoder& decoder) { decode_add_with_carry(decoder, Carry::in); };
  table["sub"] = &decode_subtract;
  table["subc"] = [](Decoder& decoder) { decode_subtract_with_carry(decoder, Carry::in); };
  table["mul"] = &decode_multiply;
  table["mad"] = &decode_multiply_add;
  table["madc"] = [](Decoder& decoder) { decode_multiply_add_with_carry(decoder, Carry::in); };
  table["sad"] = &decode_sad;
  table["div"] = &decode_divide;
  table["rem"] = &decode_remainder;
  table["min"] = &decode_binary<Minimum>;
  table["max"] = &decode_binary<Maximum>;
  table["fma"] = &decode_fma;
  table["sqrt"] = &decode_rounded_unary<SquareRoot>;
  table["rcp"] = &decode_rounded_unary<Reciprocal>;
  table["neg"] = &decode_sign<FlipSign, Negate>;
  table["abs"] = &decode_sign<ClearSign, Absolute>;
}

}  // namespace ravine::ptx
