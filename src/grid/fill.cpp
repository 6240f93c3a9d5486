#include "grid/fill.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace ravine::detail {
namespace {

template <class T>
void fill_with(T value, std::span<std::byte> chunk) {
  for (std::size_t at = 0; at + sizeof value <= chunk.size(); at += sizeof value) {
    std::memcpy(chunk.data() + at, &value, sizeof value);
  }
}

}  // namespace

void fill_with_none(ValueType type, std::span<std::byte> chunk) {
  switch (type) {
    case ValueType::uint8:
      return std::fill(chunk.begin(), chunk.end(), std::byte{0});
    case ValueType::int64:
      return fill_with(int64_fill, chunk);
    case ValueType::float32:
      return fill_with(std::numeric_limits<float>::quiet_NaN(), chunk);
    case ValueType::float64:
      return fill_with(std::numeric_limits<double>::quiet_NaN(), chunk);
  }
}

}  // namespace ravine::detail
