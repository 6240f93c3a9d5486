/// \file
/// The types of PTX instructions, and the choice of a C++ type for one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ravine::ptx {

enum class Type : std::uint8_t { pred, b8, b16, b32, b64, u8, u16, u32, u64, s8, s16, s32, s64, f32, f64 };

/// The type of this name ("u32"), if the interpreter has it.
[[nodiscard]] std::optional<Type> type_of(std::string_view name);

[[nodiscard]] constexpr std::uint32_t bits_of(Type type) {
  switch (type) {
    case Type::pred:
      return 1;
    case Type::b8:
    case Type::u8:
    case Type::s8:
      return 8;
    case Type::b16:
    case Type::u16:
    case Type::s16:
      return 16;
    case Type::b32:
    case Type::u32:
    case Type::s32:
    case Type::f32:
      return 32;
    case Type::b64:
    case Type::u64:
    case Type::s64:
    case Type::f64:
      return 64;
  }
  return 0;
}

[[nodiscard]] constexpr std::uint32_t bytes_of(Type type) {
  return bits_of(type) / 8;
}

[[nodiscard]] constexpr bool is_float(Type type) {
  return type == Type::f32 || type == Type::f64;
}

[[nodiscard]] constexpr bool is_signed(Type type) {
  return type == Type::s8 || type == Type::s16 || type == Type::s32 || type == Type::s64;
}

/// The low `bits` bits, all set.
[[nodiscard]] constexpr std::uint64_t low_bits(std::uint32_t bits) {
  return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

/// choose.operator()<T>() for the C++ type of an integer type; untyped bits are unsigned. A value-initialised result
/// for types that the choice is not for.
template <class Choose>
auto for_integer(Type type, Choose choose) -> decltype(choose.template operator()<std::uint32_t>()) {
  switch (type) {
    case Type::b8:
    case Type::u8:
      return choose.template operator()<std::uint8_t>();
    case Type::b16:
    case Type::u16:
      return choose.template operator()<std::uint16_t>();
    case Type::b32:
    case Type::u32:
      return choose.template operator()<std::uint32_t>();
    case Type::b64:
    case Type::u64:
      return choose.template operator()<std::uint64_t>();
    case Type::s8:
      return choose.template operator()<std::int8_t>();
    case Type::s16:
      return choose.template operator()<std::int16_t>();
    case Type::s32:
      return choose.template operator()<std::int32_t>();
    case Type::s64:
      return choose.template operator()<std::int64_t>();
    default:
      return {};
  }
}

/// The same for floating-point types.
template <class Choose>
auto for_float(Type type, Choose choose) -> decltype(choose.template operator()<double>()) {
  if (type == Type::f64) return choose.template operator()<double>();
  if (type == Type::f32) return choose.template operator()<float>();
  return {};
}

/// The same for both.
template <class Choose>
auto for_number(Type type, Choose choose) -> decltype(choose.template operator()<double>()) {
  return is_float(type) ? for_float(type, choose) : for_integer(type, choose);
}

}  // namespace ravine::ptx
