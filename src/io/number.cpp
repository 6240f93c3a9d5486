#include "io/number.hpp"

#include <charconv>
#include <cmath>

namespace ravine {

Number number_in(std::string_view text) {
  // from_chars takes no leading plus, people write one; but "+-1" is no number.
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  Number number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number.value);
  if (error == std::errc::result_out_of_range) {
    number.error = NumberError::out_of_range;
  } else if (error != std::errc() || end != text.data() + text.size()) {
    number.error = NumberError::not_a_number;
  } else if (!std::isfinite(number.value)) {
    number.error = NumberError::not_finite;
  }
  return number;
}

std::string_view wanted_instead_of(NumberError error) {
  if (error == NumberError::not_finite) return "a finite number";
  if (error == NumberError::out_of_range) return "a number within float64's range";
  return "a number";
}

}  // namespace ravine
