// The rank of a percentile, in integers.
#include <array>
#include <cassert>
#include <charconv>
#include <cstddef>
#include <string_view>

#include "ravine/statistics.hpp"

namespace ravine {
namespace {

__extension__ using Wide = unsigned __int128;

/// digits / 10^scale
struct Decimal {
  Wide digits = 0;
  int scale = 0;
};

/// The decimal number of fewest digits, at most 17, that reads as `number`, a positive one.
Decimal shortest_decimal(double number) {
  std::array<char, 32> text{};  // "9.99e+01"
  const auto written = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific);
  const std::string_view form(text.data(), static_cast<std::size_t>(written.ptr - text.data()));
  const std::string_view significand = form.substr(0, form.find('e'));
  Decimal decimal;
  for (const char c : significand) {
    if (c != '.') decimal.digits = 10 * decimal.digits + static_cast<unsigned>(c - '0');
  }
  if (significand.size() > 1) decimal.scale = static_cast<int>(significand.size()) - 2;
  const std::string_view exponent = form.substr(significand.size() + 1);  // its sign and digits
  int size = 0;
  std::from_chars(exponent.data() + 1, exponent.data() + exponent.size(), size);
  decimal.scale += exponent.front() == '-' ? size : -size;
  return decimal;
}

/// ceil(share count) for a share of at most 1, so that its scale is not negative.
std::int64_t rank_of(const Decimal& share, std::int64_t count) {
  // digits count < 10^17 2^63 < 10^36: over a larger power of ten it is below 1.
  constexpr int largest = 36;
  if (share.scale > largest) return 1;
  Wide divisor = 1;
  for (int i = 0; i < share.scale; ++i) divisor *= 10;
  return static_cast<std::int64_t>((share.digits * static_cast<Wide>(count) + divisor - 1) / divisor);
}

}  // namespace

std::int64_t nearest_rank(double percent, std::int64_t count) {
  assert(is_percent(percent) && count >= 1);
  const Decimal decimal = shortest_decimal(percent);
  return rank_of({decimal.digits, decimal.scale + 2}, count);
}

std::int64_t nearest_rank_of_probability(double probability, std::int64_t count) {
  assert(probability > 0 && probability <= 1 && count >= 1);
  return rank_of(shortest_decimal(probability), count);
}

}  // namespace ravine
