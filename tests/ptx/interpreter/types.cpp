#include "types.hpp"

#include <array>
#include <utility>

namespace ravine::ptx {

std::optional<Type> type_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Type>, 15> types = {{{"pred", Type::pred},
                                                                               {"b8", Type::b8},
                                                                               {"b16", Type::b16},
                                                                               {"b32", Type::b32},
                                                                               {"b64", Type::b64},
                                                                               {"u8", Type::u8},
                                                                               {"u16", Type::u16},
                                                                               {"u32", Type::u32},
                                                                               {"u64", Type::u64},
                                                                               {"s8", Type::s8},
                                                                               {"s16", Type::s16},
                                                                               {"s32", Type::s32},
                                                                               {"s64", Type::s64},
                                                                               {"f32", Type::f32},
                                                                               {"f64", Type::f64}}};
  for (const auto& [text, type] : types) {
    if (text == name) return type;
  }
  return std::nullopt;
}

}  // namespace ravine::ptx
